package capture

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/packets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

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
