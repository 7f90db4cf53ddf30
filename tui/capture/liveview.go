package capture

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws the capture.
func (s *Live) View(width, height int) string {
	out := s.head(width)
	out = append(out, "", s.tabLine(width))
	if s.Typing() || s.filter.Text() != "" {
		of := s.Styles.Muted.Render(fmt.Sprintf("  %d of %d ", len(s.lines), s.seen.Packets))
		out = append(out, " "+kit.Fit(s.filter.View(&s.Styles, max(width-kit.Width(of)-1, 0)), max(width-kit.Width(of)-1, 0))+of)
	}
	s.first, s.page = len(out)+1, max(height-len(out)-1, 1)
	g, line, n := s.table(width)
	if n == 0 {
		out = append(out, "", "  "+s.Styles.Muted.Render(kit.Fit(s.nothing(), max(width-4, 0))))
		return kit.Box(strings.Join(out, "\n"), width, height)
	}
	out = append(out, g.List(&s.Styles, &s.cursors[s.tab], n, width, s.page+1, line))
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// head says how it goes, or where it is.
func (s *Live) head(width int) []string {
	st := &s.Styles
	room := max(width-4, 1)
	var out []string
	add := func(lead string, style kit.Style, text string, how kit.Style) {
		const most = 2
		for i, line := range kit.Lines(kit.Clip(text, room, most, how)) {
			if i > 0 {
				lead = " "
			}
			out = append(out, " "+style.Render(kit.Fit(lead, 2))+line)
		}
	}
	lead, style, words := s.state()
	add(lead, style, words, st.Title)
	if what := s.summary(); what != "" {
		add(" ", st.Muted, what, st.Muted)
	}
	if file := s.work.File(); file != "" && !s.running() {
		add("→", st.Accent, file, st.Text)
	}
	for _, text := range s.troubles() {
		add("✗", st.Bad, text, st.Text)
	}
	for _, text := range s.now.Notes {
		add("·", st.Muted, text, st.Muted)
	}
	return out
}

// state is how it is.
func (s *Live) state() (lead string, style kit.Style, words string) {
	st := &s.Styles
	count := kit.Count(int(s.now.Packets), "packet")
	switch {
	case s.now.Over && s.now.Packets == 0 && len(s.troubles()) > 0:
		return "✗", st.Bad, "nothing was captured"
	case s.now.Over:
		return "✓", st.Good, fmt.Sprintf("%s, %s, in %s: %s", count, size(s.now.Written), kit.Lasted(s.now.Took), s.now.Reason.Words())
	case s.now.Ending:
		return "…", st.Accent, count + ": ending what was added"
	case !s.running():
		return "…", st.Accent, count + ": taking what is on its way"
	}
	accepted := s.in(capture.Accepted)
	waiting := s.in(capture.Waiting) + accepted
	switch {
	case waiting == len(s.now.Sources) && accepted > 0:
		return "…", st.Accent, fmt.Sprintf("debug container added in %d of %s: waiting until it runs", accepted, kit.Count(waiting, "pod"))
	case waiting == len(s.now.Sources):
		return "…", st.Accent, "adding a debug container to " + kit.Count(waiting, "pod")
	}
	perSecond, bytes := s.rates.rate()
	words = fmt.Sprintf("%s  %s  %.0f/s %s/s", count, size(s.now.Written), perSecond, size(int64(bytes)))
	if waiting > 0 {
		return "●", st.Good, words + "  " + kit.Count(waiting, "pod") + " not yet"
	}
	return "●", st.Good, words + fmt.Sprintf("  %s of %s", kit.Span(s.now.Took), long(s.work.Capture().Options().For))
}

func (s *Live) in(state capture.State) int {
	n := 0
	for _, source := range s.now.Sources {
		if source.State == state {
			n++
		}
	}
	return n
}

// summary is what was seen, in a line.
func (s *Live) summary() string {
	var parts []string
	for _, p := range s.seen.Protocols {
		parts = append(parts, fmt.Sprintf("%s %d", p.Name, p.Packets))
	}
	if s.seen.Resets > 0 {
		parts = append(parts, kit.Count(s.seen.Resets, "reset"))
	}
	if s.seen.Retransmissions > 0 {
		parts = append(parts, fmt.Sprintf("%d sent again", s.seen.Retransmissions))
	}
	return strings.Join(parts, " · ")
}

// troubles are what has gone wrong, each once.
func (s *Live) troubles() []string {
	var all []string
	known := map[string]bool{}
	add := func(text string) {
		if !known[text] {
			all, known[text] = append(all, text), true
		}
	}
	if p := s.now.Problem; p != nil {
		add(p.Message + "; what was written before is whole")
	}
	for _, source := range s.now.Sources {
		if p := source.Problem; p != nil {
			p = s.Advised(s, p)
			add(p.Message + ": " + p.Hint)
		}
	}
	for _, p := range s.now.Left {
		add(p.Message)
	}
	if n := s.now.Dropped(); n > 0 {
		add(kit.Count(int(n), "packet") + " not captured: the kernel had no room for them; a filter helps")
	}
	return all
}

// tabLine names what can be looked at.
func (s *Live) tabLine(width int) string {
	st := &s.Styles
	names := []string{
		fmt.Sprintf("packets %d", s.seen.Packets), fmt.Sprintf("talkers %d", len(s.seen.Talkers)), fmt.Sprintf("DNS %d", len(s.seen.Questions)),
		fmt.Sprintf("HTTP and TLS %d", len(s.seen.Requests)), fmt.Sprintf("pods %d", len(s.now.Sources)),
	}
	line := " "
	for i, name := range names {
		if tab(i) == s.tab {
			line += st.Accent.Render("▸") + st.Title.Render(name) + "  "
		} else {
			line += " " + st.Muted.Render(name) + "  "
		}
	}
	return kit.Fit(line, width)
}

// nothing is what is said where a list is empty.
func (s *Live) nothing() string {
	switch {
	case s.tab == tabPackets && s.filter.Text() != "":
		return "no packet matches"
	case s.running():
		return "nothing yet"
	}
	return "nothing was seen"
}
