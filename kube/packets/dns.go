package packets

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// DNS is a message of DNS with one question. https://www.rfc-editor.org/rfc/rfc1035
type DNS struct {
	ID      uint16
	Answer  bool
	Name    string // cleaned
	Type    string // "A", "AAAA", …
	Code    string // of an answer: "NOERROR", "NXDOMAIN", …
	Answers []string
	More    int // answers that are not in Answers
}

// Words say what it is.
func (d *DNS) Words() string {
	if !d.Answer {
		return d.Type + " " + d.Name + "?"
	}
	return d.Type + " " + d.Name + ": " + d.Says()
}

// Says is what an answer says.
func (d *DNS) Says() string {
	switch {
	case d.Code != "NOERROR":
		return d.Code
	case len(d.Answers) == 0:
		return "no such record"
	}
	words := strings.Join(d.Answers, ", ")
	if d.More > 0 {
		words += fmt.Sprintf(" and %d more", d.More)
	}
	return words
}

// mostAnswers are kept of a message.
const mostAnswers = 8

// parseDNS reads a message.
func parseDNS(p []byte) (*DNS, bool) {
	const header = 12
	if len(p) < header {
		return nil, false
	}
	flags, questions, answers := binary.BigEndian.Uint16(p[2:]), binary.BigEndian.Uint16(p[4:]), int(binary.BigEndian.Uint16(p[6:]))
	const answered, reserved = 1 << 15, 1 << 6
	if questions != 1 || flags&reserved != 0 {
		return nil, false
	}
	name, next, ok := dnsName(p, header)
	if !ok || len(p) < next+4 {
		return nil, false
	}
	d := &DNS{ID: binary.BigEndian.Uint16(p), Answer: flags&answered != 0, Name: name, Type: dnsType(binary.BigEndian.Uint16(p[next:]))}
	if !d.Answer {
		return d, true
	}
	d.Code = dnsCode(int(flags & 0xf))
	next += 4
	for i := range answers {
		says, end, ok := dnsRecord(p, next)
		if !ok {
			d.More = answers - i
			break
		}
		if next = end; says == "" {
			continue
		}
		if len(d.Answers) == mostAnswers {
			d.More++
			continue
		}
		d.Answers = append(d.Answers, says)
	}
	return d, true
}

// dnsRecord reads the record at an offset, and returns what it says and where it ends.
func dnsRecord(p []byte, at int) (says string, end int, ok bool) {
	_, at, ok = dnsName(p, at)
	if !ok || len(p) < at+10 {
		return "", 0, false
	}
	kind, length := binary.BigEndian.Uint16(p[at:]), int(binary.BigEndian.Uint16(p[at+8:]))
	at += 10
	if end = at + length; end > len(p) {
		return "", 0, false
	}
	data := p[at:end]
	switch name := dnsType(kind); {
	case name == "A" && length == 4, name == "AAAA" && length == 16:
		address, _ := netip.AddrFromSlice(data)
		says = address.String()
	case name == "CNAME", name == "PTR", name == "NS":
		target, _, fine := dnsName(p, at)
		if fine {
			says = target
		}
	case name == "SRV" && length > 6:
		target, _, fine := dnsName(p, at+6)
		if fine {
			says = fmt.Sprintf("%s:%d", target, binary.BigEndian.Uint16(data[4:]))
		}
	case name == "OPT":
	default:
		says = name
	}
	return says, end, true
}

// dnsName reads the name at an offset, and returns where it ends. Names point to earlier parts of the message, perhaps in a ring.
func dnsName(p []byte, at int) (name string, end int, ok bool) {
	const most, jumps = 255, 16
	var labels []string
	length := 0
	for jumped := 0; at < len(p); {
		n := int(p[at])
		switch {
		case n == 0:
			if end == 0 {
				end = at + 1
			}
			return kube.Sanitize(strings.Join(labels, ".")), end, true
		case n&0xc0 == 0xc0:
			if at+1 >= len(p) || jumped == jumps {
				return "", 0, false
			}
			if end == 0 {
				end = at + 2
			}
			jumped++
			at = n&0x3f<<8 | int(p[at+1])
		case n&0xc0 != 0 || at+1+n > len(p):
			return "", 0, false
		default:
			if length += n + 1; length > most {
				return "", 0, false
			}
			labels = append(labels, string(p[at+1:at+1+n]))
			at += 1 + n
		}
	}
	return "", 0, false
}

func dnsType(n uint16) string {
	names := map[uint16]string{1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 41: "OPT", 64: "SVCB", 65: "HTTPS", 255: "ANY"}
	if name, ok := names[n]; ok {
		return name
	}
	return fmt.Sprintf("TYPE%d", n)
}

func dnsCode(n int) string {
	names := []string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	if n < len(names) {
		return names[n]
	}
	return fmt.Sprintf("RCODE%d", n)
}
