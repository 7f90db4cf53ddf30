package vt

import (
	"fmt"
	"strings"
)

// AltScreen is the usual one of the three private modes that switch to the alternate screen; 47 and 1047 are older.
const AltScreen = 1049

// Modes are what resetSequence must not undo unless it has been done.
type Modes struct {
	Alt    int32 // the private mode by which the program is on the alternate screen, or 0: leaving moves the cursor
	origin bool  // origin mode is on: resetting it moves the cursor
	colors bool  // the palette or the default colours have been set: they may be the person's own otherwise
}

// ResetSequence undoes what a program may have turned on in the terminal and not turned off, because it was detached or killed.
// The cursor stays where it is.
func ResetSequence(m Modes) string {
	var b strings.Builder
	b.WriteString("\x1b\\") // ends a string that was cut short; does nothing otherwise
	b.WriteString(keyboardReset)
	if m.Alt != 0 {
		fmt.Fprintf(&b, "\x1b[?%dl", m.Alt)
		b.WriteString(keyboardReset) // each screen has its own
	}
	b.WriteString("\x1b[?9;1000;1001;1002;1003;1005;1006;1015;1016l" + // mouse
		"\x1b[?1004;2004;2026;2031;2048l" + // focus, paste, synchronized output, colour scheme and size reports
		"\x1b[?1l\x1b>" + // cursor keys and keypad
		"\x1b[2;4;20l" + // keyboard lock, insert mode, line feed mode
		"\x1b[?5l" + // reverse screen
		"\x1b[?7;25h" + // wrapping, the cursor
		"\x1b[0m\x0f\x1b(B\x1b)B" + // colours, character sets
		"\x1b]8;;\x1b\\" + // hyperlink
		"\x1b[0 q") // cursor shape
	if m.origin {
		b.WriteString("\x1b[?6l\x1b[999;1H")
	}
	b.WriteString("\x1b7\x1b[?69l\x1b[r\x1b8") // margins
	if m.colors {
		b.WriteString("\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\")
	}
	return b.String()
}

// keyboardReset empties kitty's stack of flags, clears what was set without the stack, and ends modifyOtherKeys.
const keyboardReset = "\x1b[<99u\x1b[=0u\x1b[>4m"
