package vt

import (
	"bytes"
	"time"
	"unicode/utf8"
)

const (
	// EscPatience is how long a lone ESC waits for the rest of a sequence. It is a key that people press, where the terminal does not
	// know a better way to send it (kitty's protocol).
	EscPatience = 50 * time.Millisecond
	// SequencePatience is how long everything longer waits, from its last byte on. No person types the beginning of a sequence, but for
	// Alt with [, O, ], P or _.
	SequencePatience = time.Second
	// lateEsc and lateSequence are how long afterwards the rest of what has been given up may still come: a connection delays, it does not
	// lose.
	lateEsc      = time.Second
	lateSequence = 10 * time.Second
)

// escKey is the Escape key as kitty's protocol has it: with it Bubble Tea does not wait once more.
const escKey = "\x1b[27u"

// Framer cuts a terminal's input into what the interface can read at once: characters, whole sequences, and pastes, whose text is taken
// as it comes, less what would be a sequence in it.
type Framer struct {
	Owed    *OwedAnswers // nil: nothing is asked
	Pasting bool
	Moused  time.Time // when the mouse has last reported something

	gaveUp []byte    // the beginning of a sequence that has been given up, whose rest goes nowhere
	since  time.Time // when that was
}

// Reset forgets what has been read: the input goes on elsewhere.
func (f *Framer) Reset() {
	f.Pasting = false
	f.gaveUp = nil
}

// Next appends to out the first whole piece of buf and returns how many bytes of buf it was; 0: the rest of it is still to come.
func (f *Framer) Next(out, buf []byte) ([]byte, int) {
	if n := f.lateRest(buf); n > 0 {
		return out, n
	}
	if f.Pasting {
		return f.paste(out, buf)
	}
	if buf[0] != esc {
		n := characters(buf)
		return append(out, buf[:n]...), n
	}
	n, kind := sequence(buf)
	switch kind {
	case torn:
		return out, 0
	case junk:
		return out, n
	case whole:
		f.note(buf[:n])
	}
	return append(out, buf[:n]...), n
}

// note looks at a sequence for what is to be known of it.
func (f *Framer) note(seq []byte) {
	switch {
	case string(seq) == pasteBegin:
		f.Pasting = true
	case reportKind(seq) == askMouse:
		f.Moused = time.Now()
	case f.Owed != nil:
		f.Owed.Take(seq)
	}
}

// paste takes pasted text up to the next ESC, which may be the end.
func (f *Framer) paste(out, buf []byte) ([]byte, int) {
	i := bytes.IndexByte(buf, esc)
	switch {
	case i < 0:
		n := characters(buf)
		return append(out, buf[:n]...), n
	case i > 0:
		return append(out, buf[:i]...), i
	case bytes.HasPrefix(buf, []byte(pasteEnd)):
		f.Pasting = false
		return append(out, pasteEnd...), len(pasteEnd)
	case bytes.HasPrefix([]byte(pasteEnd), buf):
		return out, 0
	}
	return out, 1 // text that would be a sequence is none without its ESC
}

// Patience is how long the beginning of something at the front of buf is waited for; 0: for ever, because what comes behind the end of
// a paste is typed, and what is typed is commands.
func (f *Framer) Patience(buf []byte) time.Duration {
	switch {
	case f.Pasting:
		return 0
	case string(buf) == "\x1b", string(buf) == "\x1b\x1b":
		return EscPatience
	}
	return SequencePatience
}

// GiveUp takes what next has been waiting for. A lone ESC is a key, two bytes are Alt with a key, and longer is no key.
func (f *Framer) GiveUp(out, buf []byte) ([]byte, int) {
	if f.Pasting || buf[0] != esc {
		return append(out, buf...), len(buf)
	}
	f.gaveUp, f.since = bytes.Clone(buf), time.Now()
	switch len(buf) {
	case 1:
		out = append(out, escKey...)
	case 2:
		out = append(out, buf...)
	}
	return out, len(buf)
}

// lateRest counts the bytes at the front of buf that go on from what has been given up. A single byte behind one or two may be a key.
func (f *Framer) lateRest(buf []byte) int {
	if f.gaveUp == nil {
		return 0
	}
	within := lateSequence
	if len(f.gaveUp) == 1 {
		within = lateEsc
	}
	joined := append(bytes.Clone(f.gaveUp), buf...)
	n, kind := sequence(joined)
	late := time.Since(f.since) > within
	begun := len(f.gaveUp)
	f.gaveUp = nil
	switch {
	case late, begun < 3 && len(buf) == 1:
		return 0
	case kind == torn: // there is still more to come
		f.gaveUp, f.since = joined, time.Now()
		return len(buf)
	case kind == whole && n > begun && (begun > 2 || n-begun > 1):
		f.note(joined[:n])
		return n - begun
	}
	return 0
}

// characters counts the bytes in front of the next ESC, less a character at the end of buf that is not complete.
func characters(buf []byte) int {
	n := len(buf)
	if i := bytes.IndexByte(buf, esc); i >= 0 {
		return i
	}
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if b := buf[n-back]; utf8.RuneStart(b) {
			if !utf8.FullRune(buf[n-back:]) {
				return n - back
			}
			break
		}
	}
	return n
}

// form is what begins with an ESC.
type form int

const (
	torn  form = iota // the rest is still to come
	whole             // a sequence
	key               // ESC, or Alt with a key
	junk              // no sequence, and nothing that a person types
)

// sequence counts the bytes of what begins with the ESC at the front of buf.
func sequence(buf []byte) (int, form) {
	var lex KeyLexer
	for i, b := range buf {
		switch lex.Next(b) {
		case TokenDone:
			return i + 1, whole
		case TokenBroken:
			switch {
			case i == 1:
				return altKey(buf)
			case i == 2 && buf[1] != esc:
				return i, key
			case buf[i-1] == esc: // where a string might have ended
				return i - 1, junk
			}
			return i, junk
		}
	}
	return 0, torn
}

// altKey counts the bytes of an ESC before what is no part of a sequence.
func altKey(buf []byte) (int, form) {
	switch rest := buf[1:]; {
	case rest[0] == esc: // twice, or Alt with a key that is a sequence
		n, kind := sequence(rest)
		if kind == whole {
			return 1 + n, key
		}
		if kind == torn {
			return 0, torn
		}
		return 1, key
	case !utf8.FullRune(rest):
		return 0, torn
	default:
		_, size := utf8.DecodeRune(rest)
		return 1 + size, key
	}
}
