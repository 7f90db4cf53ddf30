package packets

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

func (f *Facts) arp(p []byte) {
	f.Protocol, f.Info = "ARP", "cut off"
	if len(p) < 28 {
		return
	}
	from, to := address(p[14:18]), address(p[24:28])
	f.Source, f.Destination = netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)
	switch binary.BigEndian.Uint16(p[6:]) {
	case 1:
		f.Info = "who has " + to.String() + "?"
	case 2:
		f.Info = from.String() + " is here"
	default:
		f.Info = "ARP"
	}
}

func address(p []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(p)
	return a
}

func (f *Facts) ipv4(p []byte) {
	f.Protocol, f.Info = "IPv4", "cut off"
	if len(p) < 20 {
		return
	}
	header, total := int(p[0]&0xf)*4, int(binary.BigEndian.Uint16(p[2:]))
	if header < 20 || header > len(p) {
		return
	}
	f.Source, f.Destination = netip.AddrPortFrom(address(p[12:16]), 0), netip.AddrPortFrom(address(p[16:20]), 0)
	if total < header { // segmentation offload writes 0
		total = max(len(p), header)
	}
	const offset = 0x1fff
	if binary.BigEndian.Uint16(p[6:])&offset != 0 {
		f.Info = "a later fragment"
		return
	}
	f.transport(int(p[9]), p[header:min(len(p), total)], total-header)
}

func (f *Facts) ipv6(p []byte) {
	f.Protocol, f.Info = "IPv6", "cut off"
	const header = 40
	if len(p) < header {
		return
	}
	f.Source, f.Destination = netip.AddrPortFrom(address(p[8:24]), 0), netip.AddrPortFrom(address(p[24:40]), 0)
	next, total := int(p[6]), int(binary.BigEndian.Uint16(p[4:]))
	p = p[header:]
	if total == 0 { // a jumbogram, or segmentation offload
		total = len(p)
	}
	p = p[:min(len(p), total)]
	const most = 8
	for range most {
		var length int
		switch next {
		case ipHopByHop, ipRouting, ipDestination:
			if len(p) < 8 {
				return
			}
			length = (int(p[1]) + 1) * 8
		case ipAH:
			if len(p) < 8 {
				return
			}
			length = (int(p[1]) + 2) * 4
		case ipFragment:
			if len(p) < 8 {
				return
			}
			if binary.BigEndian.Uint16(p[2:])>>3 != 0 {
				f.Info = "a later fragment"
				return
			}
			length = 8
		default:
			f.transport(next, p, total)
			return
		}
		if length > len(p) || length > total {
			return
		}
		next, p, total = int(p[0]), p[length:], total-length
	}
}

// transport decodes what IP carries: of total bytes those that were captured.
func (f *Facts) transport(protocol int, p []byte, total int) {
	switch protocol {
	case ipTCP:
		f.tcp(p, total)
	case ipUDP:
		f.udp(p, total)
	case ipICMP:
		f.Protocol, f.Info = "ICMP", icmpWords(p, false)
	case ipICMPv6:
		f.Protocol, f.Info = "ICMPv6", icmpWords(p, true)
	case ipIGMP:
		f.Protocol, f.Info = "IGMP", ""
	case ipSCTP:
		f.Protocol, f.Info = "SCTP", ""
	case ipNone:
		f.Info = "nothing in it"
	default:
		f.Info = fmt.Sprintf("IP protocol %d", protocol)
	}
}
