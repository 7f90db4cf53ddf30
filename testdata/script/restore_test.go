package script

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
)

func TestTerminalRestoredAfterTheList(t *testing.T) {
	t.Parallel()
	p := sitDown(t, nil)
	p.sees("pods")
	p.leaves()
	if !bytes.Contains(p.Output(0), []byte("\x1b[?1049h")) {
		t.Error("the alternate screen was never entered: this test shows nothing")
	}
}

func TestTerminalRestoredAfterASession(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "restored"))
	// What a program may leave behind when it is left in the middle: the alternate screen, mouse reports, bracketed paste,
	// a hidden cursor, kitty's keyboard, another cursor.
	p.types(`printf '\033[?1049h\033[?1000;1006h\033[?2004h\033[?25l\033[>1u\033[4 q'; cat` + "\r")
	_, err := p.WaitBytes(soon, 0, "\x1b[4 q")
	p.must(err)
	p.presses("ctrl+]")
	p.getsCard("◉ detached")
	p.leaves()
}

func TestTerminalRestoredAfterSignalsInTheList(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := sitDown(t, nil)
			p.sees("pods")
			p.must(p.Signal(signal))
			p.ends(128 + int(signal))
		})
	}
}

func TestTerminalRestoredAfterSignalsInASession(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := debugs(t, webPod(t, strings.ToLower(signal.String())))
			p.types(`printf '\033[?1049h\033[?1000;1006h\033[?25l'; cat` + "\r")
			_, err := p.WaitBytes(soon, 0, "\x1b[?1000;1006h\x1b[?25l")
			p.must(err)
			p.must(p.Signal(signal))
			p.ends(128 + int(signal))
		})
	}
}

func TestTerminalRestoredAfterAnError(t *testing.T) {
	t.Parallel()
	p := sitDown(t, nil, "--context", "no-such-context")
	p.sees("no-such-context")
	p.ends(1)
}
