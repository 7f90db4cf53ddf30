package document

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View is the part of a screen that shows a document. There are two of a thing, in words and as YAML, and each keeps its place.
type View struct {
	Doc  Document // that is shown: the screen writes it
	YAML bool     // as YAML

	keys   Keys
	search search
	tops   [2]int // the first line shown, in words and as YAML
	page   int
}

// NewView shows nothing until Doc is set.
func NewView(keys Keys) View { return View{keys: keys, search: newSearch()} }

// Typing reports whether letters are text.
func (s *View) Typing() bool { return s.search.input.Typing() }

// Searching reports whether something is looked for.
func (s *View) Searching() bool { return s.search.on() }

// Claims the keys that go through what has been found.
func (s *View) Claims(msg tea.KeyPressMsg) bool {
	return s.search.on() && key.Matches(msg, s.keys.NextMatch, s.keys.MatchBefore, s.keys.FilterClear)
}

// Keys are what can be done now, around what a screen has itself.
func (s *View) Keys(own ...key.Binding) []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.SearchDone, k.FilterClear}
	}
	var keys []key.Binding
	if s.search.on() {
		keys = append(keys, k.NextMatch, k.MatchBefore, k.FilterClear)
	}
	view := k.YAML
	if s.YAML {
		view.SetHelp(view.Help().Key, "words")
	}
	if view.Enabled() { // some documents have no other form
		keys = append(keys, view)
	}
	return append(append(keys, own...), k.Search, k.Section, k.Back)
}

// Needs reports whether a key moves through the document.
func (s *View) Needs(msg tea.KeyPressMsg) bool {
	return !s.Typing() && key.Matches(msg, append(s.keys.Moves(), s.keys.Section)...)
}

// Take takes a key or a paste; false: it is none of a document.
func (s *View) Take(msg tea.Msg) (tea.Cmd, bool) {
	press, isPress := msg.(tea.KeyPressMsg)
	switch _, paste := msg.(tea.PasteMsg); {
	case s.Typing():
		return s.typed(msg), isPress || paste
	case !isPress:
		return nil, paste
	case s.search.on() && s.found(press), s.scroll(press):
		return nil, true
	case key.Matches(press, s.keys.YAML):
		s.YAML = !s.YAML
		s.search.at = -1
		return nil, true
	case key.Matches(press, s.keys.Search):
		s.search.home = *s.top()
		return s.search.input.Start(), true
	}
	return nil, false
}

// top is the first line shown of the present document.
func (s *View) top() *int {
	if s.YAML {
		return &s.tops[1]
	}
	return &s.tops[0]
}

// Top is the first line shown of the present document.
func (s *View) Top() int { return *s.top() }

func (s *View) scroll(msg tea.KeyPressMsg) bool {
	top := s.top()
	if key.Matches(msg, s.keys.Section) {
		s.to(s.Doc.after(*top))
		return true
	}
	c := kit.Cursor{At: *top} // of a list that is moved by whole lines
	moved := c.Move(s.keys.KeyMap, msg, max(len(s.Doc.Lines)-s.page+1, 1), s.page)
	*top = c.At
	return moved
}

// to shows a line first, or as near to the beginning as there are lines to follow.
func (s *View) to(line int) {
	*s.top() = max(min(line, len(s.Doc.Lines)-s.page), 0)
}

// Wheel scrolls.
func (s *View) Wheel(lines int) tea.Cmd {
	s.to(*s.top() + lines)
	return nil
}

// place says which lines are shown.
func (s *View) place() string {
	if len(s.Doc.Lines) <= s.page {
		return ""
	}
	top := *s.top()
	return fmt.Sprintf("%d-%d of %d", top+1, min(top+s.page, len(s.Doc.Lines)), len(s.Doc.Lines))
}

// Draw draws a part of the document under some lines; below it, when there is more, which part, and what is looked for.
func (s *View) Draw(st *kit.Styles, above []string, width, height int) string {
	out := above
	s.page = max(height-len(out), 1)
	foot := s.search.on() || s.Typing() || len(s.Doc.Lines) > s.page
	if foot {
		s.page = max(s.page-1, 1)
	}
	s.to(*s.top())
	from := *s.top()
	shown := s.Doc.Lines[from:min(from+s.page, len(s.Doc.Lines))]
	found := s.search.in(shown)
	for i, line := range shown {
		if slices.Contains(found, i) {
			line = s.search.mark(st, line, from+i == s.search.at)
		}
		out = append(out, line)
	}
	if foot {
		for len(out) < height-1 {
			out = append(out, "")
		}
		out = append(out, s.foot(st, width))
	}
	return kit.Box(kit.Join(out), width, height)
}

// foot is the line under a long document.
func (s *View) foot(st *kit.Styles, width int) string {
	right := s.place()
	if s.search.on() {
		found := s.search.in(s.Doc.Lines)
		words := "not found"
		if n := len(found); n > 0 {
			at, _ := slices.BinarySearch(found, s.search.at)
			words = fmt.Sprintf("%d of %s", min(at+1, n), kit.Count(n, "line"))
		}
		right = strings.TrimSuffix(words+" · "+right, " · ")
	}
	left := s.search.input.View(st, width-kit.Width(right)-4)
	if left == "" && s.YAML {
		left = st.Muted.Render(s.Doc.Remark)
	}
	return kit.Spread(" "+left, st.Muted.Render(right)+" ", width)
}
