package terminal

import (
	"fmt"
	"strings"
)

// Screen is what is to be seen at one moment.
type Screen struct {
	Lines    []string // without the blanks at their ends
	X, Y     int      // of the cursor
	Alt      bool     // the alternate screen
	NoCursor bool     // it is hidden
}

// Screen reads the screen.
func (t *Terminal) Screen() Screen {
	t.draw.Lock()
	defer t.draw.Unlock()
	return t.screen()
}

// screen reads it; the lock of drawing is held.
func (t *Terminal) screen() Screen {
	e := t.emulator
	at := e.CursorPosition()
	s := Screen{X: at.X, Y: at.Y, Alt: e.IsAltScreen(), NoCursor: t.hidden}
	var line strings.Builder
	for y := range e.Height() {
		line.Reset()
		for x := range e.Width() {
			cell := e.CellAt(x, y)
			switch {
			case cell == nil || cell.Content == "" && cell.Width == 1:
				line.WriteByte(' ')
			default:
				line.WriteString(cell.Content)
			}
		}
		s.Lines = append(s.Lines, strings.TrimRight(line.String(), " "))
	}
	return s
}

// Has reports whether a text is on the screen. It may be broken into several lines between its words.
func (s Screen) Has(text string) bool {
	for _, line := range s.Lines {
		if strings.Contains(line, text) {
			return true
		}
	}
	return strings.Contains(s.Words(), strings.Join(strings.Fields(text), " "))
}

// Words are the words of the screen with one blank between them.
func (s Screen) Words() string { return strings.Join(strings.Fields(strings.Join(s.Lines, " ")), " ") }

// At reports whether the cursor stands behind a text that begins its line, as it does behind a shell's prompt.
func (s Screen) At(prompt string) bool {
	return s.Y >= 0 && s.Y < len(s.Lines) && s.X == len(prompt) && s.Lines[s.Y] == strings.TrimRight(prompt, " ")
}

// Find is the number of the first line that has a text, or -1.
func (s Screen) Find(text string) int {
	for i, line := range s.Lines {
		if strings.Contains(line, text) {
			return i
		}
	}
	return -1
}

// String draws the screen with a frame, for messages.
func (s Screen) String() string {
	var b strings.Builder
	which := "main screen"
	if s.Alt {
		which = "alternate screen"
	}
	fmt.Fprintf(&b, "┌─ %s, cursor at %d,%d, hidden: %v\n", which, s.X, s.Y, s.NoCursor)
	for _, line := range s.Lines {
		b.WriteString("│" + line + "\n")
	}
	b.WriteString("└─")
	return b.String()
}
