package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// terminalHost lends the terminal to a session, to the shell, or to a person's editor.
type terminalHost interface {
	Play(ctx context.Context, p sessions.Play) (runner.Visit, error)
	Suspend(ctx context.Context) error
	Edit(ctx context.Context, file string) error
}

// handover is whose the terminal is, and what comes to App meanwhile. Between the decision to hand it over and the news that it is back
// no key is a command.
type handover struct {
	playing bool                // another has the terminal, or is about to
	aside   bool                // it is the shell, or an editor
	typed   *sessions.Typeahead // what is typed until the other has it; nil: nothing is kept for another
	early   []tea.Msg           // what came back before the news of that end
}

// begin notes that the terminal is to be another's: a session's, which gets what has been typed for it, or the shell's.
func (h *handover) begin(typed sessions.Typeahead, shell bool) {
	h.typed, h.playing, h.aside = &typed, true, shell
}

// takes keeps a key or a paste that is not for the screens, or not yet.
func (h *handover) takes(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if h.typed != nil {
			h.typed.Key(msg)
			return true
		}
	case tea.PasteMsg:
		if h.typed != nil {
			h.typed.Paste(msg)
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
	if h.typed == nil {
		return nil
	}
	typed := h.typed.Bytes
	h.typed = nil
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
		sessions.Play
		visit runner.Visit
		err   error
	}
)

type (
	// suspendMsg is the request of another process that dayfly stops.
	suspendMsg struct{}
	// resumedMsg is the end of a stop.
	resumedMsg struct{ err error }
)
