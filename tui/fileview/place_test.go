package fileview

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// disk is a file of which portions come when they are asked for.
type disk struct {
	text []byte
	read int // portions so far
}

func (d *disk) portion(number int64) files.Portion {
	d.read++
	from := min(number*files.PortionSize, int64(len(d.text)))
	return files.Portion{Data: bytes.Clone(d.text[from:min(from+files.PortionSize, int64(len(d.text)))]), Size: int64(len(d.text))}
}

// settle brings what is wanted, as the viewer does.
func (d *disk) settle(t *testing.T, p *position) {
	t.Helper()
	for range 100 {
		want := p.around(p.top)
		if p.seek >= 0 {
			want = append(p.around(p.seek), want...)
		}
		if len(want) == 0 {
			return
		}
		p.put(want[0], d.portion(want[0]))
		p.resume()
	}
	t.Fatal("it asks for ever")
}

func look(l layout, height int) *position { return &position{layout: l, height: height, seek: -1} }

// texts are files of different kinds.
func texts() map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	binary := make([]byte, 150_000)
	for i := range binary {
		binary[i] = byte(random.Uint32())
	}
	var mixed strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&mixed, "%d\té日本\x1b[31m%s\r\n", i, strings.Repeat("x", i%200))
	}
	return map[string][]byte{
		"empty": {}, "one": []byte("a"), "lines": []byte(strings.Repeat("hello, world\n", 20_000)), "no end": []byte("a\nb"),
		"one line": bytes.Repeat([]byte("0123456789"), 20_000), "binary": binary, "mixed": []byte(mixed.String()), "blank": bytes.Repeat([]byte("\n"), 70_000),
	}
}

// Going down a page at a time shows every byte of a file once, in order; going up again comes to the beginning.
func TestLookingThroughAFile(t *testing.T) {
	for name, text := range texts() {
		for _, l := range []layout{{width: 79, wrap: true}, {width: 79}, {width: 79, hex: true}, {width: 3, wrap: true}} {
			if l.width < 9 { // many rows
				text = text[:min(len(text), 70_000)]
			}
			d, p := &disk{text: text}, look(l, 300)
			d.settle(t, p)
			var seen []byte
			at := int64(0)
			for range len(text) + 2 {
				list, ended := p.rows(p.height)
				for _, r := range list {
					if end := r.offset + int64(len(r.data)); r.offset > at {
						t.Fatalf("%s, %+v: a row begins at %d, want %d", name, l, r.offset, at)
					} else if end > at { // the last page overlaps
						seen, at = append(seen, r.data[at-r.offset:]...), end
					}
					if w := kit.Width(l.draw(r.data, r.offset)); l.wrap && w > max(l.width, 8) {
						t.Fatalf("%s, %+v: a row is %d wide", name, l, w)
					}
				}
				if ended {
					break
				}
				p.down(p.height)
				d.settle(t, p)
			}
			if !bytes.Equal(seen, text) {
				t.Fatalf("%s, %+v: %d bytes were seen, want %d", name, l, len(seen), len(text))
			}
			if len(p.kept) > mostBlocks {
				t.Errorf("%s: %d portions are kept", name, len(p.kept))
			}
			for range len(text) + 2 {
				if p.top == 0 {
					break
				}
				before := p.top
				p.back(p.height)
				d.settle(t, p)
				if p.top >= before {
					t.Fatalf("%s, %+v: up from %d comes to %d", name, l, before, p.top)
				}
			}
		}
	}
}

// The end of a very large file is there at once: only what is looked at is read.
func TestLookingAtTheEnd(t *testing.T) {
	d, p := &disk{text: bytes.Repeat([]byte("a line of the file\n"), 1_000_000)}, look(layout{width: 79, wrap: true}, 20)
	d.settle(t, p)
	p.last()
	d.settle(t, p)
	list, ended := p.rows(p.height)
	if !ended || len(list) != 20 || d.read > 8 {
		t.Errorf("%d rows, ended %v, after %d portions", len(list), ended, d.read)
	}
	p.down(5)
	if again, _ := p.rows(p.height); again[0].offset != list[0].offset {
		t.Error("it goes behind the end")
	}
	p.show(9_500_007)
	d.settle(t, p)
	list, _ = p.rows(p.height)
	if first, last := list[0].offset, list[len(list)-1].offset; first > 9_500_007 || last < 9_500_007 || first%19 != 0 {
		t.Errorf("rows from %d to %d are shown", first, last)
	}
}

// A file that grows or shrinks meanwhile is shown as it is then.
func TestFileChangesWhileItIsLookedAt(t *testing.T) {
	d, p := &disk{text: []byte("one\n")}, look(layout{width: 79, wrap: true}, 5)
	d.settle(t, p)
	d.text = []byte("one\ntwo\n")
	if grown, shrunk := p.put(0, d.portion(0)); !grown || shrunk {
		t.Error("it has grown")
	}
	if list, ended := p.rows(5); len(list) != 2 || !ended {
		t.Errorf("%d rows", len(list))
	}
	d.text = []byte("o")
	if grown, shrunk := p.put(0, d.portion(0)); grown || !shrunk {
		t.Error("it has shrunk")
	}
	if list, ended := p.rows(5); len(list) != 1 || !ended || string(list[0].data) != "o" {
		t.Errorf("%d rows: %+v", len(list), list)
	}
}

// Of a file of /proc the size is not known before it is read.
func TestFileWithoutASize(t *testing.T) {
	p := look(layout{width: 79, wrap: true}, 5)
	p.put(0, files.Portion{Data: bytes.Repeat([]byte("x\n"), 50_000)})
	if p.size != 100_000 || p.tail() != 0 || !p.has(1) {
		t.Errorf("size %d, the end is in portion %d", p.size, p.tail())
	}
	p.last()
	if list, ended := p.rows(5); len(list) != 5 || !ended {
		t.Errorf("%d rows", len(list))
	}
	if _, shrunk := p.put(1, files.Portion{}); shrunk {
		t.Error("nothing behind its end makes it shorter")
	}
}

// No byte of a file gets to the terminal as it is, but for what can be drawn.
func TestRowsAreClean(t *testing.T) {
	for _, l := range []layout{{width: 200, wrap: true}, {width: 200}, {width: 200, hex: true}} {
		for name, text := range texts() {
			for len(text) > 0 {
				end, _ := l.end(text)
				if drawn := l.draw(text[:end], 0); kube.Sanitize(drawn) != drawn {
					t.Fatalf("%s: %q is drawn as %q", name, text[:end], drawn)
				}
				text = text[max(end, 1):]
			}
		}
	}
	if got := (layout{width: 80, wrap: true}).draw([]byte("a\tb\x1b[1m\r\n"), 0); got != "a       b␛[1m" {
		t.Errorf("%q", got)
	}
	if got := hexLine([]byte("AB\x00"), 0x10); got != "00000010  41 42 00                                          AB." {
		t.Errorf("%q", got)
	}
}
