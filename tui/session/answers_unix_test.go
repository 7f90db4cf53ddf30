//go:build unix

package session

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What the terminal owes at the end is not typed into the shell; what is typed behind that is.
func TestRestoreHearsOut(t *testing.T) {
	for name, pieces := range map[string][]string{
		"in order":     {"\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1b[?2026;2$y", "\x1b[?62;22c"},
		"torn":         {"\x1b]11;rgb:00", "00/0000/0000\x1b", "\\\x1b[?2026;", "2$y\x1b[?62;22", "c"},
		"out of order": {"\x1b[?62;22c", "\x1b[?2026;2$y", "\x1b]11;rgb:0000/0000/0000\a"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newPTYRig(t)
			r.terminal.Asked()
			restored := make(chan error)
			go func() { restored <- r.terminal.Restore() }()
			for _, piece := range pieces {
				r.typeKeys(piece)
			}
			if err := <-restored; err != nil {
				t.Fatal(err)
			}
			r.typeKeys("ls\n")
			line := make([]byte, 100)
			if n, err := unix.Read(int(r.tty.Fd()), line); string(line[:n]) != "ls\n" {
				t.Errorf("the shell reads %q, %v", line[:n], err)
			}
		})
	}
}

// A terminal that owes nothing is not waited for, nor asked.
func TestRestoreDoesNotWaitForNothing(t *testing.T) {
	r := newPTYRig(t)
	r.terminal.Asked()
	r.typeKeys("\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;2$y\x1b[?62;22cx")
	r.mu.Lock()
	for len(r.keys) == 0 || r.keys[len(r.keys)-1] != 'x' {
		r.cond.Wait()
	}
	r.mu.Unlock()
	if r.terminal.owed.Coming() {
		t.Error("answers that have come are waited for")
	}
	if out := r.stop(); strings.Contains(out, lastQuestion) {
		t.Errorf("asked once more at the end: %q", out)
	}
}

// What a program has asked before it went is answered to nobody.
func TestAnswersToAProgramThatHasGone(t *testing.T) {
	r := newPTYRig(t)
	err := r.terminal.HandOver(r, detachKey(t, ""), func(fg *Foreground) {
		if _, err := io.WriteString(fg.Out(), "\x1b[>q"); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	r.expect("\x1b[?62;22c")
	if r.terminal.owed.Coming() {
		t.Error("the answer is not known")
	}
}
