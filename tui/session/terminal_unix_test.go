//go:build unix

package session

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
)

func TestOpenTerminalWithoutTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	_, tty := openPTY(t)
	for want, ends := range map[string][2]*os.File{
		"stdin is not a terminal":             {r, tty},
		"stdout is not a terminal":            {tty, w},
		"stdin and stdout are not a terminal": {r, w},
	} {
		var missing *NoTerminalError
		if _, err := OpenTerminal(ends[0], ends[1]); !errors.As(err, &missing) || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func TestTerminalStartAndRestore(t *testing.T) {
	master, tty := openPTY(t)
	before := modesOf(t, tty)
	terminal, err := OpenTerminal(tty, tty)
	if err != nil {
		t.Fatal(err)
	}
	if modesOf(t, tty) != before {
		t.Error("OpenTerminal changes the modes")
	}
	if err := terminal.Start(); err != nil {
		t.Fatal(err)
	}
	if modesOf(t, tty) == before {
		t.Error("Start does not change the modes")
	}
	if size, err := terminal.Size(); size != (kube.Size{Cols: 80, Rows: 24}) || err != nil {
		t.Errorf("size %v, %v", size, err)
	}
	go io.Copy(io.Discard, master)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := terminal.Restore(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := terminal.Restore(); err != nil || modesOf(t, tty) != before {
		t.Errorf("Restore: %v; modes are back: %v", err, modesOf(t, tty) == before)
	}
	if _, err := terminal.Input().Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("Read after Restore: %v", err)
	}
}

// TestInputIsWhatBubbleTeaWants: a terminal's file without a name.
func TestInputIsWhatBubbleTeaWants(t *testing.T) {
	_, tty := openPTY(t)
	terminal, err := OpenTerminal(tty, tty)
	if err != nil {
		t.Fatal(err)
	}
	for name, end := range map[string]any{"Input": terminal.Input(), "Output": terminal.Output()} {
		file, ok := end.(interface {
			io.ReadWriteCloser
			Fd() uintptr
		})
		if !ok || !term.IsTerminal(int(file.Fd())) {
			t.Errorf("%s is no terminal", name)
		}
		if _, named := end.(interface{ Name() string }); named {
			t.Errorf("%s has a name: a cancelable reader would read beside the pump", name)
		}
	}
}

func TestHandOverSizeAndSignals(t *testing.T) {
	r := newPTYRig(t)
	err := r.terminal.HandOver(r, detachKey(t, ""), func(fg *Foreground) {
		sizes := fg.Sizes(t.Context())
		if got := <-sizes; got != (kube.Size{Cols: 80, Rows: 24}) {
			t.Errorf("first size: %v", got)
		}
		for i := range uint16(100) {
			want := kube.Size{Cols: 100 + i, Rows: 40}
			r.resize(want)
			for got := range sizes { // a signal interrupts a read, which must not be seen
				if got == want {
					break
				}
			}
		}
		r.typeKeys("x")
		if got := read(fg.Keys()); got != "x" {
			t.Errorf("key: %q", got)
		}
		kill(t, syscall.SIGTERM)
		<-fg.Done()
		if fg.Signal() != syscall.SIGTERM {
			t.Errorf("signal: %v", fg.Signal())
		}
	})
	var signal *SignalError
	if !errors.As(err, &signal) || signal.Signal != syscall.SIGTERM {
		t.Errorf("HandOver: %v", err)
	}
	r.typeKeys("the interface goes on")
	r.expect("the interface goes on")
}

func TestHandOverPanic(t *testing.T) {
	r := newPTYRig(t)
	cause := errors.New("a bug")
	err := r.terminal.HandOver(r, detachKey(t, ""), func(*Foreground) { panic(cause) })
	var panicked *PanicError
	if !errors.As(err, &panicked) || !errors.Is(err, cause) || !strings.Contains(string(panicked.Stack), "TestHandOverPanic") {
		t.Errorf("HandOver: %v", err)
	}
	r.typeKeys("the interface goes on")
	r.expect("the interface goes on")
}

func TestHandOverReleaseFails(t *testing.T) {
	r := newPTYRig(t)
	r.fails = errors.New("no")
	if err := r.terminal.HandOver(r, detachKey(t, ""), func(*Foreground) { t.Error("runs") }); !errors.Is(err, r.fails) {
		t.Errorf("HandOver: %v", err)
	}
	r.typeKeys("the interface goes on")
	r.expect("the interface goes on")
}

// TestHandOverResets: what the session has turned on is turned off before the interface draws.
func TestHandOverResets(t *testing.T) {
	r := newPTYRig(t)
	err := r.terminal.HandOver(r, detachKey(t, ""), func(fg *Foreground) {
		if _, err := io.WriteString(fg.Out(), everythingOn+"\x1b[?1049h$ "); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	output := r.stop()
	session, _, found := strings.Cut(output, "RESTORED")
	if on := leftOn(session); len(on) > 0 || !found {
		t.Errorf("still on: %q, in %q", on, output)
	}
}

func openPTY(t *testing.T) (master, tty *os.File) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = tty.Close(), master.Close() })
	if err := pty.Setsize(master, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	return master, tty
}

func modesOf(t *testing.T, tty *os.File) term.State {
	t.Helper()
	state, err := term.GetState(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return *state
}

func kill(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(syscall.Getpid(), s); err != nil {
		t.Fatal(err)
	}
}

// A signal that somebody has taken is nobody else's, however soon behind it who took it leaves: the terminal's guard would end the process.
func TestSignalIsForWhoeverWasThere(t *testing.T) {
	r := newPTYRig(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as on a busy machine: only one goroutine at a time hears of it
	for range 500 {
		ended, stop := r.terminal.WatchEnd()
		kill(t, syscall.SIGTERM)
		<-ended
		stop()
	}
	r.typeKeys("the interface goes on")
	r.expect("the interface goes on")
}
