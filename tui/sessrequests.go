package tui

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// What the screens of sessions ask App for, and are told by it.
type (
	// sessionsMsg is the wake-up of the runner: something about a session is new, and who is interested looks at it.
	sessionsMsg struct{}
	// startMsg asks for a session with a container that is there.
	startMsg struct{ job runner.Job }
	// showMsg asks for a session to be gone on with, wherever it stands.
	showMsg struct {
		session *runner.Session
		first   bool // it has just begun: its start is shown
	}
	// playMsg asks for the terminal to be given to a session.
	playMsg struct {
		session   *runner.Session
		first     bool   // it has just started
		found     bool   // its container was asked for, and the session found by that
		confirmed string // the pod's name as a person has typed it, where that is asked for
		switches  bool   // another has had the terminal since
	}
	// endMsg asks for the programs of debug containers to be ended.
	endMsg struct {
		targets []runner.Container
		about   string             // who has made them and since when; may be empty
		quit    bool               // dayfly ends with them
		agreed  bool               // a person has read what is done
		named   []runner.Container // whose pods a person has named, in protected contexts
	}
)

// names reports whether a person has named the pod of a container.
func (m endMsg) names(c runner.Container) bool {
	return slices.ContainsFunc(m.named, func(n runner.Container) bool {
		return n.Cluster == c.Cluster && n.Target.Namespace == c.Target.Namespace && n.Target.Pod == c.Target.Pod
	})
}
