package packets_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/packets"
)

// story is an analysis of packets that follow each other.
type story struct {
	*packets.Analysis
	of    int
	after time.Duration
}

func begin() *story {
	a := packets.NewAnalysis()
	return &story{Analysis: a, of: a.Interface("shop/web-0")}
}

// takes adds a packet that came so much later.
func (s *story) takes(later time.Duration, ip []byte) {
	s.after += later
	s.Add(s.of, packets.LinkSLL2, whole(wrap(packets.LinkSLL2, ip), s.after))
}

const ms = time.Millisecond

// What is sent again is told from what keeps a connection alive, from what comes in another order, and from a new connection of the same ports.
func TestRetransmissions(t *testing.T) {
	data := func(seq uint32, text string) []byte { return segment(client, server, seq, packets.ACK, text) }
	for name, c := range map[string]struct {
		packets [][]byte
		later   time.Duration
		want    int
	}{
		"in order":            {[][]byte{data(100, "abcd"), data(104, "efgh")}, ms, 0},
		"again":               {[][]byte{data(100, "abcd"), data(100, "abcd")}, 200 * ms, 1},
		"again, at once":      {[][]byte{data(100, "abcd"), data(100, "abcd")}, ms / 2, 1},
		"a SYN again":         {[][]byte{segment(client, server, 5, packets.SYN, ""), segment(client, server, 5, packets.SYN, "")}, time.Second, 1},
		"a new connection":    {[][]byte{segment(client, server, 500, packets.SYN, ""), segment(client, server, 5, packets.SYN, "")}, time.Second, 0},
		"kept alive":          {[][]byte{data(100, "abcd"), data(103, "x")}, time.Second, 0},
		"in another order":    {[][]byte{data(100, "abcd"), data(108, "ijkl"), data(104, "efgh")}, ms / 2, 0},
		"lost, and sent anew": {[][]byte{data(100, "abcd"), data(108, "ijkl"), data(104, "efgh")}, 200 * ms, 1},
		"numbers that wrap":   {[][]byte{data(0xfffffffe, "abcd"), data(2, "efgh")}, ms, 0},
		"acknowledged twice":  {[][]byte{data(100, "abcd"), segment(client, server, 104, packets.ACK, ""), segment(client, server, 104, packets.ACK, "")}, ms, 0},
	} {
		s := begin()
		for _, p := range c.packets {
			s.takes(c.later, p)
		}
		if got := s.Look().Retransmissions; got != c.want {
			t.Errorf("%s: %d are sent again, want %d", name, got, c.want)
		}
	}
	s := begin()
	s.takes(0, data(100, "abcd"))
	s.takes(ms, segment(server, client, 9, packets.RST, ""))
	if got := s.Look(); got.Resets != 1 || got.Retransmissions != 0 {
		t.Errorf("%d resets", got.Resets)
	}
	if lines, _ := s.Lines(1, nil); !lines[0].Trouble {
		t.Error("a reset is no trouble")
	}
	// Two interfaces see the same packet: that is no retransmission.
	s = begin()
	other := s.Interface("shop/db-0")
	s.takes(0, data(100, "abcd"))
	s.Add(other, packets.LinkSLL2, whole(wrap(packets.LinkSLL2, data(100, "abcd")), ms))
	if got := s.Look().Retransmissions; got != 0 {
		t.Errorf("seen on two interfaces, %d are sent again", got)
	}
}

// A question of DNS and its answer find each other, and the time between them.
func TestQuestions(t *testing.T) {
	s := begin()
	dns := "10.0.0.10:53"
	s.takes(0, datagram(client, dns, dnsMessage(1, false, 0, "db.shop.svc")))
	s.takes(4*ms, datagram(dns, client, dnsMessage(1, true, 0, "db.shop.svc", "10.1.1.1")))
	s.takes(0, datagram(client, dns, dnsMessage(2, false, 0, "db.shop.svc")))
	s.takes(90*ms, datagram(dns, client, dnsMessage(2, true, 0, "db.shop.svc", "10.1.1.2")))
	s.takes(0, datagram(client, dns, dnsMessage(3, false, 0, "nope.shop.svc")))
	s.takes(ms, datagram(dns, client, dnsMessage(3, true, 3, "nope.shop.svc")))
	s.takes(0, datagram(client, dns, dnsMessage(4, false, 0, "silence")))
	s.takes(ms, datagram(dns, client, dnsMessage(99, true, 0, "other.answer", "10.9.9.9"))) // that nobody asked
	want := []packets.Question{
		{Name: "nope.shop.svc", Type: "A", Asked: 1, Answered: 1, Failed: 1, Answer: "NXDOMAIN", Last: ms, Slowest: ms, At: began().Add(94 * ms)},
		{Name: "silence", Type: "A", Asked: 1, At: began().Add(95 * ms)},
		{Name: "db.shop.svc", Type: "A", Asked: 2, Answered: 2, Answer: "10.1.1.2", Last: 90 * ms, Slowest: 90 * ms, At: began().Add(4 * ms)},
		{Name: "other.answer", Type: "A", Answered: 1, Answer: "10.9.9.9"},
	}
	got := s.Look().Questions
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if lines, _ := s.Lines(100, nil); lines[1].Info != "A db.shop.svc: 10.1.1.1, 4.0 ms" || lines[1].Trouble || !lines[5].Trouble {
		t.Errorf("%+v", lines)
	}
}

// Requests and their answers find each other, in their order; the name of a TLS server is found across two segments.
func TestRequests(t *testing.T) {
	s := begin()
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: web\r\n\r\n" }
	s.takes(0, segment(client, server, 100, packets.ACK, get("/a?x=1")+get("/b")))
	s.takes(0, segment(client, server, 200, packets.ACK, get("/b")))
	s.takes(5*ms, segment(server, client, 900, packets.ACK, "HTTP/1.1 100 Continue\r\n\r\n"))
	s.takes(5*ms, segment(server, client, 950, packets.ACK, "HTTP/1.1 200 OK\r\n\r\n"))
	s.takes(20*ms, segment(server, client, 999, packets.ACK, "HTTP/1.1 500 Internal Server Error\r\n\r\n"))
	hello := clientHello("pay.example", 1500)
	tls := "10.0.0.3:443"
	s.takes(0, segment(client, tls, 100, packets.ACK, hello[:1400]))
	s.takes(0, segment(client, tls, 1500, packets.ACK, hello[1400:]))
	want := []packets.Request{
		{Protocol: "HTTP", Words: "GET web/b", Server: at(server), Count: 1, Answered: 1, Failed: 1, Answer: "500", Last: 30 * ms, Slowest: 30 * ms, At: began()},
		{Protocol: "HTTP", Words: "GET web/a", Server: at(server), Count: 1, Answered: 1, Answer: "200", Last: 10 * ms, Slowest: 10 * ms, At: began()},
		{Protocol: "TLS", Words: "pay.example", Server: at(tls), Count: 1, At: began().Add(30 * ms)},
	}
	got := s.Look().Requests
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// Who talks with whom is one conversation, whoever speaks and whatever port the client has.
func TestTalkers(t *testing.T) {
	s := begin()
	s.takes(0, segment(client, server, 100, packets.SYN, ""))
	s.takes(0, segment(server, client, 100, packets.SYN|packets.ACK, ""))
	s.takes(0, segment("10.0.0.1:40001", server, 100, packets.ACK, "abc"))
	s.takes(0, datagram("10.0.0.2:53", "10.0.0.1:5555", "x"))
	got := s.Look().Talkers
	if len(got) != 2 || got[0].Packets != 3 || got[0].Client != netip.MustParseAddr("10.0.0.1") || got[0].Server != at(server) || got[1].Protocol != "UDP" || got[1].Server != at("10.0.0.2:53") {
		t.Errorf("%+v", got)
	}
	if p := s.Look().Protocols; len(p) != 2 || p[0].Name != "TCP" || p[0].Packets != 3 || s.Look().Connects != 1 {
		t.Errorf("%+v", p)
	}
}

// However many packets of however many kinds come, no more is kept than the limits.
func TestLimits(t *testing.T) {
	s := begin()
	const many = 30_000
	for i := range many {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 40000).String()
		name := fmt.Sprintf("n%d.example", i)
		s.takes(0, datagram(from, "10.0.0.10:53", dnsMessage(uint16(i), false, 0, name)))
		s.takes(0, segment(from, server, 1, packets.ACK, "GET /"+name+" HTTP/1.1\r\n\r\n"))
	}
	now := s.Look()
	lines, gone := s.Lines(1<<30, nil)
	if now.Packets != 2*many || len(lines) > 10_000 || gone != now.Packets-int64(len(lines)) || lines[len(lines)-1].Number != now.Packets || lines[0].Number != gone+1 {
		t.Errorf("%d lines of %d, %d gone", len(lines), now.Packets, gone)
	}
	if len(now.Talkers) > 2000 || now.Others.Packets == 0 || len(now.Questions) > 1000 || len(now.Requests) > 1000 {
		t.Errorf("%d talkers, %d questions, %d requests", len(now.Talkers), len(now.Questions), len(now.Requests))
	}
}

func TestMilliseconds(t *testing.T) {
	for d, want := range map[time.Duration]string{350 * time.Microsecond: "0.3 ms", 9 * ms: "9.0 ms", 12 * ms: "12 ms", 1500 * ms: "1.5 s"} {
		if got := packets.Milliseconds(d); got != want {
			t.Errorf("%s is %s, want %s", d, got, want)
		}
	}
}

func BenchmarkAnalysis(b *testing.B) {
	s := begin()
	data := wrap(packets.LinkSLL2, segment(client, server, 1, packets.ACK, "GET /cart HTTP/1.1\r\nHost: web\r\n\r\n"))
	b.ReportAllocs()
	for b.Loop() {
		s.Add(s.of, packets.LinkSLL2, packets.Packet{Time: began(), Length: len(data), Data: data})
	}
}
