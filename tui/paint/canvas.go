package paint

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The modes that the interface works in: the other screen, no cursor, pastes marked as such, keys told apart where the terminal can
// (kitty's protocol: esc need not be waited for), a title.
const (
	begin      = "\x1b[22;2t\x1b]2;dayfly\x07\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[>1u"
	end        = "\x1b[<u\x1b[?2004l\x1b[?25h\x1b[?1049l\x1b[23;2t"
	beginMouse = "\x1b[?1002h\x1b[?1006h"
	endMouse   = "\x1b[?1006l\x1b[?1002l"
)

// What is between the two appears at once in a terminal that knows them (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036).
const (
	beginSynced = "\x1b[?2026h"
	endSynced   = "\x1b[?2026l"
)

// canvas is the terminal's screen as one writer knows it. Lines that have not changed are not written.
//
// Frames are exactly as large as the terminal and no style reaches over the end of a line: that is what all screens draw, and why a line
// is what is compared.
type canvas struct {
	out     io.Writer
	mouse   bool
	oneCell func(rune) bool
	on      bool     // the modes of the interface are set
	shown   []string // the lines on the terminal; nil: not known
}

// write brings the terminal to what is wanted, with one Write.
func (c *canvas) write(w wanted) {
	var b strings.Builder
	switch {
	case w.on && !c.on:
		b.WriteString(begin)
		if c.mouse {
			b.WriteString(beginMouse)
		}
		c.shown = nil
	case !w.on && c.on:
		if c.mouse {
			b.WriteString(endMouse)
		}
		b.WriteString(end)
	}
	c.on = w.on
	if c.on {
		if w.anew {
			c.shown = nil
		}
		b.WriteString(w.once)
		b.WriteString(c.lines(w.frame, w.synced))
	}
	if b.Len() == 0 {
		return
	}
	if _, err := io.WriteString(c.out, b.String()); err != nil {
		c.shown = nil // a terminal that is gone is found by who reads it
	}
}

// lines is what makes the terminal show a frame.
func (c *canvas) lines(frame string, synced bool) string {
	if frame == "" {
		return ""
	}
	lines := strings.Split(frame, "\n")
	var b strings.Builder
	if len(c.shown) != len(lines) {
		b.WriteString("\x1b[m\x1b[2J")
		c.shown = make([]string, len(lines))
	}
	for i, line := range lines {
		if line == c.shown[i] {
			continue
		}
		b.WriteString("\x1b[")
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString(";1H")
		if c.widthUncertain(line) {
			b.WriteString("\x1b[2K")
		}
		b.WriteString(line)
		b.WriteString("\x1b[m")
	}
	c.shown = lines
	if b.Len() == 0 {
		return ""
	}
	// A character may be wider than one thinks: nothing wraps. The cursor is left where a shell can write below, should the process
	// be stopped without a word.
	painted := "\x1b[?7l" + b.String() + "\x1b[?7h\x1b[" + strconv.Itoa(len(lines)) + ";1H"
	if synced {
		return beginSynced + painted + endSynced
	}
	return painted
}

// widthUncertain reports whether a terminal may draw a line narrower than it has been counted: what was there before would be left at its
// end.
func (c *canvas) widthUncertain(line string) bool {
	for i := 0; i < len(line); {
		if line[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if !c.oneCell(r) {
			return true
		}
		i += size
	}
	return false
}
