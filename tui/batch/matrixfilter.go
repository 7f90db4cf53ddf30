package batch

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// passes reports whether the filter lets a line through: all of its words are in what the line says.
func (s *Matrix) passes(l line) bool {
	says := ""
	for word := range strings.FieldsSeq(strings.ToLower(s.filter.Text())) {
		if says == "" {
			says = strings.ToLower(l.name + " " + s.outcome(&s.now.Rows[l.row]) + " " + s.answer(l))
		}
		if !strings.Contains(says, word) {
			return false
		}
	}
	return true
}

// Typing reports whether letters are text.
func (s *Matrix) Typing() bool { return s.filter.Typing() }

// HoldsBack reports whether esc shows all, before it leaves them.
func (s *Matrix) HoldsBack() bool { return s.filter.Text() != "" }

// typed takes a key while the filter's line has the keyboard.
func (s *Matrix) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.Text()
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	if s.filter.Text() != before {
		s.moved = s.filter.Text() == ""
		s.arrange()
	}
	return cmd
}
