package packets

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"
)

// Facts are what is known of one packet by itself.
type Facts struct {
	Time        time.Time
	Length      int
	Protocol    string         // the highest that was understood: "DNS", "HTTP", "TLS", "TCP", "UDP", "ICMP", "ARP"
	Source      netip.AddrPort // the port is 0 where there is none, and the address is not valid where there is none
	Destination netip.AddrPort
	Info        string // what it is, in a line, cleaned
	Device      uint32 // of those that an interface stands for, by the node's number; 0: not known

	TCP     TCP  // if IsTCP
	IsTCP   bool //
	IsUDP   bool
	Payload []byte // of TCP or UDP, in the packet's own data
	Rest    int    // bytes of the payload, also those that were not captured

	DNS  *DNS  // of a DNS message
	HTTP *HTTP // of a packet that begins a request or an answer
	SNI  string
}

// TCP is the header of a TCP segment.
type TCP struct {
	Seq, Ack uint32
	Flags    byte
	Window   uint16
}

// Flags of TCP.
const (
	FIN byte = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Protocols of Ethernet and of IP.
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherVLAN = 0x8100
	etherQinQ = 0x88a8
	etherIPv6 = 0x86dd

	ipHopByHop    = 0
	ipICMP        = 1
	ipIGMP        = 2
	ipTCP         = 6
	ipUDP         = 17
	ipRouting     = 43
	ipFragment    = 44
	ipAH          = 51
	ipICMPv6      = 58
	ipNone        = 59
	ipDestination = 60
	ipSCTP        = 132
)

// Decode says what is in a packet. It is pure: what only other packets tell is the matter of [Analysis].
func Decode(link Link, p Packet) Facts {
	f := Facts{Time: p.Time, Length: p.Length, Protocol: "other"}
	kind, rest, ok := linkLayer(link, p.Data)
	if !ok {
		f.Info = "cut off, or of an unknown link type"
		return f
	}
	if link == LinkSLL2 {
		f.Device = binary.BigEndian.Uint32(p.Data[4:])
	}
	switch kind {
	case etherIPv4:
		f.ipv4(rest)
	case etherIPv6:
		f.ipv6(rest)
	case etherARP:
		f.arp(rest)
	default:
		f.Info = fmt.Sprintf("ethertype 0x%04x", kind)
	}
	return f
}

// linkLayer is the protocol of a packet, by its number of Ethernet, and what comes behind the link layer.
func linkLayer(link Link, data []byte) (kind uint16, rest []byte, ok bool) {
	at := func(offset, header int) (uint16, []byte, bool) {
		if len(data) < header {
			return 0, nil, false
		}
		return untagged(binary.BigEndian.Uint16(data[offset:]), data[header:])
	}
	switch link {
	case LinkEthernet:
		return at(12, 14)
	case LinkSLL:
		return at(14, 16)
	case LinkSLL2:
		return at(0, 20)
	case LinkNull, LinkLoop:
		if len(data) < 4 {
			return 0, nil, false
		}
		data = data[4:]
	case LinkRaw, LinkIPv4, LinkIPv6:
	default:
		return 0, nil, false
	}
	if len(data) == 0 {
		return 0, nil, false
	}
	switch data[0] >> 4 { // the version of IP
	case 4:
		return etherIPv4, data, true
	case 6:
		return etherIPv6, data, true
	}
	return 0, data, true
}

// untagged drops the tags of VLANs.
func untagged(kind uint16, rest []byte) (uint16, []byte, bool) {
	const most = 4
	for range most {
		if kind != etherVLAN && kind != etherQinQ || len(rest) < 4 {
			break
		}
		kind, rest = binary.BigEndian.Uint16(rest[2:]), rest[4:]
	}
	return kind, rest, true
}

func (f *Facts) ports(p []byte) {
	f.Source = netip.AddrPortFrom(f.Source.Addr(), binary.BigEndian.Uint16(p))
	f.Destination = netip.AddrPortFrom(f.Destination.Addr(), binary.BigEndian.Uint16(p[2:]))
}

func (f *Facts) tcp(p []byte, total int) {
	f.Protocol, f.Info = "TCP", "cut off"
	if len(p) < 20 {
		return
	}
	f.ports(p)
	header := int(p[12]>>4) * 4
	f.TCP = TCP{Seq: binary.BigEndian.Uint32(p[4:]), Ack: binary.BigEndian.Uint32(p[8:]), Flags: p[13], Window: binary.BigEndian.Uint16(p[14:])}
	if header < 20 || header > total {
		return
	}
	f.IsTCP, f.Rest = true, total-header
	f.Payload = p[min(header, len(p)):]
	f.Info = f.TCP.words(f.Rest)
	f.application()
}

func (f *Facts) udp(p []byte, total int) {
	f.Protocol, f.Info = "UDP", "cut off"
	if len(p) < 8 {
		return
	}
	f.ports(p)
	f.IsUDP, f.Payload, f.Rest = true, p[8:], max(total-8, 0)
	f.Info = fmt.Sprintf("%d bytes", f.Rest)
	f.application()
}

// ports by which it is known what is spoken.
const (
	portDNS  = 53
	portMDNS = 5353
)

// has reports whether one end of it has a port.
func (f *Facts) has(port uint16) bool {
	return f.Source.Port() == port || f.Destination.Port() == port
}

// application decodes what TCP or UDP carry, as far as one packet tells.
func (f *Facts) application() {
	if len(f.Payload) == 0 {
		return
	}
	if f.has(portDNS) || f.IsUDP && f.has(portMDNS) {
		message := f.Payload
		if f.IsTCP { // behind its length
			if len(message) < 2 {
				return
			}
			message = message[2:]
		}
		if d, ok := parseDNS(message); ok {
			f.DNS, f.Protocol, f.Info = d, "DNS", d.Words()
			if f.has(portMDNS) {
				f.Protocol = "mDNS"
			}
		}
		return
	}
	if f.IsUDP {
		return
	}
	if h, ok := parseHTTP(f.Payload); ok {
		f.HTTP, f.Protocol, f.Info = h, "HTTP", h.Words()
		return
	}
	if kind, ok := tlsRecord(f.Payload); ok {
		f.Protocol, f.Info = "TLS", kind
		if name, _ := serverName(f.Payload); name != "" {
			f.SNI, f.Info = name, kind+" for "+name
		}
	}
}
