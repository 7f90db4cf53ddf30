package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func (a *App) namespacePicker() kit.Screen {
	cluster := a.cluster
	read := func(ctx context.Context) ([]kit.Choice, error) {
		names, err := cluster.Namespaces(ctx)
		if err != nil {
			names = []string{cluster.Namespace} // it may well be the only one that may be seen
		}
		choices := make([]kit.Choice, len(names))
		for i, name := range names {
			choices[i] = kit.Choice{Name: name}
		}
		return choices, err
	}
	p := kit.NewPicker(a.ctx, a.Kit, "namespace", a.namespace, read, func(name string) tea.Msg { return kit.OpenPods{Cluster: cluster, Namespace: name} })
	p.Free = true
	return p
}

func (a *App) contextPicker() kit.Screen {
	kubeconfig := a.kubeconfig
	read := func(context.Context) ([]kit.Choice, error) {
		var choices []kit.Choice
		for _, c := range kubeconfig.Contexts() {
			choices = append(choices, kit.Choice{Name: c.Name, Note: "cluster " + c.Cluster + ", user " + c.User})
		}
		return choices, nil
	}
	return kit.NewPicker(a.ctx, a.Kit, "context", a.cluster.Context, read, func(name string) tea.Msg {
		cluster, err := kubeconfig.Open(name)
		if err != nil {
			return kit.Flash{Text: kube.Explain(err).Message}
		}
		return kit.OpenPods{Cluster: cluster, Namespace: cluster.Namespace}
	})
}
