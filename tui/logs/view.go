package logs

import (
	"strings"

	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws a line on what is read, the lines, and under them what has happened.
func (s *Screen) View(width, height int) string {
	foot := s.foot(width)
	rows := height - 1 - len(foot)
	if s.noticed() {
		rows--
	}
	s.pager.page = max(rows, 1)
	if s.ring.n == 0 {
		out := append([]string{s.status(width), kit.Box(s.empty(width), width, max(rows, 0))}, foot...)
		return kit.Box(strings.Join(out, "\n"), width, height)
	}
	g := s.gutter(width)
	s.breaks.set(max(width-1-g.cells(), 1), s.wrap)
	s.pager.rows = func(line int) int { return s.breaks.count(line, s.ring.at(line).Text) }
	out := make([]string, 1, height)
	out = s.lines(out, &g)
	out[0] = s.status(width)
	if s.noticed() { // it speaks of what is seen
		out = append(out, s.notice(width))
	}
	return kit.Box(strings.Join(append(out, foot...), "\n"), width, height)
}

// lines draws those that are seen, and fills the page.
func (s *Screen) lines(out []string, g *logGutter) []string {
	st := &s.Styles
	found, here := st.Accent.Underline(), st.Accent.Bold().Over(st.Selection)
	place := s.pager.start()
	s.pager.top = place // a page that has grown must not move when more lines come
	last := s.pager.page + len(out)
	for line := place.line; line < s.ring.end() && len(out) < last; line++ {
		l := s.ring.at(line)
		plain, marked, lead := st.Text, found, " "
		if l.Mark {
			plain, lead = st.Warn, st.Warn.Render("─")
		}
		if line == s.search.at {
			marked, lead = here, st.Accent.Render("▸")
		}
		marks := s.search.marks(l.Text)
		if !s.wrap {
			out = append(out, lead+g.first(l)+s.unwrapped(l, marks, plain, marked))
			continue
		}
		for i, row := range s.breaks.rows(line, l.Text) {
			switch {
			case line == place.line && i < place.row:
				continue
			case len(out) == last:
				return out
			case i == 0:
				out = append(out, lead+g.first(l)+inked(l.Text, row, marks, plain, marked))
			default:
				out = append(out, " "+g.rest()+inked(l.Text, row, marks, plain, marked))
			}
		}
	}
	for len(out) < last {
		out = append(out, "")
	}
	return out
}

// unwrapped is what is seen of a line that goes on at the right, with a sign that it does.
func (s *Screen) unwrapped(l *kubelogs.Line, marks []part, plain, marked kit.Style) string {
	row := logWindow(l.Text, s.pager.side, s.breaks.width)
	if row.to == len(l.Text) || s.breaks.width < 2 {
		return inked(l.Text, row, marks, plain, marked)
	}
	row = logWindow(l.Text, s.pager.side, s.breaks.width-1)
	return kit.PadStyled(inked(l.Text, row, marks, plain, marked), s.breaks.width-1, kit.Style{}) + s.Styles.Accent.Render("›")
}
