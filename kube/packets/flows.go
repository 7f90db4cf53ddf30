package packets

import (
	"net/netip"
	"time"
)

// flow is one direction of a conversation, as one interface sees it.
type flow struct {
	of       int
	device   uint32 // of those that the interface stands for
	from, to netip.AddrPort
}

func (f flow) back() flow { f.from, f.to = f.to, f.from; return f }

// flowState is what is known of one direction of a TCP connection.
type flowState struct {
	began    uint32 // sequence number of the SYN
	next     uint32 // behind the last byte that was seen
	advanced time.Time
	gap      bool   // bytes before next have not been seen
	hello    []byte // the beginning of a client hello that goes on in the next segment
}

// mostHello is how much is kept of a client hello.
const mostHello = 4 << 10

// follow tells what a segment means beside those before it: resets, and what is sent again.
func (a *Analysis) follow(of int, f *Facts, line *Line) {
	if !f.IsTCP {
		return
	}
	at := flow{of, f.Device, f.Source, f.Destination}
	state := a.flows[at]
	if f.TCP.Flags&RST != 0 {
		a.tcp.resets++
		line.Trouble = true
		delete(a.flows, at)
		delete(a.waiting, at)
		delete(a.waiting, at.back())
		return
	}
	length := uint32(f.Rest)
	if f.TCP.Flags&(SYN|FIN) != 0 {
		length++
	}
	end := f.TCP.Seq + length
	if f.TCP.Flags&SYN != 0 && (state == nil || state.began != f.TCP.Seq) {
		crowd(a.flows, mostFlows)
		if f.TCP.Flags&ACK == 0 {
			a.tcp.connects++
		}
		a.flows[at] = &flowState{began: f.TCP.Seq, next: end, advanced: f.Time}
		return
	}
	if length == 0 {
		return
	}
	if state == nil {
		crowd(a.flows, mostFlows)
		state = &flowState{began: f.TCP.Seq - 1, next: f.TCP.Seq}
		a.flows[at] = state
	}
	switch ahead := int32(end - state.next); {
	case ahead > 0:
		state.gap = state.gap && f.TCP.Seq != state.next || int32(f.TCP.Seq-state.next) > 0
		state.next, state.advanced = end, f.Time
	case f.TCP.Seq == state.next-1 && f.TCP.Flags&(SYN|FIN) == 0: // keeps the connection alive
	case state.gap && f.Time.Sub(state.advanced) < 3*time.Millisecond: // it came in another order
	default:
		a.tcp.retransmissions++
		line.Trouble = true
		f.Info += ", sent again"
	}
	a.helloOf(state, f)
}

// helloOf puts a client hello together that does not fit into one segment, for the name in it.
func (a *Analysis) helloOf(state *flowState, f *Facts) {
	whole := f.Payload
	switch {
	case len(state.hello) > 0:
		whole = append(state.hello, f.Payload...) //nolint:gocritic // it is of the state, and given up here
		state.hello = nil
	case f.Protocol != "TLS" || f.SNI != "":
		return
	}
	name, more := serverName(whole)
	switch {
	case name != "":
		f.Protocol, f.SNI, f.Info = "TLS", name, "client hello for "+name
	case more && len(whole) < mostHello:
		state.hello = append([]byte(nil), whole...)
	}
}

// talkerKey is a conversation, whoever speaks.
type talkerKey struct {
	of             int
	protocol       string
	client, server netip.AddrPort // the client's port is 0
}

// Talker is one that talks with another.
type Talker struct {
	Count
	Interface int
	Protocol  string         // "TCP", "UDP", …
	Client    netip.Addr     // that has begun, as far as is known
	Server    netip.AddrPort // its port is 0 where there are none
}

// talk counts a packet for those that talk.
func (a *Analysis) talk(of int, f *Facts) {
	if !f.Source.Addr().IsValid() {
		return
	}
	key := talkerKey{of: of, protocol: f.Protocol, client: f.Source, server: f.Destination}
	switch {
	case f.IsTCP:
		key.protocol = "TCP"
	case f.IsUDP:
		key.protocol = "UDP"
	}
	if f.fromServer() {
		key.client, key.server = f.Destination, f.Source
	}
	key.client = netip.AddrPortFrom(key.client.Addr(), 0)
	t := a.talkers[key]
	if t == nil {
		if len(a.talkers) >= mostTalkers {
			a.others.add(f.Length)
			return
		}
		t = &Talker{Interface: of, Protocol: key.protocol, Client: key.client.Addr(), Server: key.server}
		a.talkers[key] = t
	}
	t.add(f.Length)
}

// fromServer reports whether the source of a packet is the server: it answers a SYN, or its port is the lower one.
func (f *Facts) fromServer() bool {
	switch from, to := f.Source.Port(), f.Destination.Port(); {
	case f.IsTCP && f.TCP.Flags&(SYN|ACK) == SYN:
		return false
	case f.IsTCP && f.TCP.Flags&(SYN|ACK) == SYN|ACK:
		return true
	case from != to:
		return from < to
	}
	return f.Source.Addr().Compare(f.Destination.Addr()) < 0
}
