package packets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Link is the type of an interface's packets: what they begin with. The numbers are those of https://www.tcpdump.org/linktypes.html.
type Link uint32

// The types that are understood. Packets of others are counted and written, but nothing is said of what is in them.
const (
	LinkNull     Link = 0
	LinkEthernet Link = 1
	LinkRaw      Link = 101
	LinkLoop     Link = 108
	LinkSLL      Link = 113 // Linux, all interfaces at once, as older libpcap writes it
	LinkIPv4     Link = 228
	LinkIPv6     Link = 229
	LinkSLL2     Link = 276 // the same, with the number of the interface
)

// MostCaptured is how many bytes of a packet are read; tcpdump captures no more either. https://www.tcpdump.org/manpages/tcpdump.1.html
const MostCaptured = 262144

// Packet is one packet as it was captured.
type Packet struct {
	Time   time.Time
	Length int    // on the wire
	Data   []byte // as much of it as was captured
}

// ErrNotPcap is why nothing is read from a stream that does not begin as a capture does.
var ErrNotPcap = errors.New("that is not what tcpdump writes")

// Reader reads a stream in the classic format of tcpdump (pcap), of either byte order, with microseconds or nanoseconds.
// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
type Reader struct {
	from  io.Reader
	order binary.ByteOrder
	nanos bool
	link  Link
	snap  uint32
	head  [16]byte
	data  []byte
}

// NewReader reads the beginning of a stream. The error is io.EOF if there is nothing, and [ErrNotPcap] if it is something else.
func NewReader(from io.Reader) (*Reader, error) {
	const micros, nanos = 0xa1b2c3d4, 0xa1b23c4d
	var head [24]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrNotPcap
		}
		return nil, err //nolint:wrapcheck // as the stream says it
	}
	r := &Reader{from: from}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(head[:]) {
		case micros:
			r.order = order
		case nanos:
			r.order, r.nanos = order, true
		}
	}
	if r.order == nil {
		return nil, ErrNotPcap
	}
	r.snap = r.order.Uint32(head[16:])
	r.link = Link(r.order.Uint32(head[20:]) & 0xffff) // the rest tells of check sums
	return r, nil
}

// Link is the type of the packets.
func (r *Reader) Link() Link { return r.link }

// Snap is how many bytes of each packet are captured, as the stream says.
func (r *Reader) Snap() uint32 { return min(r.snap, MostCaptured) }

// Nanos reports whether the times have nanoseconds.
func (r *Reader) Nanos() bool { return r.nanos }

// Next reads a packet, whose data is good until the next. The error is io.EOF at the end, and io.ErrUnexpectedEOF in the middle of a packet.
func (r *Reader) Next() (Packet, error) {
	if _, err := io.ReadFull(r.from, r.head[:]); err != nil {
		return Packet{}, err //nolint:wrapcheck // as the stream says it
	}
	seconds, fraction := r.order.Uint32(r.head[:]), r.order.Uint32(r.head[4:])
	captured, length := r.order.Uint32(r.head[8:]), r.order.Uint32(r.head[12:])
	if captured > MostCaptured {
		return Packet{}, &kube.Problem{
			Message: fmt.Sprintf("the captured stream is damaged: a packet claims %d bytes", captured), Hint: "capture again: what was captured before is whole",
		}
	}
	if int(captured) > cap(r.data) {
		r.data = make([]byte, captured)
	}
	r.data = r.data[:captured]
	if _, err := io.ReadFull(r.from, r.data); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Packet{}, err //nolint:wrapcheck // as the stream says it
	}
	unit := int64(time.Microsecond)
	if r.nanos {
		unit = 1
	}
	if length > 1<<30 { // nobody sends that
		length = captured
	}
	at := time.Unix(int64(seconds), min(int64(fraction)*unit, int64(time.Second)-1))
	return Packet{Time: at, Length: int(max(length, captured)), Data: r.data}, nil
}
