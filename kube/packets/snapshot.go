package packets

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// Snapshot is what an analysis knows at a moment, but for the packets ([Analysis.Lines]).
type Snapshot struct {
	Packets         int64
	Bytes           int64 // on the wire
	First, Last     time.Time
	Connects        int // connections of TCP that were asked for
	Resets          int
	Retransmissions int

	Interfaces []Count    // by their number
	Protocols  []Count    // the most packets first
	Talkers    []Talker   // the most bytes first
	Others     Count      // of talkers that were too many to be kept
	Questions  []Question // those that fail first, then the slowest
	Requests   []Request  // those that fail first, then the most frequent
}

// Look takes a snapshot.
func (a *Analysis) Look() Snapshot {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Snapshot{
		Packets: a.count, Bytes: a.bytes, First: a.first, Last: a.last,
		Connects: a.tcp.connects, Resets: a.tcp.resets, Retransmissions: a.tcp.retransmissions, Interfaces: slices.Clone(a.interfaces), Others: a.others,
		Protocols: values(a.protocols), Talkers: values(a.talkers), Questions: values(a.questions.rows), Requests: values(a.requests.rows),
	}
	slices.SortFunc(s.Protocols, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.Name, b.Name)) })
	slices.SortFunc(s.Talkers, func(a, b Talker) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), a.Client.Compare(b.Client), a.Server.Compare(b.Server), cmp.Compare(a.Interface, b.Interface), cmp.Compare(a.Protocol, b.Protocol))
	})
	slices.SortFunc(s.Questions, func(a, b Question) int {
		return cmp.Or(worse(a.troubled(), b.troubled()), cmp.Compare(b.Slowest, a.Slowest), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	slices.SortFunc(s.Requests, func(a, b Request) int {
		return cmp.Or(worse(a.Failed > 0, b.Failed > 0), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Words, b.Words), a.Server.Compare(b.Server))
	})
	return s
}

// troubled reports whether it was not answered as it should be.
func (q Question) troubled() bool { return q.Failed > 0 || q.Answered < q.Asked }

// worse puts those first of which something is so.
func worse(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func values[K comparable, V any](m map[K]*V) []V {
	all := make([]V, 0, len(m))
	for v := range maps.Values(m) {
		all = append(all, *v)
	}
	return all
}

// Lines are the last packets for which keep says so, at most so many of them, in their order, and how many packets are not kept any more. keep is called
// under the lock.
func (a *Analysis) Lines(most int, keep func(Line) bool) (lines []Line, gone int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := len(a.lines) - 1; i >= 0 && len(lines) < most; i-- {
		if l := a.lines[(a.next+i)%len(a.lines)]; keep == nil || keep(l) {
			lines = append(lines, l)
		}
	}
	slices.Reverse(lines)
	return lines, a.count - int64(len(a.lines))
}

// Named is an address with its name, where it has one: "web-0.shop:80".
func Named(names map[netip.Addr]string, at netip.AddrPort) string {
	switch name := names[at.Addr().Unmap()]; {
	case !at.Addr().IsValid():
		return ""
	case name != "" && at.Port() == 0:
		return name
	case name != "":
		return name + ":" + strconv.Itoa(int(at.Port()))
	case at.Port() == 0:
		return at.Addr().Unmap().String()
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()).String()
}
