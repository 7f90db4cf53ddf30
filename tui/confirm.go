package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// confirmScreen says what is about to be done, and does it when a person wants that. It does not know what it is.
type confirmScreen struct {
	*kit
	title string
	asks  string   // the question
	says  []string // what there is to know before
	yes   key.Binding
	wish  tea.Msg // what is done
}

func (s *confirmScreen) Title() string { return s.title }

// Typing: no key means here what it means elsewhere.
func (s *confirmScreen) Typing() bool { return true }

func (s *confirmScreen) Init() tea.Cmd { return nil }

func (s *confirmScreen) Keys() []key.Binding { return []key.Binding{s.yes, s.keys.Leave} }

func (s *confirmScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, s.keys.Leave):
		return s.ask(Leave{})
	case key.Matches(press, s.yes):
		return s.ask(Return{s.wish})
	}
	return nil
}

func (s *confirmScreen) View(width, height int) string {
	st := &s.styles
	out := []string{"", indent(wrapStyled(s.asks, width-4, st.title), 2), ""}
	for _, line := range s.says {
		out = append(out, indent(wrapStyled(line, width-4, st.text), 2))
	}
	return box(strings.Join(out, "\n"), width, height)
}
