package session

const esc = 0x1b

// maxKeySequence bounds what may be one key or one answer of the terminal. Longer is not a sequence but data.
const maxKeySequence = 4096

// token is what one byte of input did to the sequence that a keyLexer collects.
type token int

const (
	tokenText   token = iota // the byte stands for itself
	tokenMore                // the byte is in seq, which is not complete
	tokenDone                // the byte completed seq
	tokenBroken              // the byte does not go on from seq: take broken, and step the byte again
)

// keyLexer cuts what a terminal sends into single bytes and escape sequences (ECMA-48, with the SS3 function keys,
// the Linux console's ESC [ [ A and the strings in which terminals answer). It is made for input: a lone ESC, Alt with a key
// and anything unfinished are normal there.
type keyLexer struct {
	seq  []byte
	step func(*keyLexer, byte) token // nil outside a sequence
}

// next takes one byte. After tokenDone the caller takes seq and calls reset, after tokenBroken it calls broken.
func (l *keyLexer) next(b byte) token {
	if l.step == nil {
		if b != esc {
			return tokenText
		}
		l.seq = append(l.seq[:0], b)
		l.step = (*keyLexer).afterEsc
		return tokenMore
	}
	if len(l.seq) >= maxKeySequence {
		return tokenBroken
	}
	return l.step(l, b)
}

// reset forgets the sequence.
func (l *keyLexer) reset() {
	l.seq = l.seq[:0]
	l.step = nil
}

// broken is what the sequence has turned out to be: bytes that stand for themselves. An ESC at their end, where a string
// might have ended, begins anew.
func (l *keyLexer) broken() []byte {
	n := len(l.seq)
	if n > 1 && l.seq[n-1] == esc {
		l.seq, l.step = l.seq[:1], (*keyLexer).afterEsc
		return l.seq[: n-1 : n-1]
	}
	whole := l.seq
	l.reset()
	return whole
}

// inside says whether a sequence has begun and not ended.
func (l *keyLexer) inside() bool { return l.step != nil }

func (l *keyLexer) more(b byte, step func(*keyLexer, byte) token) token {
	l.seq = append(l.seq, b)
	l.step = step
	return tokenMore
}

func (l *keyLexer) done(b byte) token {
	l.seq = append(l.seq, b)
	return tokenDone
}

func (l *keyLexer) afterEsc(b byte) token {
	switch b {
	case '[':
		return l.more(b, (*keyLexer).csi)
	case 'O':
		return l.more(b, (*keyLexer).ss3)
	case ']', 'P', '_':
		return l.more(b, (*keyLexer).firstOfString)
	}
	return tokenBroken // Escape on its own, or Alt with a key: two things that stand for themselves
}

func (l *keyLexer) csi(b byte) token {
	switch {
	case b == '[' && len(l.seq) == 2:
		return l.more(b, (*keyLexer).lastOne) // F1 to F5 of the Linux console
	case b == 'M' && len(l.seq) == 2:
		return l.more(b, (*keyLexer).oldMouseByte)
	case b >= 0x40 && b <= 0x7e:
		return l.done(b)
	case b >= 0x20 && b <= 0x3f:
		return l.more(b, (*keyLexer).csi)
	}
	return tokenBroken
}

func (l *keyLexer) ss3(b byte) token {
	switch {
	case b >= '0' && b <= '9':
		return l.more(b, (*keyLexer).ss3)
	case b >= 0x40 && b <= 0x7e:
		return l.done(b)
	}
	return tokenBroken
}

func (l *keyLexer) lastOne(b byte) token {
	if b >= 0x40 && b <= 0x7e {
		return l.done(b)
	}
	return tokenBroken
}

// oldMouseByte takes one of the three bytes of a report in the first encoding of the mouse.
func (l *keyLexer) oldMouseByte(b byte) token {
	switch {
	case b < ' ':
		return tokenBroken
	case len(l.seq) == oldMouseLength-1:
		return l.done(b)
	}
	return l.more(b, (*keyLexer).oldMouseByte)
}

// firstOfString tells an answer in a string from Alt with ], P or _: answers go on with what no person types there.
func (l *keyLexer) firstOfString(b byte) token {
	digit := b >= '0' && b <= '9'
	switch l.seq[1] {
	case ']':
		if !digit {
			return tokenBroken
		}
	case 'P':
		if !digit && b != '>' && b != '!' && b != '|' {
			return tokenBroken
		}
	case '_':
		if b != 'G' {
			return tokenBroken
		}
	}
	return l.more(b, (*keyLexer).inString)
}

func (l *keyLexer) inString(b byte) token {
	switch {
	case b == 0x07:
		return l.done(b)
	case b == esc:
		return l.more(b, (*keyLexer).endOfString)
	case b < 0x20:
		return tokenBroken
	}
	return l.more(b, (*keyLexer).inString)
}

func (l *keyLexer) endOfString(b byte) token {
	if b == '\\' {
		return l.done(b)
	}
	return tokenBroken
}
