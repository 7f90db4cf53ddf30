package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// confirmScreen says what is about to be done, and does it when a person wants that. It does not know what it is.
type confirmScreen struct {
	*kit
	with ConfirmOptions
}

// ConfirmOptions say what is about to be done.
type ConfirmOptions struct {
	Title   string
	Asks    string      // the question
	Says    []string    // what there is to know before
	Yes     key.Binding // what does it
	Request tea.Msg     // that does it
}

// newConfirm asks before something is done.
func newConfirm(k *kit, o ConfirmOptions) *confirmScreen { return &confirmScreen{k, o} }

func (s *confirmScreen) Title() string { return s.with.Title }

// Typing: no key means here what it means elsewhere.
func (s *confirmScreen) Typing() bool { return true }

func (s *confirmScreen) Init() tea.Cmd { return nil }

func (s *confirmScreen) Keys() []key.Binding { return []key.Binding{s.with.Yes, s.keys.Leave} }

func (s *confirmScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, s.keys.Leave):
		return s.ask(Leave{})
	case key.Matches(press, s.with.Yes):
		return s.ask(Return{s.with.Request})
	}
	return nil
}

func (s *confirmScreen) View(width, height int) string {
	st := &s.styles
	out := []string{"", indent(wrapStyled(s.with.Asks, width-4, st.title), 2), ""}
	for _, line := range s.with.Says {
		out = append(out, indent(wrapStyled(line, width-4, st.text), 2))
	}
	return box(strings.Join(out, "\n"), width, height)
}
