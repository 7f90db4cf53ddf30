package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// textScreen shows a text that is longer than the place it was in.
type textScreen struct {
	*kit
	title string
	text  string
	top   int
	lines int // of the last view
	page  int
}

func (s *textScreen) Title() string { return s.title }

func (s *textScreen) Keys() []key.Binding {
	return []key.Binding{s.keys.Up, s.keys.Down, s.keys.Back}
}

func (s *textScreen) Init() tea.Cmd { return nil }

func (s *textScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	// The cursor of a list that is moved by whole lines: its place is the first line shown.
	c := cursor{at: s.top}
	c.move(s.keys, press, max(s.lines-s.page+1, 1), s.page)
	s.top = c.at
	return nil
}

func (s *textScreen) View(width, height int) string {
	all := strings.Split(wrapStyled(s.text, width-4, s.styles.text), "\n")
	s.lines, s.page = len(all), height
	s.top = max(min(s.top, len(all)-height), 0)
	return box(indent(strings.Join(all[s.top:min(s.top+height, len(all))], "\n"), 2), width, height)
}
