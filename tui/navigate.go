package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// flashTime is how long a remark stays in the footer.
const flashTime = 6 * time.Second

// navigate takes what moves between screens.
func (a *App) navigate(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case pushMsg:
		return a.pushOn(msg.screen), true
	case popMsg:
		a.popTop()
	case returnMsg:
		a.popTop()
		return a.route(msg.result), true
	case flashMsg:
		a.flash, a.flashMore, a.flashUntil = msg.text, "", a.now().Add(flashTime)
	case openMsg:
		return a.open(msg), true
	case everywhereMsg:
		cmd, _ := a.everywhere(a.top(), msg.press)
		return cmd, true
	case retryMsg:
		return a.retry(msg.screen), true
	case notPodMsg:
		return a.notPod(msg), true
	case openPodMsg:
		if msg.debug {
			return a.pushOn(newToolsScreen(a.ctx, a.kit, msg.cluster, msg.pod, "")), true
		}
		return a.pushOn(newContainersScreen(a.ctx, a.kit, msg.cluster, msg.pod)), true
	case showMsg:
		return a.show(msg), true
	case endMsg:
		return a.end(msg), true
	case endedMsg:
		return a.endAnswered(msg), true
	case openLogsMsg:
		return a.pushOn(newLogsScreen(a.ctx, a.kit, msg)), true
	case inspectMsg:
		return a.pushOn(newInspectScreen(a.ctx, a.kit, msg.cluster, msg.pod)), true
	case openToolsMsg:
		return a.pushOn(newToolsScreen(a.ctx, a.kit, msg.cluster, msg.pod, msg.target)), true
	default:
		return nil, false
	}
	return nil, true
}

func (a *App) pushOn(s screen) tea.Cmd {
	a.flash = ""
	a.stack = append(a.stack, s)
	return s.Init()
}

// popTop ends the top screen with what runs in it. The first screen stays.
func (a *App) popTop() {
	if len(a.stack) == 1 {
		return
	}
	if c, ok := a.top().(closer); ok {
		c.Close()
	}
	a.flash = ""
	a.stack = a.stack[:len(a.stack)-1]
}

func (a *App) replaceTop(s screen) tea.Cmd {
	a.popTop()
	return a.pushOn(s)
}

// open starts anew in another cluster or namespace.
func (a *App) open(msg openMsg) tea.Cmd {
	for _, s := range a.stack {
		if c, ok := s.(closer); ok {
			c.Close()
		}
	}
	if msg.cluster != a.cluster {
		a.link = link{}
	}
	a.cluster, a.namespace, a.flash = msg.cluster, msg.namespace, ""
	a.stack = []screen{newPodsScreen(a.ctx, a.kit, msg.cluster, msg.namespace, "")}
	return tea.Batch(a.top().Init(), a.ping())
}

// notPod goes back to the list from a pod that is none, or on to the only one that is meant.
func (a *App) notPod(msg notPodMsg) tea.Cmd {
	opened, ok := a.top().(*containersScreen)
	if !ok || opened.key.Name != msg.name || opened.pod != nil {
		return nil
	}
	a.popTop()
	if pods, ok := a.top().(*podsScreen); ok && msg.found == 1 {
		return pods.open(false)
	}
	return a.kit.flash(fmt.Sprintf("no pod is called %q: here are those that match", msg.name))
}

// retry opens the context again, with the credentials that the kubeconfig has now.
func (a *App) retry(s *podsScreen) tea.Cmd {
	cluster, err := a.kubeconfig.Open(a.cluster.Context)
	if err != nil {
		return a.kit.flash(kube.Explain(err).What)
	}
	a.cluster = cluster
	return tea.Batch(s.restart(cluster), a.ping())
}

func (a *App) namespacePicker() screen {
	cluster := a.cluster
	read := func(ctx context.Context) ([]choice, error) {
		names, err := cluster.Namespaces(ctx)
		if err != nil {
			names = []string{cluster.Namespace} // it may well be the only one that may be seen
		}
		choices := make([]choice, len(names))
		for i, name := range names {
			choices[i] = choice{name: name}
		}
		return choices, err
	}
	p := newPicker(a.ctx, a.kit, "namespace", a.namespace, read, func(name string) tea.Msg { return openMsg{cluster, name} })
	p.free = true
	return p
}

func (a *App) contextPicker() screen {
	kubeconfig := a.kubeconfig
	read := func(context.Context) ([]choice, error) {
		var choices []choice
		for _, c := range kubeconfig.Contexts() {
			choices = append(choices, choice{name: c.Name, note: "cluster " + c.Cluster + ", user " + c.User})
		}
		return choices, nil
	}
	return newPicker(a.ctx, a.kit, "context", a.cluster.Context, read, func(name string) tea.Msg {
		cluster, err := kubeconfig.Open(name)
		if err != nil {
			return flashMsg{kube.Explain(err).What}
		}
		return openMsg{cluster, cluster.Namespace}
	})
}
