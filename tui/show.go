package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// show shows a session on the terminal, its start while it starts, or its end when it has ended.
func (a *App) show(msg sessions.Show) tea.Cmd {
	r, now := msg.Session, msg.Session.Look()
	starts := now.State < session.Starting && now.Job.Plan != nil
	switch {
	case msg.First:
		return a.showInstead(sessions.NewLaunch(a.Desk, r))
	case starts, now.State == session.Failed && now.Job.Plan != nil && len(now.Steps) > 0 && !now.WasAttached():
		return a.pushOn(sessions.NewLaunch(a.Desk, r))
	case now.State.Over():
		return a.pushOn(sessions.NewCard(a.ctx, a.Desk, sessions.Play{Session: r}))
	}
	return a.play(sessions.Play{Session: r})
}

// toSessionBeside goes on with the session after the last one that had the terminal, or before it.
func (a *App) toSessionBeside(next bool) tea.Cmd {
	step := 1
	if !next {
		step = -1
	}
	r := a.Beside(step)
	if r == nil {
		return a.Flash("no sessions are open")
	}
	return a.show(sessions.Show{Session: r})
}

// quit ends dayfly, after asking what becomes of what runs. Where the cluster ends with dayfly there is nothing to ask.
func (a *App) quit() tea.Cmd {
	if cmd := a.endUnderWay(); cmd != nil {
		return cmd
	}
	if s := a.batches.leaving(a.Kit); s != nil && !a.fleeting {
		return a.pushOn(s)
	}
	if _, asked := a.top().(leaver); !a.Runner.Asks() || a.fleeting || asked {
		return tea.Quit
	}
	return a.pushOn(sessions.NewQuit(a.Desk))
}

// leaveBatches begins no more members of batches, and goes on with the way out.
func (a *App) leaveBatches() tea.Cmd {
	a.batches.leave()
	cmd := a.quit()
	a.batches.left = false // who stays is asked again
	return cmd
}
