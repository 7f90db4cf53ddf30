package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/batch"
	"github.com/dayfly-k8s/dayfly/tui/capture"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/nodes"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// navigate takes what moves between screens.
func (a *App) navigate(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case kit.Show:
		return a.pushOn(msg.Screen), true
	case kit.Leave:
		return a.leaveTop(), true
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
		return a.retry(msg.Screen), true
	case nodes.Reconnect:
		return a.retry(msg.Screen), true
	case podlist.NotPod:
		return a.notPod(msg), true
	case sessions.Show:
		return a.show(msg), true
	case sessions.End:
		return a.end(msg), true
	case earlierMsg:
		a.takeEarlier(msg)
	case endedMsg:
		return a.endAnswered(msg), true
	case kit.EnterContainer:
		return a.enter(msg), true
	case allowedMsg:
		return a.lookForShell(msg.entry), true
	case shellFoundMsg:
		return a.entered(msg), true
	case kit.EditFile:
		return a.edit(msg), true
	case capture.Begin:
		return a.beginCapture(msg), true
	case underWayOverMsg:
		return a.quit(), true
	case batch.Begin:
		return a.beginBatch(msg), true
	case batchOverMsg:
		a.batchOver(msg.work)
	case leaveBatchesMsg:
		return a.leaveBatches(), true
	case tools.Start:
		if msg.Brings != nil {
			return a.showInstead(a.newDump(msg)), true
		}
		return a.show(sessions.Show{Session: a.Runner.Start(msg.Job), First: true}), true
	case kit.Attach:
		return a.route(a.GoOn(msg.Cluster, msg.Target, msg.Container)), true
	case kit.OpenShell:
		return a.route(a.AnotherShell(msg.Cluster, msg.Target, msg.Container)), true
	case tools.Refused:
		a.Runner.Refuse(msg.Job, msg.Problem)
	default:
		if room := a.room(msg); room != nil {
			return a.pushOn(room), true
		}
		return nil, false
	}
	return nil, true
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
	return tea.Batch(a.top().Init(), a.ping(), a.lookEarlier())
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
func (a *App) retry(list restarter) tea.Cmd {
	cluster, err := a.kubeconfig.Open(a.cluster.Context)
	if err != nil {
		return a.Flash(kube.Explain(err).Message)
	}
	a.cluster = cluster
	return tea.Batch(list.Restart(cluster), a.ping())
}
