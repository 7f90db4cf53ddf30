package kit

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Pager shows a text that is longer than the place it was in.
type Pager struct {
	*Kit
	with  PagerOptions
	top   int
	lines int // of the last view
	page  int
}

// PagerOptions are a text and what it is about.
type PagerOptions struct {
	Title, Text     string
	Diff            string // behind the text, a unified diff; empty: none
	Copies, Command string // for y and Y; empty: nothing to copy
}

// NewPager shows a text.
func NewPager(k *Kit, o PagerOptions) *Pager { return &Pager{Kit: k, with: o} }

// CopyName is what the text is about.
func (s *Pager) CopyName() string { return s.with.Copies }

// CopyCommand is the equal command.
func (s *Pager) CopyCommand() string { return s.with.Command }

// Place is which lines are on the screen.
func (s *Pager) Place() string { return PlaceIn(s.top, min(s.top+s.page, s.lines), s.lines) }

// Title is the name of the screen.
func (s *Pager) Title() string { return s.with.Title }

// Keys are those that do something now.
func (s *Pager) Keys() []key.Binding {
	return []key.Binding{s.Bindings.Up, s.Bindings.Down, s.Bindings.Back}
}

// Init begins.
func (s *Pager) Init() tea.Cmd { return nil }

// Update takes a key.
func (s *Pager) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	s.top = Scrolled(s.Bindings, press, s.top, s.lines, s.page)
	return nil
}

// Scrolled is the first line that a text of so many lines shows on a page, after a key: a text is a list whose cursor is there.
func Scrolled(k KeyMap, press tea.KeyPressMsg, top, lines, page int) int {
	c := Cursor{At: top}
	c.Move(k, press, max(lines-page+1, 1), page)
	return c.At
}

// diff are the lines of the diff. Their marks stay in the first column when they are wrapped.
func (s *Pager) diff(width int) []string {
	var all []string
	for line := range strings.SplitSeq(strings.TrimRight(s.with.Diff, "\n"), "\n") {
		mark, rest, style := " ", line, s.Styles.Text
		if line != "" {
			mark, rest = line[:1], line[1:]
		}
		switch mark {
		case "+":
			style = s.Styles.Good
		case "-":
			style = s.Styles.Bad
		case "@":
			style = s.Styles.Muted
		case " ":
		default:
			mark, rest = " ", line
		}
		for piece := range strings.SplitSeq(WrapStyled(rest, width-1, style), "\n") {
			all = append(all, style.Render(mark)+piece)
		}
	}
	return all
}

// View draws the screen.
func (s *Pager) View(width, height int) string {
	all := strings.Split(WrapStyled(s.with.Text, width-4, s.Styles.Text), "\n")
	if s.with.Diff != "" {
		all = append(all, s.diff(width-4)...)
	}
	s.lines, s.page = len(all), height
	s.top = max(min(s.top, len(all)-height), 0)
	return Box(Indent(strings.Join(all[s.top:min(s.top+height, len(all))], "\n"), 2), width, height)
}
