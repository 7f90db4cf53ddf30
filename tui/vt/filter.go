// Package vt knows the sequences of terminals: it filters what a program prints, follows the modes that it turns on, takes the questions out of
// what is shown again, and cuts what a terminal sends into keys and answers. It reads and writes nothing itself.
package vt

import "bytes"

// How many bytes of one undecided sequence are kept. No program writes such; a longer one is dropped.
const maxUndecided = 4096

const (
	can = 0x18
	sub = 0x1a
	bel = 0x07
	enq = 0x05
)

// Control characters in 8 bits; with C2 before them in UTF-8.
const (
	dcs   = 0x90
	decid = 0x9a // as ESC Z
	csi   = 0x9b
	st8   = 0x9c
	osc   = 0x9d
	apc   = 0x9f
)

// introduces reports whether b may begin a sequence.
func introduces(b byte) bool {
	switch b {
	case esc, dcs, decid, csi, osc, apc:
		return true
	}
	return false
}

// Filter takes sequences out of a program's output, by rules, and passes everything else on unchanged, wherever
// the output is cut into pieces. A string is looked at only until its sequence has been decided; then its bytes are
// as good as text, so that an endless one passes too. Whatever looks like a sequence inside a string is treated as one:
// an ESC ends a string, and terminals do not agree about the rest. In place of what is taken out comes ST, which does
// nothing: without it, what is in front and what is behind might make a sequence. ENQ goes everywhere, and first of all, for
// terminals answer it in the middle of a sequence too.
type Filter struct {
	Rules rules

	state func(*Filter, byte) // nil: text
	csi   bool                // the sequence is a CSI
	held  []byte              // of an undecided sequence
	ctl   control
	out   []byte
	last  [3]byte // the bytes before the current piece
	p     []byte  // the current piece
	at    int     // where in it one is
	edge  int     // what is in front of this place has been taken out: it is no beginning of what is behind
}

// Pass returns what of p goes on, after what was held before. It is valid until the next call and may be p itself.
func (f *Filter) Pass(p []byte) []byte {
	if bytes.IndexByte(p, enq) >= 0 {
		p = bytes.ReplaceAll(p, []byte{enq}, nil)
	}
	find := newFinder(p)
	if f.state == nil && len(f.held) == 0 && find.next(0) == len(p) && !endsInC2(p) {
		f.remember(p)
		return p
	}
	f.p, f.out = p, f.out[:0]
	for i := 0; i < len(p); {
		if f.state != nil {
			f.at = i
			f.state(f, p[i])
			i++
			continue
		}
		i = f.text(i, find.next(i))
	}
	f.remember(p)
	return f.out
}

// text passes p[i:j], where j is the next byte that may introduce a sequence, and begins with that one.
func (f *Filter) text(i, j int) int {
	p := f.p
	if len(f.held) > 0 && i < j { // a C2 at the end of the last piece, which has not become a sequence
		f.release()
	}
	if j == len(p) {
		if endsInC2(p[i:]) {
			f.held = append(f.held, 0xc2)
			j--
		}
		f.out = append(f.out, p[i:j]...)
		return len(p)
	}
	b := p[j]
	f.at = j
	utf8 := b != esc && f.before(j, 1) == 0xc2
	switch {
	case b != esc && !utf8 && f.continues(j):
		f.out = append(f.out, p[i:j+1]...)
	case utf8 && j > i:
		f.out = append(f.out, p[i:j-1]...)
		f.begin(0xc2, b)
	case utf8: // its C2 is held, or was the last byte of a sequence
		f.held = append(f.held, b)
		f.begin(f.held...)
	default:
		f.release()
		f.out = append(f.out, p[i:j]...)
		f.begin(b)
	}
	return j + 1
}

func endsInC2(p []byte) bool { return len(p) > 0 && p[len(p)-1] == 0xc2 }

// before is the byte n before p[i].
func (f *Filter) before(i, n int) byte {
	if i-n < f.edge {
		return 0
	}
	if i >= n {
		return f.p[i-n]
	}
	return f.last[len(f.last)-(n-i)]
}

// continues reports whether p[i] belongs to a UTF-8 character that began before it.
func (f *Filter) continues(i int) bool {
	one := f.before(i, 1)
	if one >= 0xc2 {
		return one <= 0xf4
	}
	two := f.before(i, 2)
	if !isContinuation(one) || two >= 0xe0 {
		return isContinuation(one) && two <= 0xf4
	}
	three := f.before(i, 3)
	return isContinuation(two) && three >= 0xf0 && three <= 0xf4
}

func isContinuation(b byte) bool { return b&0xc0 == 0x80 }

func (f *Filter) remember(p []byte) {
	f.edge = max(f.edge-len(p), -len(f.last))
	if len(p) >= len(f.last) {
		copy(f.last[:], p[len(p)-len(f.last):])
		return
	}
	kept := copy(f.last[:], f.last[len(p):])
	copy(f.last[kept:], p)
}

// begin starts a sequence with its introducer.
func (f *Filter) begin(introducer ...byte) {
	f.held = append(f.held[:0], introducer...)
	f.ctl.reset()
	f.csi = false
	switch introducer[len(introducer)-1] {
	case csi:
		f.state, f.csi = (*Filter).inCSI, true
	case osc:
		f.state = (*Filter).inOSC
	case dcs:
		f.state = (*Filter).inDCS
	case decid:
		f.short('Z')
	case apc:
		f.short('_')
	default:
		f.state = (*Filter).afterEsc
	}
}

// short carries a ruling out on a sequence of ESC and one byte that has been held in its 8 bits. With '_', a whole string goes.
func (f *Filter) short(final byte) {
	if f.Rules.esc(final) != ruleDrop {
		f.release()
		return
	}
	f.drop()
	if final == '_' {
		f.state = (*Filter).dropping
	}
}

// release passes what is held and goes back to text.
func (f *Filter) release() {
	f.out = append(f.out, f.held...)
	f.forget()
}

// drop takes out what is held and goes back to text.
func (f *Filter) drop() {
	f.out = append(f.out, "\x1b\\"...)
	f.edge = f.at + 1
	f.forget()
}

// forget goes back to text with nothing held.
func (f *Filter) forget() {
	f.held = f.held[:0]
	f.state = nil
}

// finder finds the bytes that may introduce a sequence, each kind with the fastest search there is.
type finder struct {
	p  []byte
	at [6]int
}

func newFinder(p []byte) finder { return finder{p: p, at: [6]int{-1, -1, -1, -1, -1, -1}} }

// next is the index of the first one at or after from, or the length. from must not decrease.
func (f *finder) next(from int) int {
	first := len(f.p)
	for i, b := range [...]byte{esc, dcs, decid, csi, osc, apc} {
		if f.at[i] < from {
			f.at[i] = len(f.p)
			if n := bytes.IndexByte(f.p[from:], b); n >= 0 {
				f.at[i] = from + n
			}
		}
		first = min(first, f.at[i])
	}
	return first
}
