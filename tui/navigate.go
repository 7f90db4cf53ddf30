package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// flashTime is how long a remark stays in the footer.
const flashTime = 6 * time.Second

// navigate takes what moves between screens.
func (a *App) navigate(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case kit.Show:
		return a.pushOn(msg.Screen), true
	case kit.Leave:
		a.popTop()
	case kit.Return:
		a.popTop()
		return a.route(msg.Result), true
	case kit.Flash:
		a.flash, a.flashMore, a.flashUntil = msg.Text, "", a.Now().Add(flashTime)
	case kit.OpenPods:
		return a.open(msg), true
	case everywhereMsg:
		cmd, _ := a.everywhere(a.top(), msg.press)
		return cmd, true
	case podlist.Reconnect:
		return a.retry(msg), true
	case podlist.NotPod:
		return a.notPod(msg), true
	case showMsg:
		return a.show(msg), true
	case endMsg:
		return a.end(msg), true
	case endedMsg:
		return a.endAnswered(msg), true
	case kit.OpenPod:
		return a.pushOn(a.newContainers(msg.Cluster, msg.Pod)), true
	case kit.OpenLogs:
		return a.pushOn(a.newLogs(msg)), true
	case kit.Inspect:
		return a.pushOn(a.newInspect(msg)), true
	case kit.OpenTools:
		return a.pushOn(a.newTools(msg)), true
	case kit.Start:
		return a.startPlan(msg), true
	case kit.Attach:
		return a.route(a.goOn(msg.Cluster, msg.Target, msg.Container)), true
	case kit.OpenShell:
		return a.route(a.anotherShell(msg.Cluster, msg.Target, msg.Container)), true
	case tools.Refused:
		a.refused(msg)
	default:
		return nil, false
	}
	return nil, true
}

func (a *App) pushOn(s kit.Screen) tea.Cmd {
	a.flash = ""
	a.stack = append(a.stack, s)
	return s.Init()
}

// popTop ends the top screen with what runs in it. The first screen stays.
func (a *App) popTop() {
	if len(a.stack) == 1 {
		return
	}
	if c, ok := a.top().(kit.Closer); ok {
		c.Close()
	}
	a.flash = ""
	a.stack = a.stack[:len(a.stack)-1]
}

// showInstead shows a screen, in the place of the top one if that makes way.
func (a *App) showInstead(s kit.Screen) tea.Cmd {
	if _, makesWay := a.top().(passing); makesWay {
		return a.replaceTop(s)
	}
	return a.pushOn(s)
}

func (a *App) replaceTop(s kit.Screen) tea.Cmd {
	a.popTop()
	return a.pushOn(s)
}

// open starts anew in another cluster or namespace.
func (a *App) open(msg kit.OpenPods) tea.Cmd {
	for _, s := range a.stack {
		if c, ok := s.(kit.Closer); ok {
			c.Close()
		}
	}
	if msg.Cluster != a.cluster {
		a.link = link{}
	}
	a.cluster, a.namespace, a.flash = msg.Cluster, msg.Namespace, ""
	a.stack = []kit.Screen{a.newPods("")}
	return tea.Batch(a.top().Init(), a.ping())
}

// notPod goes back to the list from a pod that is none, or on to the only one that is meant.
func (a *App) notPod(msg podlist.NotPod) tea.Cmd {
	opened, ok := a.top().(podMisser)
	if !ok || !opened.Misses(msg.Name) {
		return nil
	}
	a.popTop()
	if msg.Found == 1 {
		return a.Ask(msg.First)
	}
	return a.Flash(fmt.Sprintf("no pod is called %q: here are those that match", msg.Name))
}

// retry opens the context again, with the credentials that the kubeconfig has now.
func (a *App) retry(msg podlist.Reconnect) tea.Cmd {
	cluster, err := a.kubeconfig.Open(a.cluster.Context)
	if err != nil {
		return a.Flash(kube.Explain(err).What)
	}
	a.cluster = cluster
	return tea.Batch(msg.Screen.Restart(cluster), a.ping())
}

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
			return kit.Flash{Text: kube.Explain(err).What}
		}
		return kit.OpenPods{Cluster: cluster, Namespace: cluster.Namespace}
	})
}
