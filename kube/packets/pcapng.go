package packets

import (
	"encoding/binary"
	"io"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Writer writes a capture file of several interfaces (pcapng). Each block is written by one call, so that a file which ends with a block is whole.
// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
type Writer struct {
	to     io.Writer
	units  []time.Duration // of each interface's times
	whole  int64
	buffer []byte
}

// Interface is one of a file.
type Interface struct {
	Name        string
	Description string
	Filter      string // that its packets have passed
	Link        Link
	Snap        uint32
	Nanos       bool // its times have nanoseconds
}

// Statistics are what is known of an interface at the end.
type Statistics struct {
	At                time.Time
	Received, Dropped uint64 // that have passed the filter, and of those the ones that the kernel had no room for
}

// The types of blocks.
const (
	blockInterface  = 1
	blockNames      = 4
	blockStatistics = 5
	blockPacket     = 6
	blockSection    = 0x0a0d0d0a
)

// Options of blocks. The numbers count for one kind of block.
const (
	optEnd         = 0
	optComment     = 1
	optApplication = 4 // of a section
	optName        = 2 // of an interface, as the next
	optDescription = 3
	optResolution  = 9
	optFilter      = 11
	optReceived    = 4 // of statistics, as the next
	optOSDropped   = 7
)

// NewWriter makes one. application is what the file says it was written by.
func NewWriter(to io.Writer, application string) (*Writer, error) {
	w := &Writer{to: to}
	w.begin(blockSection)
	w.u32(0x1a2b3c4d) // the byte order
	w.u16(1)          // version 1.0
	w.u16(0)          //
	w.u64(^uint64(0)) // the length of the section is not known
	w.text(optApplication, application)
	w.option(optEnd, nil)
	return w, w.end()
}

// Written is how many bytes there are, up to the end of the last whole block.
func (w *Writer) Written() int64 { return w.whole }

// Interface adds an interface, and returns its number.
func (w *Writer) Interface(i Interface) (int, error) {
	w.begin(blockInterface)
	w.u16(uint16(i.Link))
	w.u16(0)
	w.u32(i.Snap)
	w.text(optName, i.Name)
	w.text(optDescription, i.Description)
	if i.Filter != "" {
		w.option(optFilter, append([]byte{0}, i.Filter...)) // 0: it is in the words of tcpdump
	}
	unit, digits := time.Microsecond, byte(6)
	if i.Nanos {
		unit, digits = time.Nanosecond, 9
	}
	w.option(optResolution, []byte{digits})
	w.option(optEnd, nil)
	w.units = append(w.units, unit)
	return len(w.units) - 1, w.end()
}

// Packet adds a packet of an interface.
func (w *Writer) Packet(of int, p Packet) error {
	w.begin(blockPacket)
	w.u32(uint32(of))
	w.time(of, p.Time)
	w.u32(uint32(len(p.Data)))
	w.u32(uint32(p.Length))
	w.padded(p.Data)
	return w.end()
}

// Names adds whose addresses are whose, which Wireshark shows then.
func (w *Writer) Names(names map[netip.Addr]string) error {
	const ipv4, ipv6, most = 1, 2, 1 << 10
	addresses := slices.SortedFunc(maps.Keys(names), netip.Addr.Compare)
	for chunk := range slices.Chunk(addresses, most) {
		w.begin(blockNames)
		for _, at := range chunk {
			kind := uint16(ipv6)
			if at = at.Unmap(); at.Is4() {
				kind = ipv4
			}
			w.option(kind, append(append(at.AsSlice(), names[at]...), 0))
		}
		w.option(optEnd, nil) // of records
		if err := w.end(); err != nil {
			return err
		}
	}
	return nil
}

// Statistics adds what is known of an interface at the end.
func (w *Writer) Statistics(of int, s Statistics) error {
	w.begin(blockStatistics)
	w.u32(uint32(of))
	w.time(of, s.At)
	w.option(optReceived, binary.LittleEndian.AppendUint64(nil, s.Received))
	w.option(optOSDropped, binary.LittleEndian.AppendUint64(nil, s.Dropped))
	w.option(optEnd, nil)
	return w.end()
}

func (w *Writer) begin(kind uint32) {
	w.buffer = w.buffer[:0]
	w.u32(kind)
	w.u32(0) // the length, which end knows
}

// end writes the block.
func (w *Writer) end() error {
	length := uint32(len(w.buffer) + 4)
	binary.LittleEndian.PutUint32(w.buffer[4:], length)
	w.u32(length)
	n, err := w.to.Write(w.buffer)
	if err == nil {
		w.whole += int64(n)
	}
	return err //nolint:wrapcheck // as the file says it
}

func (w *Writer) u16(n uint16) { w.buffer = binary.LittleEndian.AppendUint16(w.buffer, n) }
func (w *Writer) u32(n uint32) { w.buffer = binary.LittleEndian.AppendUint32(w.buffer, n) }
func (w *Writer) u64(n uint64) { w.buffer = binary.LittleEndian.AppendUint64(w.buffer, n) }

// time writes a time in the unit of an interface, its high half first.
func (w *Writer) time(of int, at time.Time) {
	n := uint64(at.UnixNano()) / uint64(w.units[of])
	w.u32(uint32(n >> 32))
	w.u32(uint32(n))
}

// padded writes bytes up to the next multiple of four.
func (w *Writer) padded(p []byte) {
	w.buffer = append(w.buffer, p...)
	for len(w.buffer)%4 != 0 {
		w.buffer = append(w.buffer, 0)
	}
}

func (w *Writer) option(code uint16, value []byte) {
	const most = 1 << 15
	value = value[:min(len(value), most)]
	w.u16(code)
	w.u16(uint16(len(value)))
	w.padded(value)
}

// text writes an option that is one; an empty one is left out.
func (w *Writer) text(code uint16, value string) {
	if value != "" {
		w.option(code, []byte(value))
	}
}
