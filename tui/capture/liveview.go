package capture

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/packets"
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

// rows is how many lines the list has.
func (s *Live) rows() int {
	switch s.tab {
	case tabPackets:
		return len(s.lines)
	case tabTalkers:
		return len(s.seen.Talkers)
	case tabDNS:
		return len(s.seen.Questions)
	case tabRequests:
		return len(s.seen.Requests)
	case tabPods, tabs:
	}
	return len(s.now.Sources)
}

// table is the list that is looked at. Its widths are those of the lines that are on the screen, or near it; what a packet is gets the rest.
func (s *Live) table(width int) (kit.Table, func(int) []kit.Cell, int) {
	n := s.rows()
	columns, line := s.columns()
	g := kit.Table{Columns: columns}
	c := s.cursors[s.tab]
	from := max(min(c.Top, c.At-s.page), 0)
	g.Measure(min(n-from, 3*s.page), func(i int) []kit.Cell { return line(from + i) })
	if last := len(columns) - 1; s.tab == tabPackets {
		const least, wide = 12, 100
		if width < wide {
			g.Natural[last-1] = 0
		}
		g.Natural[last] = max(g.Natural[last]+min(width-1-g.Width(), 0), least)
	}
	return g, line, n
}

func (s *Live) columns() ([]kit.Column, func(int) []kit.Cell) {
	st := &s.Styles
	text := func(words string) kit.Cell { return kit.Cell{Text: words, Style: st.Text} }
	muted := func(words string) kit.Cell { return kit.Cell{Text: words, Style: st.Muted} }
	switch s.tab {
	case tabPackets:
		return []kit.Column{{Title: "TIME"}, {Title: "FROM"}, {Title: "TO"}, {Title: "IS"}, {Title: "BYTES"}, {Title: "WHAT"}}, s.packet
	case tabTalkers:
		return []kit.Column{{Title: "CLIENT", Flex: true}, {Title: "SERVER"}, {Title: "BY"}, {Title: "PACKETS"}, {Title: "BYTES"}, {Title: "SEEN BY", Drop: 1}}, func(i int) []kit.Cell {
			t := s.seen.Talkers[i]
			return []kit.Cell{text(s.end(t.Client, 0)), text(s.end(t.Server.Addr(), t.Server.Port())), muted(t.Protocol), text(strconv.FormatInt(t.Packets, 10)), text(size(t.Bytes)), muted(s.pod(t.Interface))}
		}
	case tabDNS:
		return []kit.Column{{}, {Title: "NAME", Flex: true}, {Title: "TYPE"}, {Title: "ASKED"}, {Title: "SLOWEST"}, {Title: "ANSWER", Drop: 1}}, func(i int) []kit.Cell {
			q := s.seen.Questions[i]
			lead, answer := kit.Cell{Text: "✓", Style: st.Good}, q.Answer
			switch {
			case q.Answered == 0:
				lead, answer = kit.Cell{Text: "!", Style: st.Warn}, "not answered"
			case q.Failed > 0:
				lead = kit.Cell{Text: "✗", Style: st.Bad}
			}
			return []kit.Cell{lead, text(q.Name), muted(q.Type), text(strconv.Itoa(q.Asked)), text(took(q.Slowest)), text(answer)}
		}
	case tabRequests:
		return []kit.Column{{}, {Title: "BY"}, {Title: "REQUEST", Flex: true}, {Title: "TO"}, {Title: "TIMES"}, {Title: "ANSWER"}, {Title: "SLOWEST", Drop: 2}}, func(i int) []kit.Cell {
			q := s.seen.Requests[i]
			lead := kit.Cell{Text: " ", Style: st.Muted}
			switch {
			case q.Failed > 0:
				lead = kit.Cell{Text: "✗", Style: st.Bad}
			case q.Answered > 0:
				lead = kit.Cell{Text: "✓", Style: st.Good}
			}
			return []kit.Cell{lead, muted(q.Protocol), text(q.Words), muted(s.short(q.Server)), text(strconv.Itoa(q.Count)), text(q.Answer), text(took(q.Slowest))}
		}
	case tabPods, tabs:
	}
	return []kit.Column{{}, {Title: "POD", Flex: true}, {Title: "PACKETS"}, {Title: "BYTES"}, {Title: "STATE"}}, func(i int) []kit.Cell {
		p := s.now.Sources[i]
		lead, words := kit.Cell{Text: "…", Style: st.Accent}, "adding a debug container"
		switch p.State {
		case capture.Waiting:
		case capture.Accepted:
			words = "starting: the debug container was added"
		case capture.Capturing:
			lead, words = kit.Cell{Text: "●", Style: st.Good}, "capturing"
		case capture.Finished:
			lead, words = kit.Cell{Text: "✓", Style: st.Good}, "done"
		case capture.Failed:
			lead, words = kit.Cell{Text: "✗", Style: st.Bad}, "failed"
		}
		return []kit.Cell{lead, text(p.Name), text(strconv.FormatInt(p.Packets, 10)), text(size(p.Bytes)), muted(words)}
	}
}

// packet is a line of the packets.
func (s *Live) packet(i int) []kit.Cell {
	st, l := &s.Styles, s.lines[i]
	how := st.Text
	if l.Trouble {
		how = st.Bad
	}
	at := fmt.Sprintf("%.3f", l.Time.Sub(s.seen.First).Seconds())
	return []kit.Cell{
		{Text: at, Style: st.Muted}, {Text: s.short(l.Source), Style: st.Text}, {Text: s.short(l.Destination), Style: st.Text},
		{Text: l.Protocol, Style: st.Muted}, {Text: strconv.Itoa(l.Length), Style: st.Muted}, {Text: l.Info, Style: how},
	}
}

// short is an end of a packet in few cells.
func (s *Live) short(at netip.AddrPort) string {
	const most = 21
	return kit.FitMiddle(s.end(at.Addr(), at.Port()), most)
}

// end is an address with its name, if it has one.
func (s *Live) end(at netip.Addr, port uint16) string {
	return packets.Named(s.now.Names, netip.AddrPortFrom(at, port))
}

// both is an address, and its name.
func (s *Live) both(at netip.AddrPort) string {
	if !at.Addr().IsValid() {
		return "–"
	}
	name, plain := s.end(at.Addr(), at.Port()), packets.Named(nil, at)
	if name == plain {
		return plain
	}
	return plain + "  " + name
}

// pod is whose interface has seen something.
func (s *Live) pod(of int) string {
	if of < 0 || of >= len(s.seen.Interfaces) {
		return ""
	}
	return s.seen.Interfaces[of].Name
}

func took(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return packets.Milliseconds(d)
}
