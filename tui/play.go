package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// busy reports whether another has the terminal. What a screen asks for while the shell has it is done afterwards.
func (a *App) busy(msg tea.Msg) bool {
	if a.aside {
		a.early = append(a.early, msg)
	}
	return a.playing
}

// start begins a session with a container that is there, or goes on with the one that is attached to it already.
func (a *App) start(msg sessions.Start) tea.Cmd {
	if a.busy(msg) {
		return nil
	}
	j := msg.Job
	if cmd, may := a.mayOpen(j, func(j runner.Job) tea.Msg { return sessions.Start{Job: j} }); !may {
		return cmd
	}
	if len(j.Exec) == 0 {
		if r := a.Runner.Attached(runner.Container{Cluster: j.Cluster, Target: j.Target}); r != nil {
			return a.runSession(sessions.Play{Session: r, Found: true, Confirmed: j.Confirmed})
		}
	}
	return a.runSession(sessions.Play{Session: a.Runner.Start(j), Confirmed: j.Confirmed})
}

// play goes on with a session on the terminal.
func (a *App) play(msg sessions.Play) tea.Cmd {
	if a.busy(msg) {
		return nil
	}
	if !msg.First {
		j := msg.Session.Job()
		j.Joins, j.Confirmed = true, msg.Confirmed
		again := func(j runner.Job) tea.Msg {
			msg.Confirmed = j.Confirmed
			msg.Session.Explain(j.About.Reason)
			return msg
		}
		if cmd, may := a.mayOpen(j, again); !may {
			return cmd
		}
	}
	return a.runSession(msg)
}

// runSession hands the terminal over. From here until it has been drained, keys are the session's.
func (a *App) runSession(msg sessions.Play) tea.Cmd {
	var typed sessions.Typeahead
	if s, ok := a.top().(typeaheadHolder); ok {
		typed = s.TypedAhead()
	}
	if !msg.First {
		msg.Session.Joined()
	}
	msg.Switches = a.Last != msg.Session
	a.Last = msg.Session
	a.begin(typed, false)
	ctx, host := a.ctx, a.host
	return func() tea.Msg {
		visit, err := host.Play(ctx, msg)
		return playedMsg{msg, visit, err}
	}
}

// mayOpen reports whether a session may be opened in a container that is there. Otherwise it asks for what the rules of the context want to be
// said, and again gets it; or says which rule forbids it.
func (a *App) mayOpen(j runner.Job, again func(runner.Job) tea.Msg) (cmd tea.Cmd, may bool) {
	if p := j.Allowed(); p != nil {
		a.Runner.Refuse(j, p)
		return a.Flash("read-only: no session is opened (" + kube.Reason(p) + ")"), false
	}
	switch j.Missing() {
	case runner.PodName:
		about, why := j.ToType()
		return a.pushOn(kit.NewNamePrompt(a.Kit, why, about, titleOf(a.top()), a.Bindings.Launch, func(name string) tea.Msg {
			j.Confirmed = name
			return kit.Return{Result: again(j)}
		})), false
	case runner.Reason:
		return a.pushOn(kit.NewReasonPrompt(a.Kit, titleOf(a.top()), a.Bindings.Launch, func(text string) tea.Msg {
			j.About.Reason = text
			return kit.Return{Result: again(j)}
		})), false
	case runner.Nothing:
	}
	return nil, true
}

// played takes the terminal back, and shows how it went.
func (a *App) played(msg playedMsg) tea.Cmd {
	early := a.takeBack()
	ends := a.endsWith(msg.err)
	if msg.err != nil && msg.visit.Err == nil {
		msg.visit.Err = msg.err
	}
	if msg.Session != nil {
		msg.Session.Visited(msg.visit)
	}
	if ends {
		return tea.Quit
	}
	card := sessions.NewCard(a.ctx, a.Desk, msg.Play)
	var cmds []tea.Cmd
	if !listsSessions(a.top()) || !msg.visit.Detached {
		cmds = append(cmds, a.showInstead(card))
	}
	for _, key := range early {
		cmds = append(cmds, a.route(key))
	}
	return tea.Batch(cmds...)
}

// endsWith reports whether what happened to the terminal ends the program.
func (a *App) endsWith(err error) bool {
	var signal *session.SignalError
	if errors.As(err, &signal) || errors.Is(err, session.ErrTerminalLost) {
		a.exit = err
		return true
	}
	return false
}
