package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// desk is what the screens of sessions work with.
type desk struct {
	*kit.Kit
	keys    sessionKeys
	runner  *runner.Runner  // keeps the sessions
	last    *runner.Session // that had the terminal; nil: none has
	newName func() string   // names a debug container
	program string          // how dayfly was called
	home    string          // the person's own folder
}

func newDesk(k *kit.Kit) *desk { return &desk{Kit: k, keys: newSessionKeys()} }

// sessionBeside is the session n places behind the last that had the terminal, around the end, among those that can be shown; nil: there is
// none.
func (k *desk) sessionBeside(n int) *runner.Session {
	live := k.runner.Live()
	if len(live) == 0 {
		return nil
	}
	at := slices.Index(live, k.last)
	return live[((at+n)%len(live)+len(live))%len(live)]
}

// goOn is the wish for a session with a debug container that runs: for one with a shell of ours in it, if it is for private sessions.
func (k *desk) goOn(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
	job := runner.Join(cluster, t, c)
	if len(job.Exec) == 0 {
		return startMsg{job}
	}
	for _, r := range k.runner.In(runner.Container{Cluster: cluster, Target: t}) {
		if r.Look().Lives() {
			return showMsg{session: r}
		}
	}
	return startMsg{k.runner.AnotherShell(job, true)}
}

// anotherShell is the wish for one more shell in a debug container that runs.
func (k *desk) anotherShell(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
	return startMsg{k.runner.AnotherShell(runner.Join(cluster, t, c), debug.Holds(c.Starts))}
}
