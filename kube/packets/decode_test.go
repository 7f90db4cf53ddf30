package packets_test

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/packets"
)

const (
	client  = "10.0.0.1:40000"
	server  = "10.0.0.2:80"
	client6 = "[fd00::1]:40000"
	server6 = "[fd00::2]:53"
)

// What one packet is, whatever it begins with.
func TestDecode(t *testing.T) {
	get := "GET /cart?user=7 HTTP/1.1\r\nAccept: */*\r\nHost: web.shop\r\n\r\n"
	for name, c := range map[string]struct {
		ip       []byte
		protocol string
		info     string
	}{
		"SYN":                 {segment(client, server, 1, packets.SYN, ""), "TCP", "SYN"},
		"reset":               {segment(client, server, 1, packets.RST|packets.ACK, ""), "TCP", "RST ACK"},
		"data":                {segment(client, server, 1, packets.ACK|packets.PSH, "\x00\x01\x02"), "TCP", "3 bytes"},
		"request":             {segment(client, server, 1, packets.ACK, get), "HTTP", "GET web.shop/cart?user=7"},
		"request, cut":        {segment(client, server, 1, packets.ACK, "GET /ca"), "HTTP", "GET /ca"},
		"no request":          {segment(client, server, 1, packets.ACK, "GET out of here\r\n"), "TCP", "17 bytes"},
		"answer":              {segment(server, client, 1, packets.ACK, "HTTP/1.1 503 Service Unavailable\r\n\r\n"), "HTTP", "503 Service Unavailable"},
		"hostile request":     {segment(client, server, 1, packets.ACK, "GET /\x1b]0;x\x07 HTTP/1.1\r\nHost: a\x1b[2J\r\n\r\n"), "HTTP", "GET a␛[2J/␛]0;x\ufffd"},
		"TLS":                 {segment(client, "10.0.0.2:443", 1, packets.ACK, clientHello("db.shop.svc", 10)), "TLS", "client hello for db.shop.svc"},
		"TLS data":            {segment(client, "10.0.0.2:443", 1, packets.ACK, "\x17\x03\x03\x00\x02ab"), "TLS", "application data"},
		"question":            {datagram(client, "10.0.0.2:53", dnsMessage(7, false, 0, "db.shop")), "DNS", "A db.shop?"},
		"question by IPv6":    {datagram(client6, server6, dnsMessage(7, false, 0, "db.shop")), "DNS", "A db.shop?"},
		"question by TCP":     {segment(client, "10.0.0.2:53", 1, packets.ACK, "\x00\x19"+dnsMessage(7, false, 0, "db.shop")), "DNS", "A db.shop?"},
		"DNS answer":          {datagram("10.0.0.2:53", client, dnsMessage(7, true, 0, "db.shop", "10.1.1.1", "10.1.1.2")), "DNS", "A db.shop: 10.1.1.1, 10.1.1.2"},
		"NXDOMAIN":            {datagram("10.0.0.2:53", client, dnsMessage(7, true, 3, "db.shop")), "DNS", "A db.shop: NXDOMAIN"},
		"no such record":      {datagram("10.0.0.2:53", client, dnsMessage(7, true, 0, "db.shop")), "DNS", "A db.shop: no such record"},
		"hostile question":    {datagram(client, "10.0.0.2:53", dnsMessage(7, false, 0, "a\x1b[2J.shop")), "DNS", "A a␛[2J.shop?"},
		"not DNS":             {datagram(client, "10.0.0.2:53", "hello"), "UDP", "5 bytes"},
		"UDP":                 {datagram(client, "10.0.0.2:9999", "hello"), "UDP", "5 bytes"},
		"ping":                {internet(1, client, server, []byte{8, 0, 0, 0}), "ICMP", "echo request"},
		"unreachable":         {internet(1, client, server, []byte{3, 3, 0, 0}), "ICMP", "destination unreachable: port"},
		"neighbour":           {internet(58, client6, server6, []byte{135, 0, 0, 0}), "ICMPv6", "neighbour solicitation"},
		"behind an extension": {internet(0, client6, server6, append([]byte{58, 0, 0, 0, 0, 0, 0, 0}, 143, 0, 0, 0)), "ICMPv6", "multicast listener report"},
		"unknown protocol":    {internet(99, client, server, nil), "IPv4", "IP protocol 99"},
		"cut off":             {segment(client, server, 1, packets.SYN, "")[:30], "TCP", "cut off"},
		"cut off in IP":       {segment(client, server, 1, packets.SYN, "")[:10], "IPv4", "cut off"},
	} {
		for _, link := range []packets.Link{packets.LinkEthernet, packets.LinkSLL, packets.LinkSLL2, packets.LinkNull, packets.LinkRaw} {
			f := packets.Decode(link, whole(wrap(link, c.ip), 0))
			if f.Protocol != c.protocol || f.Info != c.info {
				t.Errorf("%s behind link %d: %s %q, want %s %q", name, link, f.Protocol, f.Info, c.protocol, c.info)
			}
		}
	}
}

// Who sends to whom, and how much, counts what was not captured too.
func TestDecodeEnds(t *testing.T) {
	data := wrap(packets.LinkSLL2, segment(client, server, 1, packets.ACK, strings.Repeat("x", 1000)))
	f := packets.Decode(packets.LinkSLL2, packets.Packet{Length: len(data), Data: data[:100]})
	if f.Source != at(client) || f.Destination != at(server) || f.Rest != 1000 || len(f.Payload) != 40 || f.Device != 2 || f.Length != len(data) {
		t.Errorf("%+v", f)
	}
	tagged := append(make([]byte, 12), 0x81, 0, 0, 5, 8, 0)
	if f := packets.Decode(packets.LinkEthernet, whole(append(tagged, segment(client, server, 1, packets.SYN, "")...), 0)); f.Info != "SYN" {
		t.Errorf("with a VLAN it is %+v", f)
	}
	if f := packets.Decode(9999, whole([]byte("something"), 0)); f.Protocol != "other" {
		t.Errorf("of an unknown link it is %+v", f)
	}
}

// Whatever comes, nothing panics and no text has control characters.
func FuzzDecode(f *testing.F) {
	for _, ip := range [][]byte{
		segment(client, server, 1, packets.ACK, "GET / HTTP/1.1\r\nHost: web\r\n\r\n"), segment(client, "10.0.0.2:443", 1, packets.ACK, clientHello("db", 2)),
		datagram("10.0.0.2:53", client, dnsMessage(7, true, 0, "db.shop", "10.1.1.1")), datagram(client6, server6, dnsMessage(7, false, 0, "db")),
		internet(0, client6, server6, []byte{58, 0, 0, 0, 0, 0, 0, 0}),
	} {
		for _, link := range []packets.Link{packets.LinkEthernet, packets.LinkSLL, packets.LinkSLL2, packets.LinkNull, packets.LinkRaw} {
			f.Add(uint32(link), wrap(link, ip), wrap(link, ip))
		}
	}
	f.Fuzz(func(t *testing.T, link uint32, one, two []byte) {
		a := packets.NewAnalysis()
		of := a.Interface("shop/web-0")
		for _, data := range [][]byte{one, two, one} {
			p := whole(data, 0)
			a.Add(of, packets.Link(link), p)
			p.Length += 7
			a.Add(of, packets.Link(link), p)
		}
		now := a.Look()
		lines, _ := a.Lines(10, nil)
		texts := []string{}
		for _, l := range lines {
			texts = append(texts, l.Info, l.Protocol)
		}
		for _, q := range now.Questions {
			texts = append(texts, q.Name, q.Type, q.Answer)
		}
		for _, r := range now.Requests {
			texts = append(texts, r.Words, r.Answer)
		}
		for _, text := range texts {
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
				t.Errorf("%q has control characters", text)
			}
		}
		if now.Packets != 6 || len(lines) != 6 {
			t.Errorf("%d packets, %d lines", now.Packets, len(lines))
		}
	})
}
