package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// awaitSessions waits for the next wake-up.
func (a *App) awaitSessions() tea.Msg {
	select {
	case <-a.Runner.News():
		return sessions.News{}
	case <-a.ctx.Done():
		return nil
	}
}

// observe tells what has happened to sessions that nobody looks at, and what could not be written down.
func (a *App) observe() tea.Cmd {
	for _, e := range a.Runner.Events() {
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
		return kube.Explain(e.Err).Message
	case runner.Unrecorded:
		return kube.Explain(e.Err).Message
	case runner.Started, runner.Failed, runner.Ended, runner.Lost:
	}
	if e.Session.Job().Unlisted || a.looksAt(e.Session) {
		return ""
	}
	name := e.Session.Target().Container
	if e.Session.Job().Own {
		name = "the shell in " + name
	}
	switch e.Kind {
	case runner.Started:
		return name + " has started: s lists the sessions"
	case runner.Failed:
		return name + " will not start: " + kube.Explain(e.Err).Message
	case runner.Lost:
		return "the link to " + e.Session.Target().Container + " was lost, and its shell with it: n in the list of sessions opens another"
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
	if a.playing && a.Last == r {
		return true
	}
	s, ok := a.top().(sessionShower)
	return ok && s.Shows(r)
}
