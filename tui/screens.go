package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// What App has to know of some screens beside how they look ([kit.Screen]). None is told by its type.
type (
	// typeaheadHolder is a screen on which all that is typed may belong to the session that is about to begin.
	typeaheadHolder interface {
		Lends() bool
		TypedAhead() sessions.Typeahead
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
	// nodeLister is the list of nodes.
	nodeLister interface{ ListsNodes() }
	// leftoverLister is the list of leftovers.
	leftoverLister interface{ ListsLeftovers() }
	// restarter is a list that can be read anew, from the cluster as the kubeconfig has it now.
	restarter interface{ Restart(*kube.Cluster) tea.Cmd }
	// podMisser is a screen about a pod that may not be there.
	podMisser interface{ Misses(name string) bool }
)

// listsSessions tells the list of sessions.
func listsSessions(s kit.Screen) bool {
	_, ok := s.(sessionLister)
	return ok
}

// listsNodes tells the list of nodes.
func listsNodes(s kit.Screen) bool {
	_, ok := s.(nodeLister)
	return ok
}

// listsLeftovers tells the list of leftovers.
func listsLeftovers(s kit.Screen) bool {
	_, ok := s.(leftoverLister)
	return ok
}

func titleOf(s kit.Screen) string {
	if t, ok := s.(kit.Titled); ok {
		return t.Title()
	}
	return ""
}

func summaryOf(s kit.Screen) string {
	if t, ok := s.(kit.Summed); ok {
		return t.Summary()
	}
	return ""
}
