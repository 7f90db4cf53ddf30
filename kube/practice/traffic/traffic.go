// Package traffic plays the packets of the practice cluster: what tcpdump would print of a pod ([Capture]), and a tcpdump that prints it ([Program]).
package traffic

import (
	"encoding/binary"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Pod is whose packets they are.
type Pod struct {
	Name, Namespace string
	IP              netip.Addr
}

// resolver and others are whom the pod talks with.
const (
	resolver = "10.96.0.10"
	database = "10.96.12.7"
	payments = "10.96.31.4"
	outside  = "203.0.113.80"
	visitor  = "10.1.9.14"
)

// Flags of TCP.
const (
	fin byte = 1 << iota
	syn
	rst
	psh
	ack
)

// writer makes packets that follow each other.
type writer struct {
	pod  netip.Addr
	at   time.Time
	out  []byte
	most int // packets; 0: all of them
	n    int
}

// Capture is what tcpdump -w - prints of a pod, from a time on; of all interfaces, whose link type is LINUX_SLL2. most is how many packets, 0: all.
func Capture(p Pod, from time.Time, most int) []byte {
	if !p.IP.Is4() {
		p.IP = netip.AddrFrom4([4]byte{10, 1, 0, 9})
	}
	w := &writer{pod: p.IP, at: from, most: most}
	w.out = binary.LittleEndian.AppendUint32(w.out, 0xa1b2c3d4)
	w.out = append(w.out, 2, 0, 4, 0)
	w.out = append(w.out, make([]byte, 8)...)
	w.out = binary.LittleEndian.AppendUint32(w.out, 262144)
	w.out = binary.LittleEndian.AppendUint32(w.out, 276)
	w.names(p.Namespace)
	for i := range 6 {
		w.served(i)
	}
	w.asks()
	w.secure()
	w.refused()
	return w.out
}

// names are questions to the cluster's DNS: a short name takes several.
func (w *writer) names(namespace string) {
	w.question(1, "payments."+namespace+".svc.cluster.local", payments, 700*time.Microsecond)
	w.question(2, "rates.example.com."+namespace+".svc.cluster.local", "", 600*time.Microsecond)
	w.question(3, "rates.example.com.cluster.local", "", 900*time.Microsecond)
	w.question(4, "rates.example.com", outside, 38*time.Millisecond)
}

// served is a request to the pod, with its answer.
func (w *writer) served(i int) {
	from := netip.AddrPortFrom(netip.MustParseAddr(visitor), uint16(40100+i))
	path := []string{"/", "/cart", "/healthz"}[i%3]
	w.connection(from, netip.AddrPortFrom(w.pod, 8080), "GET "+path+" HTTP/1.1\r\nHost: shop.example\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 2*time.Millisecond)
}

// asks is a request of the pod that fails.
func (w *writer) asks() {
	to := netip.AddrPortFrom(netip.MustParseAddr(payments), 80)
	w.connection(netip.AddrPortFrom(w.pod, 51800), to, "POST /charge HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 1200*time.Millisecond)
}

// secure begins TLS with somebody outside.
func (w *writer) secure() {
	from, to := netip.AddrPortFrom(w.pod, 51900), netip.AddrPortFrom(netip.MustParseAddr(outside), 443)
	w.segment(from, to, 99, syn, "", 0)
	w.segment(to, from, 499, syn|ack, "", 20*time.Millisecond)
	w.segment(from, to, 100, ack|psh, hello("rates.example.com"), time.Millisecond)
	w.segment(to, from, 500, ack, "", 20*time.Millisecond)
}

// refused is a database that does not answer at first, and then refuses.
func (w *writer) refused() {
	from, to := netip.AddrPortFrom(w.pod, 52000), netip.AddrPortFrom(netip.MustParseAddr(database), 5432)
	w.segment(from, to, 7, syn, "", 10*time.Millisecond)
	w.segment(from, to, 7, syn, "", time.Second)
	w.segment(to, from, 0, rst|ack, "", time.Millisecond)
}

// connection is one of TCP with a request and an answer.
func (w *writer) connection(from, to netip.AddrPort, request, answer string, takes time.Duration) {
	const tick = 100 * time.Microsecond
	w.segment(from, to, 99, syn, "", 30*time.Millisecond)
	w.segment(to, from, 499, syn|ack, "", tick)
	w.segment(from, to, 100, ack, "", tick)
	w.segment(from, to, 100, ack|psh, request, tick)
	w.segment(to, from, 500, ack|psh, answer, takes)
	w.segment(from, to, 100+uint32(len(request)), ack|fin, "", tick)
	w.segment(to, from, 500+uint32(len(answer)), ack|fin, "", tick)
}

// question is one of DNS and its answer; without an address there is no such name.
func (w *writer) question(id uint16, name, address string, takes time.Duration) {
	from, to := netip.AddrPortFrom(w.pod, 45000+id), netip.AddrPortFrom(netip.MustParseAddr(resolver), 53)
	message := func(flags uint16, answers byte) []byte {
		p := binary.BigEndian.AppendUint16(nil, id)
		p = binary.BigEndian.AppendUint16(p, flags)
		p = append(p, 0, 1, 0, answers, 0, 0, 0, 0)
		for label := range strings.SplitSeq(name, ".") {
			p = append(append(p, byte(len(label))), label...)
		}
		return append(p, 0, 0, 1, 0, 1)
	}
	const asked, answered, unknown = 0x0100, 0x8180, 0x8183
	w.datagram(from, to, message(asked, 0), 5*time.Millisecond)
	if address == "" {
		w.datagram(to, from, message(unknown, 0), takes)
		return
	}
	reply := append(message(answered, 1), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4)
	w.datagram(to, from, append(reply, netip.MustParseAddr(address).AsSlice()...), takes)
}

func (w *writer) datagram(from, to netip.AddrPort, payload []byte, later time.Duration) {
	h := binary.BigEndian.AppendUint16(nil, from.Port())
	h = binary.BigEndian.AppendUint16(h, to.Port())
	h = binary.BigEndian.AppendUint16(h, uint16(8+len(payload)))
	w.packet(17, from, to, append(append(h, 0, 0), payload...), later)
}

func (w *writer) segment(from, to netip.AddrPort, seq uint32, flags byte, payload string, later time.Duration) {
	h := binary.BigEndian.AppendUint16(nil, from.Port())
	h = binary.BigEndian.AppendUint16(h, to.Port())
	h = binary.BigEndian.AppendUint32(h, seq)
	h = append(h, 0, 0, 0, 0, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
	w.packet(6, from, to, append(h, payload...), later)
}

// packet adds one of IP, behind the header of LINUX_SLL2 and of the record.
func (w *writer) packet(protocol byte, from, to netip.AddrPort, carries []byte, later time.Duration) {
	w.at = w.at.Add(later)
	if w.n++; w.most > 0 && w.n > w.most {
		return
	}
	direction := byte(0) // to us
	if from.Addr() == w.pod {
		direction = 4
	}
	p := []byte{8, 0, 0, 0, 0, 0, 0, 2, 0, 1, direction, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x45, 0}
	p = binary.BigEndian.AppendUint16(p, uint16(20+len(carries)))
	p = append(p, 0, 0, 0x40, 0, 64, protocol, 0, 0)
	p = append(append(p, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	p = append(p, carries...)
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(w.at.Unix()))
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(w.at.Nanosecond()/1000))
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(len(p)))
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(len(p)))
	w.out = append(w.out, p...)
}

// hello is the first message of a TLS client that asks for a name.
func hello(name string) string {
	n := len(name)
	extension := append([]byte{0, 0, 0, byte(n + 5), 0, byte(n + 3), 0, 0, byte(n)}, name...)
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0, 0, byte(len(extension)))
	body = append(body, extension...)
	message := append([]byte{1, 0, 0, byte(len(body))}, body...)
	return string(append([]byte{22, 3, 1, 0, byte(len(message))}, message...))
}

// Program is a tcpdump, as a shell script, that prints the capture in a file, and stays until it is ended. It refuses filters that begin as none does.
func Program(file string) string {
	return strings.NewReplacer("FILE", filepath.Clean(file), "PACKETS", strconv.Itoa(count())).Replace(program)
}

// count is how many packets a capture has.
func count() int {
	w := Capture(Pod{IP: netip.MustParseAddr("10.1.0.9")}, time.Unix(0, 0), 0)
	n := 0
	for at := 24; at+16 <= len(w); n++ {
		at += 16 + int(binary.LittleEndian.Uint32(w[at+8:]))
	}
	return n
}

const program = `#!/bin/sh
# Plays tcpdump: its packets are always the same.
only= write= filter=
while [ $# -gt 0 ]; do
	case $1 in
	-d) only=1 ;;
	-n*i) shift ;;
	-w) write=$2; shift ;;
	-i | -s | -c | -B | -Z) [ "$1 $2" = "-i any" ] || [ "$1" != -i ] || [ "$2" = eth0 ] || [ "$2" = lo ] || {
		echo "tcpdump: $2: No such device exists" >&2; exit 1; }; shift ;;
	-*) ;;
	*) filter="$filter $1" ;;
	esac
	shift
done
set -- $filter
case ${1:-ip} in
tcp* | udp* | icmp* | ip | ip6 | arp | port | host | net | src | dst | not | portrange | less | greater | vlan | ether | '('*) ;;
*) echo "tcpdump: can't parse filter expression: syntax error" >&2; exit 1 ;;
esac
[ -z "$only" ] || { echo '(000) ret      #262144'; exit 0; }
[ "$write" = - ] || { echo "tcpdump: the practice cluster plays tcpdump -w - only: dayfly capture shows its packets" >&2; exit 1; }
echo "tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes" >&2
trap 'kill $! 2>/dev/null; printf "%s\n" "PACKETS packets captured" "PACKETS packets received by filter" "0 packets dropped by kernel" >&2; exit 0' TERM INT
cat 'FILE'
while :; do sleep 86400 >/dev/null 2>&1 & wait $!; done
`
