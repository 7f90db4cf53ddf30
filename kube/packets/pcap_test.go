package packets_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/packets"
)

// A stream of either byte order, with either unit of time.
func TestReader(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []uint32{0xa1b2c3d4, 0xa1b23c4d} {
			sent := packets.Packet{Time: began(), Length: 1500, Data: []byte("packet")}
			r, err := packets.NewReader(bytes.NewReader(stream(t, order, magic, packets.LinkSLL2, sent, sent)))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				p, err := r.Next()
				if err != nil || !p.Time.Equal(began()) || p.Length != 1500 || string(p.Data) != "packet" {
					t.Errorf("%v %x: %+v (%v)", order, magic, p, err)
				}
			}
			if _, err := r.Next(); !errors.Is(err, io.EOF) || r.Link() != packets.LinkSLL2 || r.Snap() != packets.MostCaptured || r.Nanos() != (magic == 0xa1b23c4d) {
				t.Errorf("at the end: %v", err)
			}
		}
	}
}

// What is no stream, or a damaged one, is told.
func TestReaderRefuses(t *testing.T) {
	good := stream(t, binary.LittleEndian, 0xa1b2c3d4, packets.LinkSLL2, whole([]byte("packet"), 0))
	for name, c := range map[string]struct {
		text []byte
		want error
	}{
		"nothing":       {nil, io.EOF},
		"words":         {[]byte("tcpdump: command not found, whatever you do"), packets.ErrNotPcap},
		"a few bytes":   {good[:10], packets.ErrNotPcap},
		"cut in a head": {good[:30], io.ErrUnexpectedEOF},
		"cut in a body": {good[:len(good)-1], io.ErrUnexpectedEOF},
	} {
		if _, err := readAll(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	huge := bytes.Clone(good)
	binary.LittleEndian.PutUint32(huge[24+8:], 1<<31)
	if _, err := readAll(huge); err == nil || err.Error() != "the captured stream is damaged: a packet claims 2147483648 bytes" {
		t.Errorf("a bogus length: %v", err)
	}
}

func readAll(text []byte) (n int, err error) {
	r, err := packets.NewReader(bytes.NewReader(text))
	for err == nil {
		if _, err = r.Next(); err == nil {
			n++
		} else if errors.Is(err, io.EOF) {
			return n, nil
		}
	}
	return n, err
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("\xd4\xc3\xb2\xa1"))
	f.Add(append([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00"), make([]byte, 64)...))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, _ := readAll(text); n > len(text) {
			t.Errorf("%d packets of %d bytes", n, len(text))
		}
	})
}

// blocks reads the blocks of a file of ours, and holds each to its lengths.
func blocks(t *testing.T, file []byte) (kinds []uint32, bodies [][]byte) {
	t.Helper()
	for len(file) > 0 {
		length := binary.LittleEndian.Uint32(file[4:])
		if length%4 != 0 || int(length) > len(file) || binary.LittleEndian.Uint32(file[length-4:]) != length {
			t.Fatalf("a block of %d bytes in %d", length, len(file))
		}
		kinds, bodies = append(kinds, binary.LittleEndian.Uint32(file)), append(bodies, file[8:length-4])
		file = file[length:]
	}
	return kinds, bodies
}

// A file has a block for each thing, whole ones only, with two interfaces whose times have different units.
func TestWriter(t *testing.T) {
	var file bytes.Buffer
	w, err := packets.NewWriter(&file, "dayfly")
	if err != nil {
		t.Fatal(err)
	}
	first, err1 := w.Interface(packets.Interface{Name: "shop/web-0", Link: packets.LinkSLL2, Snap: 96, Filter: "port 80"})
	second, err2 := w.Interface(packets.Interface{Name: "shop/web-1", Link: packets.LinkEthernet, Nanos: true})
	err3 := w.Names(map[netip.Addr]string{at(client).Addr(): "web-0.shop", at(client6).Addr(): "web-1.shop"})
	err4 := w.Packet(first, packets.Packet{Time: began(), Length: 1500, Data: []byte("abcde")})
	err5 := w.Packet(second, packets.Packet{Time: began(), Length: 5, Data: []byte("abcde")})
	err6 := w.Statistics(second, packets.Statistics{At: began(), Received: 7, Dropped: 1})
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil || first != 0 || second != 1 {
		t.Fatal(first, second, err)
	}
	if w.Written() != int64(file.Len()) {
		t.Errorf("%d written, %d there", w.Written(), file.Len())
	}
	kinds, bodies := blocks(t, file.Bytes())
	want := []uint32{0x0a0d0d0a, 1, 1, 4, 6, 6, 5}
	if len(kinds) != len(want) {
		t.Fatalf("%x", kinds)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("block %d is %x, want %x", i, kinds[i], want[i])
		}
	}
	for i, unit := range map[int]time.Duration{4: time.Microsecond, 5: time.Nanosecond} {
		b := bodies[i]
		when := uint64(binary.LittleEndian.Uint32(b[4:]))<<32 | uint64(binary.LittleEndian.Uint32(b[8:]))
		if int(binary.LittleEndian.Uint32(b)) != i-4 || when != uint64(began().UnixNano())/uint64(unit) || string(b[20:25]) != "abcde" {
			t.Errorf("packet %d is % x", i, b)
		}
	}
	if !bytes.Contains(bodies[1], []byte("shop/web-0")) || !bytes.Contains(bodies[1], []byte("\x00port 80")) || !bytes.Contains(bodies[3], []byte("\x0a\x00\x00\x01web-0.shop\x00")) {
		t.Errorf("% x", bodies)
	}
}

// full takes so many bytes, and no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.left)
	if f.left -= n; n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// Where nothing more can be written, it is known where the last whole block ends.
func TestWriterKnowsWhatIsWhole(t *testing.T) {
	w, err := packets.NewWriter(&full{left: 100}, "dayfly")
	if err != nil {
		t.Fatal(err)
	}
	whole := w.Written()
	if _, err := w.Interface(packets.Interface{Name: "a name that is rather long, so that it does not fit into what is left there"}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("it says %v", err)
	}
	if w.Written() != whole {
		t.Errorf("%d are whole, want %d", w.Written(), whole)
	}
}
