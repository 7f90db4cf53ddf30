package pod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws a part of the document; under it, when there is more, which part, and what is looked for.
func (s *Inspection) View(width, height int) string {
	st := &s.Styles
	var out []string
	if p := s.State(); p != nil {
		out = append(kit.Lines(kit.ProblemText(st, s.Advised(s, p), width)), "")
	}
	if s.Pod == nil {
		if len(out) == 0 {
			out = []string{"", "  " + st.Muted.Render("Reading the pod…")}
		}
		return kit.Box(kit.Join(out), width, height)
	}
	s.write(width)
	s.page = max(height-len(out), 1)
	foot := s.search.on() || s.Typing() || len(s.doc.lines) > s.page
	if foot {
		s.page = max(s.page-1, 1)
	}
	s.to(*s.top())
	from := *s.top()
	shown := s.doc.lines[from:min(from+s.page, len(s.doc.lines))]
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
		out = append(out, s.foot(width))
	}
	return kit.Box(kit.Join(out), width, height)
}

// foot is the line under a long document.
func (s *Inspection) foot(width int) string {
	st := &s.Styles
	right := s.place()
	if s.search.on() {
		found := s.search.in(s.doc.lines)
		words := "not found"
		if n := len(found); n > 0 {
			at, _ := slices.BinarySearch(found, s.search.at)
			words = fmt.Sprintf("%d of %s", min(at+1, n), kit.Count(n, "line"))
		}
		right = strings.TrimSuffix(words+" · "+right, " · ")
	}
	left := s.search.input.View(st, width-kit.Width(right)-4)
	if left == "" && s.yaml {
		left = st.Muted.Render(s.doc.remark)
	}
	return kit.Spread(" "+left, st.Muted.Render(right)+" ", width)
}

// write makes the document anew when something has changed.
func (s *Inspection) write(width int) {
	e := s.why.shown
	s.why.drawn = s.Now()
	e.Pod = s.Pod
	now := inspectState{
		pod: s.Pod, events: len(e.Events), log: len(e.Log.Lines), read: [2]bool{e.EventsRead, e.Log.Read},
		yaml: s.yaml, gone: s.Gone, width: width, theme: s.Styles.Text.Render("x") + s.Styles.Muted.Render("x"),
	}
	if len(e.Events) > 0 {
		now.shown = &e.Events[0]
	}
	if !s.yaml {
		now.second = s.Now().Unix()
	}
	if now == s.drawnAs {
		return
	}
	s.drawnAs = now
	if s.yaml {
		s.doc = yamlDoc(&s.Styles, s.Pod, width)
		return
	}
	s.doc = wordsDoc(&s.Styles, &e, s.Gone, s.Now(), width)
}
