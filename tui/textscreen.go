package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// textScreen shows a text that is longer than the place it was in.
type textScreen struct {
	*kit
	with  PagerOptions
	top   int
	lines int // of the last view
	page  int
}

// PagerOptions are a text and what it is about.
type PagerOptions struct {
	Title, Text     string
	Copies, Command string // for y and Y; empty: nothing to copy
}

// newPager shows a text.
func newPager(k *kit, o PagerOptions) *textScreen { return &textScreen{kit: k, with: o} }

// CopyName is what the text is about.
func (s *textScreen) CopyName() string { return s.with.Copies }

// CopyCommand is the equal command.
func (s *textScreen) CopyCommand() string { return s.with.Command }

// Place is which lines are on the screen.
func (s *textScreen) Place() string { return placeIn(s.top, min(s.top+s.page, s.lines), s.lines) }

func (s *textScreen) Title() string { return s.with.Title }

func (s *textScreen) Keys() []key.Binding {
	return []key.Binding{s.keys.Up, s.keys.Down, s.keys.Back}
}

func (s *textScreen) Init() tea.Cmd { return nil }

func (s *textScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	s.top = scrolled(s.keys, press, s.top, s.lines, s.page)
	return nil
}

// scrolled is the first line that a text of so many lines shows on a page, after a key: a text is a list whose cursor is there.
func scrolled(k KeyMap, press tea.KeyPressMsg, top, lines, page int) int {
	c := cursor{at: top}
	c.move(k, press, max(lines-page+1, 1), page)
	return c.at
}

func (s *textScreen) View(width, height int) string {
	all := strings.Split(wrapStyled(s.with.Text, width-4, s.styles.text), "\n")
	s.lines, s.page = len(all), height
	s.top = max(min(s.top, len(all)-height), 0)
	return box(indent(strings.Join(all[s.top:min(s.top+height, len(all))], "\n"), 2), width, height)
}
