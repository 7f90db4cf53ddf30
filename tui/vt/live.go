package vt

import (
	"bytes"
	"sync/atomic"
)

// LiveFilter are the rules for what a program prints while it is in the foreground. Its output is its own business and passes as it
// is, but for what is refused to every program: reading the clipboard or the titles, and whatever else a terminal would type (see
// refuse.go). On the way it notes what must be known later: questions whose answers are on their way, and modes to be undone.
type LiveFilter struct {
	Asked  QuestionSet
	alt    atomic.Int32
	origin atomic.Bool
	colors atomic.Bool

	Clipboard atomic.Pointer[Clipboard] // of the session that is shown; nil: of none
}

// Rules are for a [Filter].
func (l *LiveFilter) Rules() rules {
	return rules{csi: l.csi, esc: l.esc, osc: l.osc, dcs: l.dcs}
}

// Modes is what must be undone now. It may be called from any goroutine.
func (l *LiveFilter) Modes() Modes {
	return Modes{Alt: l.alt.Load(), origin: l.origin.Load(), colors: l.colors.Load()}
}

func (l *LiveFilter) csi(c *control) ruling {
	switch {
	case refusedCSI(c):
		return ruleDrop
	case c.is(0, 0, 't'):
		l.Asked.add(askWindow)
	case c.is('?', 0, 'h'):
		l.set(c, true)
	case c.is('?', 0, 'l'):
		l.set(c, false)
	case c.is(0, '!', 'p'):
		l.origin.Store(false)
	default:
		if kind := csiQuestion(c); kind != 0 {
			l.Asked.add(kind)
		}
	}
	return rulePass
}

// csiQuestion is what a control sequence asks the terminal; 0: nothing that a report answers.
func csiQuestion(c *control) question {
	switch {
	case c.final == 'c' && c.prefix == '=':
		return AskAttributes | askString
	case c.final == 'c' && c.prefix != '?':
		return AskAttributes
	case c.inter == '$' && c.final == 'p':
		return AskMode
	case c.is('?', 0, 'u'), c.is('?', 0, 'm'):
		return askKeyboard
	case c.is(0, 0, 'n'), c.is('?', 0, 'n'):
		return askStatus
	case c.is('>', 0, 'q'):
		return askString
	}
	return 0
}

func (l *LiveFilter) set(c *control, on bool) {
	for _, mode := range c.params[:c.n] {
		switch mode {
		case 47, 1047, AltScreen:
			l.alt.Store(0)
			if on {
				l.alt.Store(int32(mode))
			}
		case 6:
			l.origin.Store(on)
		case 9, 1000, 1001, 1002, 1003:
			l.Asked.add(askMouse)
		case 1004:
			l.Asked.add(askFocus)
		case 2031:
			l.Asked.add(askStatus)
		case 2048:
			l.Asked.add(askWindow)
		}
	}
}

func (l *LiveFilter) esc(final byte) ruling {
	switch final {
	case 'G':
		return drop(refusedEsc(final))
	case 'Z':
		l.Asked.add(AskAttributes)
	case '_':
		l.Asked.add(askGraphics)
	case 'c':
		l.alt.Store(0)
		l.origin.Store(false)
	}
	return rulePass
}

func (l *LiveFilter) dcs(c *control) ruling { return drop(refusedDCS(c)) }

func (l *LiveFilter) osc(c *control, end bool) ruling {
	if !c.inText && !end {
		return ruleWait
	}
	switch {
	case c.number == oscKittyColor:
		l.Asked.add(AskColor)
	case isColor(c.number):
		payload, known := lastField(c.text, colorFields(c.number))
		if !known && !end {
			return ruleWait
		}
		if payload == '?' {
			l.Asked.add(AskColor)
		} else if known {
			l.colors.Store(true)
		}
	}
	if ruling := refusedOSC(c, end); ruling != rulePass {
		return ruling
	}
	return l.Clipboard.Load().rule(c, end)
}

// oscPalette sets or asks for a colour of the palette.
const oscPalette = 4

// isColor: the palette, or one of the dynamic colours of xterm.
func isColor(number int) bool { return number == oscPalette || number >= 10 && number <= 19 }

func colorFields(number int) int {
	if number == oscPalette {
		return 1 // the index of the colour comes first
	}
	return 0
}

// lastField is the first byte after the given number of fields; known is false while it has not come.
func lastField(text []byte, fields int) (first byte, known bool) {
	for range fields {
		var found bool
		if _, text, found = bytes.Cut(text, []byte(";")); !found {
			return 0, false
		}
	}
	if len(text) == 0 {
		return 0, false
	}
	return text[0], true
}
