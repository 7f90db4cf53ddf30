package tui

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// separator is how many lines stand between sessions and other containers.
const separator = 2

// View draws the sessions, and what else runs.
func (s *sessionsScreen) View(width, height int) string {
	st := &s.styles
	var out []string
	if line := s.filter.view(st, width-4); line != "" {
		out = append(out, " "+line)
	}
	foot := s.foot(width)
	g := grid{columns: []column{
		{}, {title: "#"}, {title: "SESSION", flex: true}, {}, {title: "STATE"}, {title: "AGE", drop: 1}, {title: "IMAGE", drop: 3}, {title: "LAST LINE", drop: 2},
	}}
	line := func(i int) []cell { return s.cells(s.rows[i]) }
	g.measure(len(s.rows), line)
	s.clip(&g, width)
	widths := g.widths(width - 1)
	if len(s.rows) == 0 {
		out = append(out, s.empty(width)...)
	} else {
		if s.owns() == 0 {
			out = append(out, "  "+st.muted.Render(s.others()))
		}
		out = append(out, " "+g.header(widths, st.muted))
	}
	s.first, s.page = len(out), max(height-len(out)-len(foot)-separator, 1)
	own := s.owns()
	from, to := s.cursor.window(len(s.rows), s.page)
	for i := from; i < to; i++ {
		if i == own && i > 0 {
			out = append(out, "", "  "+st.muted.Render(s.others()))
		}
		lead, over := st.row(i == s.cursor.at)
		out = append(out, padStyled(lead+g.line(line(i), widths, over, st.accent.Underline()), width, over))
	}
	return box(strings.Join(append(out, foot...), "\n"), width, height)
}

// clip gives the last lines what the rest leaves, but as much as their title. Where not all has room, which session is which, and of what
// kind, is worth more than images.
func (s *sessionsScreen) clip(g *grid, width int) {
	const image, last = 6, 7
	if least := g.width() - g.natural[last] + min(g.natural[last], 16); least > width-1 {
		g.natural[image] = 0
	}
	rest := g.width() - g.natural[last]
	g.natural[last] = min(g.natural[last], max(width-1-rest, cells(g.columns[last].title)))
}

func (s *sessionsScreen) others() string {
	if s.namespace == "" {
		return "other debug containers that run in the cluster"
	}
	return "other debug containers that run in " + s.namespace
}

func (s *sessionsScreen) empty(width int) []string {
	st := &s.styles
	switch {
	case s.filter.text() != "":
		return []string{"", "  " + st.text.Render("None matches.") + st.muted.Render("  Press esc to clear the filter.")}
	case !s.known:
		return []string{"", "  " + st.text.Render("No sessions yet."), "", "  " + st.muted.Render("Looking for debug containers…")}
	}
	return strings.Split("\n"+indent(wrapStyled("No sessions, and no debug container runs. Choose a pod and press d: what is started stays here until it ends, also while you look elsewhere.", width-4, st.text), 2), "\n")
}

// foot says why others' containers may be missing.
func (s *sessionsScreen) foot(width int) []string {
	st := &s.styles
	switch {
	case s.trouble != nil:
		return append([]string{""}, strings.Split(indent(wrapStyled("! other debug containers are not known: "+s.trouble.What, width-4, st.warn), 2), "\n")...)
	case !s.known && len(s.rows) > 0:
		return []string{"", "  " + st.muted.Render("Looking for other debug containers…")}
	}
	return nil
}

func (s *sessionsScreen) cells(r sessionRow) []cell {
	st := &s.styles
	if r.own == nil {
		d := r.found
		by := d.By
		if by != "" {
			by = "by " + by
		}
		return []cell{
			{text: "●", style: st.muted}, {}, {text: s.name(r), style: st.text, marks: r.marks}, {}, {text: d.State, style: st.muted},
			{text: age(s.now(), beganAt(d)), style: st.text}, {text: d.Image, style: st.muted}, {text: by, style: st.muted},
		}
	}
	now := r.own.Look()
	symbol, words, style := st.stateWords(now.Snapshot)
	unread := ""
	if now.Unread > 0 {
		unread = "•"
	}
	image := ""
	if now.Job.Plan != nil {
		image = now.Job.Plan.Image
	}
	return []cell{
		{text: symbol, style: style}, {text: digitOf(now.Number), style: st.accent}, {text: s.name(r), style: st.text, marks: r.marks},
		{text: unread, style: st.accent}, {text: words, style: style}, {text: age(s.now(), now.Began), style: st.text},
		{text: image, style: st.muted}, {text: lastLine(r.own), style: st.muted},
	}
}

// name is the pod and the container, behind the context and the namespace where those are not the ones that are looked at.
func (s *sessionsScreen) name(r sessionRow) string {
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
