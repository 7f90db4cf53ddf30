package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// suspend stops dayfly as a shell's job. As with a session, keys that come while the terminal is being handed over are not
// commands any more; here they were meant for the shell.
func (a *App) suspend() tea.Cmd {
	if a.playing {
		return nil
	}
	a.begin(sessions.Typeahead{}, true)
	ctx, host := a.ctx, a.host
	return func() tea.Msg { return resumedMsg{host.Suspend(ctx)} }
}

// resumed goes on where suspend stopped.
func (a *App) resumed(over resumedMsg) tea.Cmd {
	early := a.takeBack()
	if a.endsWith(over.err) {
		return tea.Quit
	}
	cmds := []tea.Cmd{a.ping()} // the link may have been lost since
	switch {
	case errors.Is(over.err, session.ErrNotStopped):
		cmds = append(cmds, a.Flash("cannot suspend: "+session.ErrNotStopped.Error()))
	case over.err != nil:
		cmds = append(cmds, a.Flash("suspend: "+kube.Explain(over.err).Message))
	}
	for _, msg := range early {
		cmds = append(cmds, a.route(msg))
	}
	return tea.Batch(cmds...)
}
