package sessions

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// separator is how many lines stand between sessions and other containers.
const separator = 2

// View draws the sessions, and what else runs.
func (s *List) View(width, height int) string {
	st := &s.Styles
	var out []string
	if line := s.filter.View(st, width-4); line != "" {
		out = append(out, " "+line)
	}
	foot := s.foot(width)
	g := kit.Table{Columns: []kit.Column{
		{}, {Title: "#"}, {Title: "SESSION", Flex: true}, {}, {Title: "STATE"}, {Title: "AGE", Drop: 1}, {Title: "IMAGE", Drop: 3}, {Title: "LAST LINE", Drop: 2},
	}}
	line := func(i int) []kit.Cell { return s.cells(s.rows[i]) }
	g.Measure(len(s.rows), line)
	s.clip(&g, width)
	widths := g.Widths(width - 1)
	if len(s.rows) == 0 {
		out = append(out, s.empty(width)...)
	} else {
		if s.owns() == 0 {
			out = append(out, "  "+st.Muted.Render(s.others()))
		}
		out = append(out, " "+g.Header(widths, st.Muted))
	}
	s.first, s.page = len(out), max(height-len(out)-len(foot)-separator, 1)
	own := s.owns()
	from, to := s.cursor.Window(len(s.rows), s.page)
	for i := from; i < to; i++ {
		if i == own && i > 0 {
			out = append(out, "", "  "+st.Muted.Render(s.others()))
		}
		lead, over := st.Row(i == s.cursor.At)
		out = append(out, kit.PadStyled(lead+g.Line(line(i), widths, over, st.Accent.Underline()), width, over))
	}
	return kit.Box(strings.Join(append(out, foot...), "\n"), width, height)
}

// clip gives the last lines what the rest leaves, but as much as their title. Where not all has room, which session is which, and of what
// kind, is worth more than images.
func (s *List) clip(g *kit.Table, width int) {
	const image, last = 6, 7
	if least := g.Width() - g.Natural[last] + min(g.Natural[last], 16); least > width-1 {
		g.Natural[image] = 0
	}
	rest := g.Width() - g.Natural[last]
	g.Natural[last] = min(g.Natural[last], max(width-1-rest, kit.Width(g.Columns[last].Title)))
}

func (s *List) others() string {
	if s.namespace == "" {
		return "other debug containers that run in the cluster"
	}
	return "other debug containers that run in " + s.namespace
}

func (s *List) empty(width int) []string {
	st := &s.Styles
	switch {
	case s.filter.Text() != "":
		return []string{"", "  " + st.Text.Render("No match.") + st.Muted.Render("  Press esc to clear the filter.")}
	case !s.known:
		return []string{"", "  " + st.Text.Render("No sessions yet."), "", "  " + st.Muted.Render("Looking for debug containers…")}
	}
	return strings.Split("\n"+kit.Indent(kit.WrapStyled("No sessions, and no debug container runs. Choose a pod and press d: what is started stays here until it ends, also while you look elsewhere.", width-4, st.Text), 2), "\n")
}

// foot says what of the row under the cursor could not be deleted, and why others' containers may be missing.
func (s *List) foot(width int) []string {
	var out []string
	if row, ok := s.chosen(); ok {
		now := row.look()
		if lines := s.stillThere(&now, width); len(lines) > 0 {
			out = append([]string{""}, lines...)
		}
	}
	return append(out, s.missing(width)...)
}

// missing says why others' containers may be missing.
func (s *List) missing(width int) []string {
	st := &s.Styles
	switch {
	case s.trouble != nil:
		return append([]string{""}, strings.Split(kit.Indent(kit.WrapStyled("! cannot list other debug containers: "+s.trouble.Message, width-4, st.Warn), 2), "\n")...)
	case !s.known && len(s.rows) > 0:
		return []string{"", "  " + st.Muted.Render("Looking for other debug containers…")}
	}
	return nil
}

func (s *List) cells(r row) []kit.Cell {
	st := &s.Styles
	if r.own == nil {
		d := r.found
		by := d.By
		if by != "" {
			by = "by " + by
		}
		return []kit.Cell{
			{Text: "●", Style: st.Muted}, {}, {Text: s.name(r), Style: st.Text, Marks: r.marks}, {}, {Text: d.State, Style: st.Muted},
			{Text: kit.Age(s.Now(), beganAt(d)), Style: st.Text}, {Text: d.Image, Style: st.Muted}, {Text: by, Style: st.Muted},
		}
	}
	now := r.own.Look()
	symbol, words, style := stateWords(st, now.Snapshot)
	switch {
	case undeleted(&now) != "":
		symbol, words, style = "!", "not deleted", st.Warn
	case now.Over() && now.Removed && !now.Ending.Gone:
		words += " · deleted"
	case now.Over() && now.Vanished && !now.Ending.Gone:
		words += " · pod gone"
	}
	if left := s.countdown(&now); left != "" {
		words += " · " + left + " left"
	}
	unread := ""
	if now.Unread > 0 {
		unread = "•"
	}
	image := ""
	if now.Job.Plan != nil {
		image = now.Job.Plan.Image
	}
	return []kit.Cell{
		{Text: symbol, Style: style}, {Text: digitOf(now.Number), Style: st.Accent}, {Text: s.name(r), Style: st.Text, Marks: r.marks},
		{Text: unread, Style: st.Accent}, {Text: words, Style: style}, {Text: kit.Age(s.Now(), now.Began), Style: st.Text},
		{Text: image, Style: st.Muted}, {Text: lastLine(r.own), Style: st.Muted},
	}
}

// name is the pod and the container, behind the context and the namespace where those are not the ones that are looked at.
func (s *List) name(r row) string {
	if r.own != nil {
		now := r.own.Look()
		return label(&now)
	}
	if debug.Holds(r.found.Starts) {
		return r.target().String() + " · for private sessions"
	}
	return r.target().String()
}

func digitOf(n int) string {
	const digits = 9
	if n > digits {
		return ""
	}
	return string(rune('0' + n))
}
