package document

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// search finds lines of a document that have a text, in any letters.
type search struct {
	input kit.Filter
	at    int // the line that is stood on; -1: none
	home  int // the line that was first when the search began
}

func newSearch() search { return search{input: kit.NewFilter("/ "), at: -1} }

// on reports whether something is looked for.
func (f *search) on() bool { return f.input.Text() != "" }

// in are the lines that have it.
func (f *search) in(lines []string) []int {
	if !f.on() {
		return nil
	}
	needle := strings.ToLower(f.input.Text())
	var found []int
	for i, line := range lines {
		if strings.Contains(strings.ToLower(ansi.Strip(line)), needle) {
			found = append(found, i)
		}
	}
	return found
}

// mark draws a line in which something has been found: without its colours, with what was found in another.
func (f *search) mark(st *kit.Styles, line string, here bool) string {
	plain := ansi.Strip(line)
	lower, needle := strings.ToLower(plain), strings.ToLower(f.input.Text())
	if len(lower) != len(plain) { // letters that are longer when small: places would not be the same
		return line
	}
	over := kit.Style{}
	if here {
		over = st.Selection
	}
	text, mark := st.Text.Over(over), st.Accent.Underline().Over(over)
	var b strings.Builder
	for {
		i := strings.Index(lower, needle)
		if i < 0 || needle == "" {
			break
		}
		b.WriteString(text.Render(plain[:i]) + mark.Render(plain[i:i+len(needle)]))
		plain, lower = plain[i+len(needle):], lower[i+len(needle):]
	}
	return b.String() + text.Render(plain)
}

// typed looks for what has been typed so far, from the top of what was on the screen; when there is nothing, that is shown again.
func (s *View) typed(msg tea.Msg) tea.Cmd {
	before := s.search.input.Text()
	cmd := s.search.input.Update(s.keys.KeyMap, msg)
	if s.search.input.Text() != before {
		s.search.at = -1
		s.to(s.search.home)
		s.next(s.search.home, 1)
	}
	return cmd
}

// found goes through what has been found; false: it was another key.
func (s *View) found(msg tea.KeyPressMsg) bool {
	switch {
	case key.Matches(msg, s.keys.NextMatch):
		s.next(max(s.search.at+1, 0), 1)
	case key.Matches(msg, s.keys.MatchBefore):
		s.next(s.search.at-1, -1)
	case key.Matches(msg, s.keys.FilterClear):
		s.search.input.Clear()
		s.search.at = -1
	default:
		return false
	}
	return true
}

// next stands on the nearest line found from one on, going round at the ends.
func (s *View) next(from, step int) {
	found := s.search.in(s.Doc.Lines)
	if len(found) == 0 {
		return
	}
	at := found[0]
	if step < 0 {
		at = found[len(found)-1]
	}
	for _, line := range found {
		switch {
		case step > 0 && line >= from:
			s.stand(line)
			return
		case step < 0 && line <= from:
			at = line
		}
	}
	s.stand(at)
}

// stand shows a line where it is seen together with what is around it.
func (s *View) stand(line int) {
	s.search.at = line
	if top := *s.top(); line < top || line >= top+s.page {
		s.to(line - s.page/3)
	}
}
