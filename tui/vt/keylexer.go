package vt

const esc = 0x1b

// maxKeySequence bounds what may be one key or one answer of the terminal. Longer is not a sequence but data.
const maxKeySequence = 4096

// token is what one byte of input did to the sequence that a [KeyLexer] collects.
type token int

// The tokens.
const (
	tokenText   token = iota // the byte stands for itself
	tokenMore                // the byte is in seq, which is not complete
	TokenDone                // the byte completed seq
	TokenBroken              // the byte does not go on from seq: take broken, and step the byte again
)

// KeyLexer cuts what a terminal sends into single bytes and escape sequences (ECMA-48, with the SS3 function keys,
// the Linux console's ESC [ [ A and the strings in which terminals answer). It is made for input: a lone ESC, Alt with a key
// and anything unfinished are normal there.
type KeyLexer struct {
	Seq  []byte
	step func(*KeyLexer, byte) token // nil outside a sequence
}

// Next takes one byte. After tokenDone the caller takes seq and calls reset, after tokenBroken it calls broken.
func (l *KeyLexer) Next(b byte) token {
	if l.step == nil {
		if b != esc {
			return tokenText
		}
		l.Seq = append(l.Seq[:0], b)
		l.step = (*KeyLexer).afterEsc
		return tokenMore
	}
	if len(l.Seq) >= maxKeySequence {
		return TokenBroken
	}
	return l.step(l, b)
}

// Reset forgets the sequence.
func (l *KeyLexer) Reset() {
	l.Seq = l.Seq[:0]
	l.step = nil
}

// Broken is what the sequence has turned out to be: bytes that stand for themselves. An ESC at their end, where a string
// might have ended, begins anew.
func (l *KeyLexer) Broken() []byte {
	n := len(l.Seq)
	if n > 1 && l.Seq[n-1] == esc {
		l.Seq, l.step = l.Seq[:1], (*KeyLexer).afterEsc
		return l.Seq[: n-1 : n-1]
	}
	whole := l.Seq
	l.Reset()
	return whole
}

// inside reports whether a sequence has begun and not ended.
func (l *KeyLexer) inside() bool { return l.step != nil }

func (l *KeyLexer) more(b byte, step func(*KeyLexer, byte) token) token {
	l.Seq = append(l.Seq, b)
	l.step = step
	return tokenMore
}

func (l *KeyLexer) done(b byte) token {
	l.Seq = append(l.Seq, b)
	return TokenDone
}

func (l *KeyLexer) afterEsc(b byte) token {
	switch b {
	case '[':
		return l.more(b, (*KeyLexer).csi)
	case 'O':
		return l.more(b, (*KeyLexer).ss3)
	case ']', 'P', '_':
		return l.more(b, (*KeyLexer).firstOfString)
	}
	return TokenBroken // Escape on its own, or Alt with a key: two things that stand for themselves
}

func (l *KeyLexer) csi(b byte) token {
	switch {
	case b == '[' && len(l.Seq) == 2:
		return l.more(b, (*KeyLexer).lastOne) // F1 to F5 of the Linux console
	case b == 'M' && len(l.Seq) == 2:
		return l.more(b, (*KeyLexer).oldMouseByte)
	case b >= 0x40 && b <= 0x7e:
		return l.done(b)
	case b >= 0x20 && b <= 0x3f:
		return l.more(b, (*KeyLexer).csi)
	}
	return TokenBroken
}

func (l *KeyLexer) ss3(b byte) token {
	switch {
	case b >= '0' && b <= '9':
		return l.more(b, (*KeyLexer).ss3)
	case b >= 0x40 && b <= 0x7e:
		return l.done(b)
	}
	return TokenBroken
}

func (l *KeyLexer) lastOne(b byte) token {
	if b >= 0x40 && b <= 0x7e {
		return l.done(b)
	}
	return TokenBroken
}

// oldMouseByte takes one of the three bytes of a report in the first encoding of the mouse.
func (l *KeyLexer) oldMouseByte(b byte) token {
	switch {
	case b < ' ':
		return TokenBroken
	case len(l.Seq) == oldMouseLength-1:
		return l.done(b)
	}
	return l.more(b, (*KeyLexer).oldMouseByte)
}

// firstOfString tells an answer in a string from Alt with ], P or _: answers go on with what no person types there.
func (l *KeyLexer) firstOfString(b byte) token {
	digit := b >= '0' && b <= '9'
	switch l.Seq[1] {
	case ']':
		if !digit {
			return TokenBroken
		}
	case 'P':
		if !digit && b != '>' && b != '!' && b != '|' {
			return TokenBroken
		}
	case '_':
		if b != 'G' {
			return TokenBroken
		}
	}
	return l.more(b, (*KeyLexer).inString)
}

func (l *KeyLexer) inString(b byte) token {
	switch {
	case b == 0x07:
		return l.done(b)
	case b == esc:
		return l.more(b, (*KeyLexer).endOfString)
	case b < 0x20:
		return TokenBroken
	}
	return l.more(b, (*KeyLexer).inString)
}

func (l *KeyLexer) endOfString(b byte) token {
	if b == '\\' {
		return l.done(b)
	}
	return TokenBroken
}
