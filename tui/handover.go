package tui

import (
	"cmp"
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// stage lends the terminal to a session, or to the shell.
type stage interface {
	Play(ctx context.Context, a attachMsg) (outcome, error)
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
	// attachMsg asks for a session with a container.
	attachMsg struct {
		cluster  *kube.Cluster
		target   kube.Target
		plan     *kube.Plan  // that made the container, if it was ours
		tty      bool        // how the container was made
		again    bool        // it has been attached to before
		run      *ownSession // the session, if it has begun
		readOnly bool        // it has no input: it is only looked at
		switches bool        // another has had the terminal since
		about    kit.About   // if it is known
		exec     []string    // a command to run in the container, instead of attaching to its program
		private  bool        // the container runs nothing else
		shell    []string    // what one more shell in it runs; empty: what the plan says
		agreed   bool        // a person has typed the pod's name, where that is asked for
	}
	sessionOverMsg struct {
		attach  attachMsg
		outcome outcome
		err     error
	}
)

// attach hands the terminal over. From here until it has been drained, keys are the session's.
func (a *App) attach(msg attachMsg) tea.Cmd {
	if a.aside {
		a.early = append(a.early, msg)
	}
	if a.playing {
		return nil
	}
	guard := cmp.Or(msg.cluster, a.cluster).Guard()
	if p := guard.Closed(); p != nil {
		e := msg.entry(journal.Refused)
		e.Why = kube.Reason(p)
		a.Kit.Flash("read-only: no session is opened (" + e.Why + ")")
		return a.record(msg.cluster, e)
	}
	if gone := msg.plan == nil || msg.again; gone && guard.Protected && !msg.agreed {
		return a.pushOn(a.askAttach(msg))
	} else if gone && guard.AskReason && msg.about.Reason == "" {
		return a.pushOn(a.askWhy(msg))
	}
	var typed typeahead
	if s, ok := a.top().(keyboardLender); ok {
		typed = s.TypedAhead()
	}
	known := msg.run != nil
	if msg.run == nil && len(msg.exec) == 0 {
		msg.run = a.sessions.of(msg.cluster, msg.target)
	}
	var beside tea.Cmd
	if msg.run == nil {
		msg.run = a.sessions.begin(a.services, msg)
		msg.run.Attach(a.ctx)
		beside = msg.run.lookBeside(a.ctx)
	}
	msg.exec, msg.private, msg.shell = msg.run.exec, msg.run.private, msg.run.shell
	msg.switches = a.sessions.last != msg.run
	a.sessions.last = msg.run
	a.begin(typed, false)
	ctx, stage := a.ctx, a.stage
	play := func() tea.Msg {
		outcome, err := stage.Play(ctx, msg)
		return sessionOverMsg{msg, outcome, err}
	}
	if known && !msg.again {
		return play // it has been recorded as started
	}
	return tea.Batch(a.record(msg.cluster, msg.entry(journal.Attached)), beside, play)
}

// askAttach has a person type the name of a pod in a protected context, before a session in it is gone on with.
func (a *App) askAttach(msg attachMsg) kit.Screen {
	return kit.NewNamePrompt(a.Kit, msg.cluster.Context, msg.target.Pod, titleOf(a.top()), func(string) tea.Msg {
		msg.agreed = true
		return kit.Return{Result: msg}
	})
}

// askWhy has a person say why they go into a container that somebody has made already, where a reason is asked for.
func (a *App) askWhy(msg attachMsg) kit.Screen {
	return kit.NewReasonPrompt(a.Kit, titleOf(a.top()), func(text string) tea.Msg {
		msg.about.Reason = text
		return kit.Return{Result: msg}
	})
}

func (a *App) sessionOver(msg sessionOverMsg) tea.Cmd {
	early := a.takeBack()
	if a.endsWith(msg.err) {
		if record := a.recordLeaving(msg); record != nil {
			record() // nobody runs commands any more
		}
		return tea.Quit
	}
	if msg.err != nil && msg.outcome.Err == nil {
		msg.outcome.Err = msg.err
	}
	card := newCardScreen(a.ctx, a.services, msg.attach, msg.outcome)
	cmds := []tea.Cmd{a.recordLeaving(msg)}
	msg.attach.run.remember(msg.outcome)
	if !listsSessions(a.top()) || !msg.outcome.Detached {
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
