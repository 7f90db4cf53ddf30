//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// everything is what a program may leave on, or ask a terminal.
const everything = `\u001b[?1049h\u001b[?25l\u001b[?1002h\u001b[?1006h\u001b[?2004h\u001b[>1u\u001b[31m`

// A recording is shown, and whatever way it ends, the terminal is as it was.
func TestPlayRestoresTheTerminal(t *testing.T) {
	for name, end := range map[string]struct {
		how  func(p *person)
		code int
	}{
		"the end":             {nil, 0},
		"q":                   {func(p *person) { p.types("q") }, 0},
		"ctrl-c":              {func(p *person) { p.types("\x03") }, 0},
		"ctrl-c in kitty's":   {func(p *person) { p.types("\x1b[99;5u") }, 0},
		"ctrl-c while paused": {func(p *person) { p.types(" "); p.types("\x03") }, 0},
		"the detach key":      {func(p *person) { p.types("\x1d") }, 0},
		"SIGINT":              {func(p *person) { p.must(p.Signal(syscall.SIGINT)) }, 128 + 2},
		"SIGTERM":             {func(p *person) { p.must(p.Signal(syscall.SIGTERM)) }, 128 + 15},
		"SIGHUP":              {func(p *person) { p.must(p.Signal(syscall.SIGHUP)) }, 128 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			folder := home(t)
			file := filepath.Join(folder, "x.cast")
			text := castHead + `[0.1, "o", "first line\n` + everything + `in vi"]` + "\n"
			if end.how != nil {
				text += `[3600, "o", "never"]` + "\n"
			}
			write(t, file, text)
			p := sitDownAt(t, folder, os.Args[0], "play", file)
			if end.how != nil {
				p.sees("in vi")
				end.how(p)
			}
			p.leaves(end.code)
			p.seesBelow("first line")
			if raw := string(p.Output(0)); !strings.Contains(raw, "first line\r\n") || !strings.Contains(raw, "in vi") || strings.Contains(raw, "never") {
				t.Errorf("printed %q", raw)
			}
		})
	}
}

// What a recording holds cannot make the terminal type, or change the clipboard.
func TestPlayIsHarmless(t *testing.T) {
	folder := home(t)
	file := filepath.Join(folder, "x.cast")
	write(t, file, strings.Replace(castHead, "80", "200", 1)+`[0, "o", "a\u001b]52;c;aGk=\u0007b\u001b]52;c;?\u0007c\u001b[21t\u001b]11;?"]`+"\n"+`[0, "o", "\u001b\\\u0005d\u009b6n"]`+"\n")
	p := sitDownAt(t, folder, os.Args[0], "play", file)
	p.leaves(0)
	raw := string(p.Output(0))
	for _, bad := range []string{"]52;", "[21t", "]11;", "\x05", "\u009b", "[6n"} {
		if strings.Contains(raw, bad) {
			t.Errorf("%q passes: %q", bad, raw)
		}
	}
	p.seesBelow("abcd", "the recording is 200×24, this terminal 100×30")
}

// A recording that breaks off is shown as far as it goes, and the problem stands behind it, on the terminal as it was.
func TestPlayBreaksOff(t *testing.T) {
	folder := home(t)
	write(t, filepath.Join(folder, "state/dayfly/recordings/x.cast"), castHead+`[0, "o", "`+everything+`shown"]`+"\nbroken\n")
	p := sitDownAt(t, folder, os.Args[0], "play", "x")
	p.leaves(exitError)
	p.seesBelow("dayfly: x: line 3 of the recording is not an event")
	if !strings.Contains(string(p.Output(0)), "shown") {
		t.Errorf("printed %q", p.Output(0))
	}
}
