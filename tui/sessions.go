package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// sessionsMsg is the wake-up of the runner: something about a session is new, and who is interested looks at it.
type sessionsMsg struct{}

// awaitSessions waits for the next wake-up.
func (a *App) awaitSessions() tea.Msg {
	select {
	case <-a.runner.News():
		return sessionsMsg{}
	case <-a.ctx.Done():
		return nil
	}
}

// observe tells what has happened to sessions that nobody looks at, and what could not be written down.
func (a *App) observe() tea.Cmd {
	for _, e := range a.runner.Events() {
		if words := a.eventWords(e); words != "" {
			a.Flash(words)
		}
	}
	return a.awaitSessions
}

// eventWords are what a person has to know of an event; empty: nothing.
func (a *App) eventWords(e runner.Event) string {
	switch e.Kind {
	case runner.Unwritten:
		if a.unwritten {
			return "" // once is enough
		}
		a.unwritten = true
		return kube.Explain(e.Err).What
	case runner.Unrecorded:
		return kube.Explain(e.Err).What
	case runner.Started, runner.Failed, runner.Ended, runner.Lost:
	}
	if a.looksAt(e.Session) {
		return ""
	}
	name := e.Session.Target().Container
	switch e.Kind {
	case runner.Started:
		return name + " has started: s lists the sessions"
	case runner.Failed:
		return name + " will not start: " + kube.Explain(e.Err).What
	case runner.Lost:
		return "the link to " + name + " was lost, and its shell with it: n in the list of sessions opens another"
	case runner.Ended:
		if exit := e.Session.Look().Ending.Exit; exit != nil {
			return fmt.Sprintf("%s has ended: exit %d, %s", name, exit.Code, exit.Words())
		}
		return name + " has ended: the pod was deleted"
	case runner.Unrecorded, runner.Unwritten:
	}
	return ""
}

// looksAt reports whether a session has the terminal, or a screen of its own.
func (a *App) looksAt(r *runner.Session) bool {
	if a.playing && a.last == r {
		return true
	}
	s, ok := a.top().(sessionShower)
	return ok && s.Shows(r)
}

// sessionBeside is the session n places behind the last that had the terminal, around the end, among those that can be shown; nil: there is
// none.
func (k *services) sessionBeside(n int) *runner.Session {
	live := k.runner.Live()
	if len(live) == 0 {
		return nil
	}
	at := slices.Index(live, k.last)
	return live[((at+n)%len(live)+len(live))%len(live)]
}

// goOn is the wish for a session with a debug container that runs: for one with a shell of ours in it, if it is for private sessions.
func (k *services) goOn(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
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
func (k *services) anotherShell(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
	return startMsg{k.runner.AnotherShell(runner.Join(cluster, t, c), debug.Holds(c.Starts))}
}
