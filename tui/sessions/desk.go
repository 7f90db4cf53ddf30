package sessions

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Desk is what the screens of sessions work with.
type Desk struct {
	*kit.Kit
	keys    KeyMap
	Runner  *runner.Runner  // keeps the sessions
	Last    *runner.Session // that had the terminal; nil: none has
	NewName func() string   // names a debug container
	Program string          // how dayfly was called
	Home    string          // the person's own folder
}

// NewDesk is one without a runner, which is needed before a screen is made.
func NewDesk(k *kit.Kit) *Desk { return &Desk{Kit: k, keys: newKeyMap()} }

// EndKey is the key that ends a container, or deletes what was created for a session.
func (k *Desk) EndKey(deletes bool) key.Binding {
	if deletes {
		return deleting(k.keys.EndNow)
	}
	return k.keys.EndNow
}

// Beside is the session n places behind the last that had the terminal, around the end, among those that can be shown; nil: there is
// none.
func (k *Desk) Beside(n int) *runner.Session {
	live := k.Runner.Live()
	if len(live) == 0 {
		return nil
	}
	at := slices.Index(live, k.Last)
	return live[((at+n)%len(live)+len(live))%len(live)]
}

// GoOn is the request for a session with a debug container that runs: for one with a shell of ours in it, if it is for private sessions.
func (k *Desk) GoOn(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
	job := runner.Join(cluster, t, c)
	if len(job.Exec) == 0 {
		return Start{job}
	}
	for _, r := range k.Runner.In(runner.Container{Cluster: cluster, Target: t}) {
		if r.Look().Lives() {
			return Show{Session: r}
		}
	}
	return Start{k.Runner.AnotherShell(job, true)}
}

// AnotherShell is the request for one more shell in a debug container that runs.
func (k *Desk) AnotherShell(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
	return Start{k.Runner.AnotherShell(runner.Join(cluster, t, c), debug.Holds(c.Starts))}
}
