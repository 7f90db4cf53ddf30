package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/logs"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// What App has to know of some screens beside how they look ([kit.Screen]). None is told by its type.
type (
	// keyboardLender is a screen on which all that is typed may belong to the session that is about to begin.
	keyboardLender interface {
		Lends() bool
		TypedAhead() typeahead
	}
	// passing is a screen that makes way for what comes of it, instead of lying under it.
	passing interface{ MakesWay() }
	// sessionShower is a screen about one session.
	sessionShower interface{ Shows(*runner.Session) bool }
	// sessionLister is the list of sessions.
	sessionLister interface{ ListsSessions() }
	// endListener is a screen that hears when debug containers have been ended.
	endListener interface{ HaveEnded() tea.Cmd }
	// leaver is a screen that has asked what becomes of the sessions when dayfly ends.
	leaver interface{ AsksToLeave() }
	// podMisser is a screen about a pod that may not be there.
	podMisser interface{ Misses(name string) bool }
)

// listsSessions tells the list of sessions.
func listsSessions(s kit.Screen) bool {
	_, ok := s.(sessionLister)
	return ok
}

func (a *App) newPods(filter string) *podlist.Screen {
	return podlist.New(a.ctx, a.Kit, podlist.Options{
		Cluster: a.cluster, Namespace: a.namespace, Filter: filter, Memory: &a.memory,
	})
}

func (a *App) newContainers(cluster *kube.Cluster, key kube.PodKey) kit.Screen {
	return pod.New(a.ctx, a.Kit, cluster, key)
}

func (a *App) newLogs(o kit.OpenLogs) kit.Screen { return logs.New(a.ctx, a.Kit, o) }

func (a *App) newInspect(o kit.Inspect) kit.Screen {
	return pod.NewInspection(a.ctx, a.Kit, o.Cluster, o.Pod)
}

func (a *App) newTools(o kit.OpenTools) kit.Screen {
	return tools.New(a.ctx, a.Kit, o, a.toolsOptions())
}

func (a *App) newSessionList() kit.Screen {
	return newSessionsScreen(a.ctx, a.desk, a.cluster, a.namespace)
}
