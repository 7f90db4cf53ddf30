//go:build unix

package session

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// TestSuspend looks at the terminal while the process would be stopped; that it really is, the binary's own tests show under a shell.
func TestSuspend(t *testing.T) {
	r := newPTYRig(t)
	raw := modesOf(t, r.tty)
	found := *r.terminal.saved.line
	r.typeKeys("before")
	r.expect("before")
	r.terminal.halt = func() error {
		if modesOf(t, r.tty) != found {
			t.Error("the modes are not as found")
		}
		r.typeKeys("for the shell\n")
		line := make([]byte, 100)
		if n, err := unix.Read(int(r.tty.Fd()), line); string(line[:n]) != "for the shell\n" {
			t.Errorf("the shell reads %q, %v", line[:n], err)
		}
		stty(t, r.tty, "-echo")
		return nil
	}
	if err := r.terminal.Suspend(r); err != nil {
		t.Fatal(err)
	}
	r.typeKeys(" after")
	r.expect("before after")
	if modesOf(t, r.tty) != raw {
		t.Error("the terminal is not raw again")
	}
	if err := r.terminal.Restore(); err != nil {
		t.Fatal(err)
	}
	after := modesOf(t, r.tty)
	if after == found {
		t.Error("what the shell has changed is undone")
	}
	stty(t, r.tty, "echo")
	if modesOf(t, r.tty) != found {
		t.Errorf("modes %+v, were %+v", after, found)
	}
}

func stty(t *testing.T, tty *os.File, change string) {
	t.Helper()
	cmd := exec.Command("stty", change)
	cmd.Stdin = tty
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("stty %s: %v: %s", change, err, out)
	}
}

// TestSuspendHearsOut: what the terminal answers late to the interface is not typed into the shell.
func TestSuspendHearsOut(t *testing.T) {
	r := newPTYRig(t)
	r.late = "\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?2026;2$y\x1b[?62;22c"
	r.terminal.halt = func() error {
		r.typeKeys("ls\n")
		line := make([]byte, 100)
		if n, err := unix.Read(int(r.tty.Fd()), line); string(line[:n]) != "ls\n" {
			t.Errorf("the shell reads %q, %v", line[:n], err)
		}
		return nil
	}
	for range 50 {
		r.terminal.Asked()
		if err := r.terminal.Suspend(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSuspendAgainAndAgain(t *testing.T) {
	r := newPTYRig(t)
	r.terminal.halt = func() error { return nil }
	want := ""
	for range 200 {
		if err := r.terminal.Suspend(r); err != nil {
			t.Fatal(err)
		}
		want += "x"
		r.typeKeys("x")
		r.expect(want)
	}
}

func TestSuspendRefused(t *testing.T) {
	r := newPTYRig(t)
	raw := modesOf(t, r.tty)
	r.terminal.halt = func() error { return ErrNotStopped }
	if err := r.terminal.Suspend(r); !errors.Is(err, ErrNotStopped) {
		t.Errorf("Suspend: %v", err)
	}
	r.typeKeys("the interface goes on")
	r.expect("the interface goes on")
	if modesOf(t, r.tty) != raw {
		t.Error("the terminal is not raw")
	}
}

func TestSuspendInASession(t *testing.T) {
	r := newPTYRig(t)
	halted := make(chan struct{})
	r.terminal.halt = func() error { close(halted); return nil }
	stop := r.terminal.WatchJobs(func() { t.Error("the interface is asked to suspend") }, func() { t.Error("it draws") })
	defer stop()
	err := r.terminal.HandOver(r, detachKey(t, ""), func(fg *Foreground) {
		kill(t, syscall.SIGTSTP)
		<-halted
		r.typeKeys("x")
		if got := read(fg.Keys()); got != "x" {
			t.Errorf("key: %q", got)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// TestGoesOnAfterAStopItWasNotAskedAbout as after kill -STOP, when the shell has set its own modes.
func TestGoesOnAfterAStopItWasNotAskedAbout(t *testing.T) {
	r := newPTYRig(t)
	raw := modesOf(t, r.tty)
	drawn := make(chan struct{})
	stop := r.terminal.WatchJobs(func() { t.Error("it is asked to suspend") }, func() { close(drawn) })
	defer stop()
	if err := term.Restore(int(r.tty.Fd()), r.terminal.saved.line); err != nil {
		t.Fatal(err)
	}
	kill(t, syscall.SIGCONT)
	<-drawn
	if modesOf(t, r.tty) != raw {
		t.Error("the terminal is not raw again")
	}
}

// TestPauseReadsNothing: what is typed during a pause stays with the source, and none of it is lost.
func TestPauseReadsNothing(t *testing.T) {
	r := newPTYRig(t)
	var want strings.Builder
	for range 200 {
		r.terminal.pump.pause()
		r.typeKeys("kept")
		want.WriteString("kept")
		waiting, err := unix.Poll([]unix.PollFd{{Fd: int32(r.tty.Fd()), Events: unix.POLLIN}}, 1000)
		if waiting != 1 || err != nil {
			t.Fatalf("nothing waits: %v", err)
		}
		r.terminal.pump.goOn()
		r.expect(want.String())
	}
}

func TestPauseAfterTheEnd(t *testing.T) {
	p, keys := startPump(t)
	keys.err = io.EOF
	close(keys.keys)
	for range 2 {
		p.pause() // must not wait for a reader that is gone
		p.goOn()
		p.stop()
	}
}
