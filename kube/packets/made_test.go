package packets_test

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/packets"
)

// began is when the first packet of a test was captured.
func began() time.Time { return time.Unix(1_700_000_000, 123_456_000) }

func at(text string) netip.AddrPort { return netip.MustParseAddrPort(text) }

// segment is a TCP segment in IP.
func segment(from, to string, seq uint32, flags byte, payload string) []byte {
	h := make([]byte, 20, 20+len(payload))
	binary.BigEndian.PutUint32(h[4:], seq)
	h[12], h[13] = 5<<4, flags
	binary.BigEndian.PutUint16(h[14:], 512)
	return internet(6, from, to, append(h, payload...))
}

// datagram is a UDP datagram in IP.
func datagram(from, to, payload string) []byte {
	h := make([]byte, 8, 8+len(payload))
	binary.BigEndian.PutUint16(h[4:], uint16(8+len(payload)))
	return internet(17, from, to, append(h, payload...))
}

// internet is a packet of IP, with the ports in what it carries.
func internet(protocol byte, from, to string, carries []byte) []byte {
	source, destination := at(from), at(to)
	if protocol == 6 || protocol == 17 {
		binary.BigEndian.PutUint16(carries, source.Port())
		binary.BigEndian.PutUint16(carries[2:], destination.Port())
	}
	var h []byte
	if source.Addr().Is4() {
		h = make([]byte, 12, 20)
		h[0], h[9] = 0x45, protocol
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(carries)))
	} else {
		h = make([]byte, 8, 40)
		h[0], h[6] = 0x60, protocol
		binary.BigEndian.PutUint16(h[4:], uint16(len(carries)))
	}
	h = append(append(h, source.Addr().AsSlice()...), destination.Addr().AsSlice()...)
	return append(h, carries...)
}

// kindOf is the number of a packet's protocol.
func kindOf(ip []byte) uint16 {
	if len(ip) > 0 && ip[0]>>4 == 6 {
		return 0x86dd
	}
	return 0x0800
}

// wrap puts a packet of IP behind the header of a link.
func wrap(link packets.Link, ip []byte) []byte {
	kind := kindOf(ip)
	switch link {
	case packets.LinkEthernet:
		return append(binary.BigEndian.AppendUint16(make([]byte, 12), kind), ip...)
	case packets.LinkSLL:
		return append(binary.BigEndian.AppendUint16(make([]byte, 14), kind), ip...)
	case packets.LinkSLL2:
		h := make([]byte, 20)
		binary.BigEndian.PutUint16(h, kind)
		h[7] = 2
		return slices.Concat(h, ip)
	case packets.LinkNull, packets.LinkLoop:
		return append([]byte{0, 0, 0, 2}, ip...)
	case packets.LinkRaw, packets.LinkIPv4, packets.LinkIPv6:
	}
	return ip
}

func whole(data []byte, after time.Duration) packets.Packet {
	return packets.Packet{Time: began().Add(after), Length: len(data), Data: data}
}

// dnsMessage is a question, or its answer with addresses.
func dnsMessage(id uint16, answer bool, code byte, name string, addresses ...string) string {
	p := binary.BigEndian.AppendUint16(nil, id)
	if answer {
		p = append(p, 0x81, 0x80|code)
	} else {
		p = append(p, 1, 0)
	}
	p = append(p, 0, 1, 0, byte(len(addresses)), 0, 0, 0, 0)
	start := 0
	for i := 0; i <= len(name); i++ {
		if i == len(name) || name[i] == '.' {
			p = append(append(p, byte(i-start)), name[start:i]...)
			start = i + 1
		}
	}
	p = append(p, 0, 0, 1, 0, 1)
	for _, a := range addresses {
		p = append(p, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4)
		p = append(p, netip.MustParseAddr(a).AsSlice()...)
	}
	return string(p)
}

// clientHello is the first message of a TLS client.
func clientHello(name string, padding int) string {
	host := append([]byte{0, 0, byte((len(name) + 5) >> 8), byte(len(name) + 5), 0, byte(len(name) + 3), 0, 0, byte(len(name))}, name...)
	pad := append([]byte{0, 21, byte(padding >> 8), byte(padding)}, make([]byte, padding)...)
	extensions := slices.Concat(pad, host)
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0)
	body = append(binary.BigEndian.AppendUint16(body, uint16(len(extensions))), extensions...)
	shake := append([]byte{1, 0, byte(len(body) >> 8), byte(len(body))}, body...)
	return string(append([]byte{22, 3, 1, byte(len(shake) >> 8), byte(len(shake))}, shake...))
}

// stream is what tcpdump would print.
func stream(t *testing.T, order binary.AppendByteOrder, magic uint32, link packets.Link, all ...packets.Packet) []byte {
	t.Helper()
	out := order.AppendUint32(nil, magic)
	out = order.AppendUint16(out, 2)
	out = order.AppendUint16(out, 4)
	out = append(out, make([]byte, 8)...)
	out = order.AppendUint32(out, packets.MostCaptured)
	out = order.AppendUint32(out, uint32(link))
	for _, p := range all {
		out = order.AppendUint32(out, uint32(p.Time.Unix()))
		fraction := p.Time.Nanosecond()
		if magic == 0xa1b2c3d4 {
			fraction /= 1000
		}
		out = order.AppendUint32(out, uint32(fraction))
		out = order.AppendUint32(out, uint32(len(p.Data)))
		out = order.AppendUint32(out, uint32(p.Length))
		out = append(out, p.Data...)
	}
	return out
}
