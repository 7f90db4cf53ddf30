package sessions

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// What the screens of sessions ask App for, and are told by it.
type (
	// News is the wake-up of the runner: something about a session is new, and who is interested looks at it.
	News struct{}
	// Start asks for a session with a container that is there.
	Start struct{ Job runner.Job }
	// Show asks for a session to be gone on with, wherever it stands.
	Show struct {
		Session *runner.Session
		First   bool // it has just begun: its start is shown
	}
	// Play asks for the terminal to be given to a session.
	Play struct {
		Session   *runner.Session
		First     bool   // it has just started
		Found     bool   // its container was asked for, and the session found by that
		Confirmed string // the pod's name as a person has typed it, where that is asked for
		Switches  bool   // another has had the terminal since
	}
	// End asks for the programs of debug containers to be ended.
	End struct {
		Targets []runner.Container
		About   string             // who has made them and since when; may be empty
		Quit    bool               // dayfly ends with them
		Agreed  bool               // a person has read what is done
		Named   []runner.Container // whose pods a person has named, in protected contexts
	}
)

// Names reports whether a person has named the pod of a container.
func (m End) Names(c runner.Container) bool {
	return slices.ContainsFunc(m.Named, func(n runner.Container) bool {
		return n.Cluster == c.Cluster && n.Target.Namespace == c.Target.Namespace && n.Target.Pod == c.Target.Pod
	})
}
