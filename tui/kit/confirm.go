package kit

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Confirm says what is about to be done, and does it when a person wants that. It does not know what it is.
type Confirm struct {
	*Kit
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

// NewConfirm asks before something is done.
func NewConfirm(k *Kit, o ConfirmOptions) *Confirm { return &Confirm{k, o} }

// Title is the name of the screen.
func (s *Confirm) Title() string { return s.with.Title }

// Typing has all keys come here: no key means here what it means elsewhere.
func (s *Confirm) Typing() bool { return true }

// Init begins.
func (s *Confirm) Init() tea.Cmd { return nil }

// Keys are those that do something now.
func (s *Confirm) Keys() []key.Binding { return []key.Binding{s.with.Yes, s.Bindings.Leave} }

// Update takes a key.
func (s *Confirm) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, s.Bindings.Leave):
		return s.Ask(Leave{})
	case key.Matches(press, s.with.Yes):
		return s.Ask(Return{s.with.Request})
	}
	return nil
}

// View draws the screen.
func (s *Confirm) View(width, height int) string {
	st := &s.Styles
	out := []string{"", Indent(WrapStyled(s.with.Asks, width-4, st.Title), 2), ""}
	for _, line := range s.with.Says {
		out = append(out, Indent(WrapStyled(line, width-4, st.Text), 2))
	}
	return Box(strings.Join(out, "\n"), width, height)
}
