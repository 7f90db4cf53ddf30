package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// stage lends the terminal to a session, or to the shell.
type stage interface {
	Play(ctx context.Context, p playMsg) (runner.Visit, error)
	Suspend(ctx context.Context) error
}

// handover is whose the terminal is, and what comes to App meanwhile. Between the decision to hand it over and the news that it is back
// no key is a command.
type handover struct {
	playing bool       // another has the terminal, or is about to
	aside   bool       // it is the shell
	lent    *typeahead // what is typed until the other has it; nil: nothing is kept for another
	early   []tea.Msg  // what came back before the news of that end
}

// begin notes that the terminal is to be another's: a session's, which gets what has been typed for it, or the shell's.
func (h *handover) begin(typed typeahead, shell bool) {
	h.lent, h.playing, h.aside = &typed, true, shell
}

// takes keeps a key or a paste that is not for the screens, or not yet.
func (h *handover) takes(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if h.lent != nil {
			h.lent.key(msg)
			return true
		}
	case tea.PasteMsg:
		if h.lent != nil {
			h.lent.paste(msg)
			return true
		}
	}
	if h.playing {
		h.early = append(h.early, msg)
	}
	return h.playing
}

// drained is what has been typed for the other. From here it reads for itself.
func (h *handover) drained() []byte {
	if h.lent == nil {
		return nil
	}
	typed := h.lent.bytes
	h.lent = nil
	return typed
}

// takeBack notes that the terminal is the interface's again, and returns what came before this news and waits for it.
func (h *handover) takeBack() (early []tea.Msg) {
	early = h.early
	*h = handover{}
	return early
}

type (
	// drainMsg asks for what was typed while the terminal was being handed over.
	drainMsg struct{ reply chan<- []byte }
	// playedMsg tells that the terminal is back.
	playedMsg struct {
		playMsg
		visit runner.Visit
		err   error
	}
)

// busy reports whether another has the terminal. What a screen asks for while the shell has it is done afterwards.
func (a *App) busy(msg tea.Msg) bool {
	if a.aside {
		a.early = append(a.early, msg)
	}
	return a.playing
}

// start begins a session with a container that is there, or goes on with the one that is attached to it already.
func (a *App) start(msg startMsg) tea.Cmd {
	if a.busy(msg) {
		return nil
	}
	j := msg.job
	if cmd, may := a.mayOpen(j, func(j runner.Job) tea.Msg { return startMsg{j} }); !may {
		return cmd
	}
	if len(j.Exec) == 0 {
		if r := a.runner.Attached(runner.Container{Cluster: j.Cluster, Target: j.Target}); r != nil {
			return a.lend(playMsg{session: r, found: true, confirmed: j.Confirmed})
		}
	}
	return a.lend(playMsg{session: a.runner.Start(j), confirmed: j.Confirmed})
}

// startPlan carries a plan out in a session, and shows its start.
func (a *App) startPlan(msg kit.Start) tea.Cmd {
	job := runner.Job{Cluster: msg.Cluster, Plan: &msg.Plan, Confirmed: msg.Plan.Typed, About: runner.About(msg.About)}
	return a.show(showMsg{session: a.runner.Start(job), first: true})
}

// play goes on with a session on the terminal.
func (a *App) play(msg playMsg) tea.Cmd {
	if a.busy(msg) {
		return nil
	}
	if !msg.first {
		j := msg.session.Job()
		j.Joins, j.Confirmed = true, msg.confirmed
		again := func(j runner.Job) tea.Msg {
			msg.confirmed = j.Confirmed
			msg.session.Explain(j.About.Reason)
			return msg
		}
		if cmd, may := a.mayOpen(j, again); !may {
			return cmd
		}
	}
	return a.lend(msg)
}

// lend hands the terminal over. From here until it has been drained, keys are the session's.
func (a *App) lend(msg playMsg) tea.Cmd {
	var typed typeahead
	if s, ok := a.top().(keyboardLender); ok {
		typed = s.TypedAhead()
	}
	if !msg.first {
		msg.session.Joined()
	}
	msg.switches = a.last != msg.session
	a.last = msg.session
	a.begin(typed, false)
	ctx, stage := a.ctx, a.stage
	return func() tea.Msg {
		visit, err := stage.Play(ctx, msg)
		return playedMsg{msg, visit, err}
	}
}

// mayOpen reports whether a session may be opened in a container that is there. Otherwise it asks for what the rules of the context want to be
// said, and again gets it; or says which rule forbids it.
func (a *App) mayOpen(j runner.Job, again func(runner.Job) tea.Msg) (cmd tea.Cmd, may bool) {
	if p := j.Allowed(); p != nil {
		a.runner.Refuse(j, p)
		return a.Flash("read-only: no session is opened (" + kube.Reason(p) + ")"), false
	}
	switch j.Missing() {
	case runner.PodName:
		return a.pushOn(kit.NewNamePrompt(a.Kit, j.Cluster.Context, j.Target.Pod, titleOf(a.top()), func(name string) tea.Msg {
			j.Confirmed = name
			return kit.Return{Result: again(j)}
		})), false
	case runner.Reason:
		return a.pushOn(kit.NewReasonPrompt(a.Kit, titleOf(a.top()), func(text string) tea.Msg {
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
	if msg.session != nil {
		msg.session.Visited(msg.visit)
	}
	if ends {
		return tea.Quit
	}
	card := newCardScreen(a.ctx, a.desk, msg.session, msg.confirmed)
	card.found = msg.found
	card.look()
	var cmds []tea.Cmd
	if !listsSessions(a.top()) || !msg.visit.Detached {
		cmds = append(cmds, a.showInstead(card))
	}
	for _, key := range early {
		cmds = append(cmds, a.route(key))
	}
	return tea.Batch(cmds...)
}

// endsWith tells whether what happened to the terminal ends the program.
func (a *App) endsWith(err error) bool {
	var signal *session.SignalError
	if errors.As(err, &signal) || errors.Is(err, session.ErrTerminalLost) {
		a.exit = err
		return true
	}
	return false
}
