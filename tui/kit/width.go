package kit

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is how wide s is on the screen: what [ansi.StringWidth] says. Nearly all that is drawn is ASCII in colours, with a few
// symbols of ours; looking for graphemes in that was half the time of a frame.
func Width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= ' ' && c < 0x7f:
			n++
			i++
		case c == 0x1b:
			end := colour(s[i:])
			if end == 0 {
				return ansi.StringWidth(s)
			}
			i += end
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !OneCell(r) {
				return ansi.StringWidth(s) // it may join with what is before it
			}
			n++
			i += size
		}
	}
	return n
}

// colour is the length of the SGR sequence at the beginning of s; 0 when it is another one.
func colour(s string) int {
	if len(s) < 2 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c < '0' || c > ';':
			return 0
		}
	}
	return 0
}

// OneCell are the symbols of the interface, each of one cell.
func OneCell(r rune) bool {
	switch r {
	case '●', '✗', '✓', '…', '◉', '▸', '▾', '•', '·', '›', '│', '─', '→', '←', '↑', '↓', '↵':
		return true
	}
	return false
}
