package recording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestText bounds a line of a transcript, in cells: what is longer is written in pieces, and CR goes back to the beginning of a piece.
const longestText = 16 << 10

// line is a line on a screen that is as wide as it likes to be.
type line struct {
	cells []string // a character and the marks on it; "" behind a wide one
	at    int      // the cursor
}

const (
	blank    = " "
	tabStop  = 8
	mostMark = 16 // bytes of a character with its marks
	// Beyond the end of its text the cursor goes only as far as on a very wide screen, and a line that no screen has is not edited:
	// otherwise a few bytes could ask for much work, or much output.
	widest        = 500
	longestEdited = 4000
)

// put writes a character where the cursor is. It is false when the line has no room for it.
func (l *line) put(r rune) bool {
	switch {
	case r == '\r':
		l.at = 0
	case r == '\b':
		l.at = max(0, l.at-1)
	case r == '\t':
		l.at += tabStop - l.at%tabStop
		return l.at <= longestText
	case r < ' ' || r >= 0x7f && r < 0xa0: // bells and the like
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		l.mark(r)
	default:
		width := 1
		if isWide(r) {
			width = 2
		}
		if l.at+width > longestText {
			return false
		}
		l.fill(l.at + width)
		l.cells[l.at] = string(r)
		if width > 1 {
			l.cells[l.at+1] = ""
		}
		l.at += width
	}
	return true
}

// mark puts a character that has no place of its own onto the one before the cursor.
func (l *line) mark(r rune) {
	i := min(l.at, len(l.cells)) - 1
	for i > 0 && l.cells[i] == "" {
		i--
	}
	if i >= 0 && len(l.cells[i])+utf8.RuneLen(r) <= mostMark {
		l.cells[i] += string(r)
	}
}

// fill makes the line at least n cells long.
func (l *line) fill(n int) {
	for len(l.cells) < n {
		l.cells = append(l.cells, blank)
	}
}

// control does what a control sequence asks for within a line. n is its first number; 0: none.
func (l *line) control(final byte, n int) {
	if len(l.cells) > longestEdited {
		return
	}
	times := min(max(n, 1), longestEdited)
	switch final {
	case 'C':
		l.at = min(l.at+times, max(widest, len(l.cells)))
	case 'D':
		l.at = max(0, l.at-times)
	case 'G', '`':
		l.at = min(times-1, max(widest, len(l.cells)))
	case 'K', 'J':
		l.erase(n)
	case 'X':
		for i := l.at; i < min(l.at+times, len(l.cells)); i++ {
			l.cells[i] = blank
		}
	case 'P':
		if l.at < len(l.cells) {
			l.cells = slices.Delete(l.cells, l.at, min(l.at+times, len(l.cells)))
		}
	case '@':
		if l.at < len(l.cells) && len(l.cells)+times <= longestEdited {
			l.cells = slices.Insert(l.cells, l.at, slices.Repeat([]string{blank}, times)...)
		}
	}
}

// erase takes away what is behind the cursor (0), in front of it (1), or everything (2).
func (l *line) erase(what int) {
	switch what {
	case 0:
		l.cells = l.cells[:min(l.at, len(l.cells))]
	case 1:
		for i := range min(l.at+1, len(l.cells)) {
			l.cells[i] = blank
		}
	case 2:
		l.cells = l.cells[:0]
	}
}

// text is the line without the blanks at its end.
func (l *line) text() string { return strings.TrimRight(strings.Join(l.cells, ""), blank) }

func (l *line) clear() { l.cells, l.at = l.cells[:0], 0 }

// isWide tells, roughly, the characters that take two cells: Hangul, the scripts of China and Japan, full-width forms, pictures.
func isWide(r rune) bool {
	for _, block := range [...]struct{ first, last rune }{
		{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xff01, 0xff60}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
	} {
		if r < block.first {
			return false
		}
		if r <= block.last {
			return true
		}
	}
	return false
}
