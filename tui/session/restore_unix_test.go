//go:build unix

package session

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

const helperVariable = "DAYFLY_TEST_WAY_OUT"

func TestMain(m *testing.M) {
	if way := os.Getenv(helperVariable); way != "" {
		os.Exit(wayOut(way))
	}
	os.Exit(m.Run())
}

// TestRestore leaves a process with a terminal in every way there is, and looks at the terminal afterwards.
func TestRestore(t *testing.T) {
	tests := []struct {
		way    string
		signal syscall.Signal
		code   int
		says   string
	}{
		{"normal end", 0, 0, ""},
		{"error", 0, 1, ""},
		{"panic", 0, 2, "panic: a bug"},
		{"panic in a goroutine", 0, 2, "panic: a bug"},
		{"panic in a session", 0, 3, "panic in a session: a bug"},
		{"signal in a session", syscall.SIGTERM, 128 + 15, ""},
		{"signal in a session", syscall.SIGHUP, 128 + 1, ""},
		{"signal in a session", syscall.SIGINT, 128 + 2, ""},
	}
	for _, test := range tests {
		t.Run(test.way+" "+test.signal.String(), func(t *testing.T) {
			master, tty := openPTY(t)
			before := modesOf(t, tty)
			shown, copied := &display{}, make(chan struct{})
			process := startHelper(t, tty, test.way)
			go func() {
				defer close(copied)
				_, _ = io.Copy(&signaller{display: shown, process: process, signal: test.signal}, master)
			}()
			code := exitCode(t, process)
			if modesOf(t, tty) != before {
				t.Error("the modes of the line are not as before")
			}
			_ = tty.Close()
			<-copied
			output := shown.String()
			if code != test.code || !strings.Contains(output, test.says) {
				t.Errorf("exit code %d, want %d; output %q", code, test.code, output)
			}
			if on := leftOn(output); len(on) > 0 || !strings.Contains(output, "READY") {
				t.Errorf("still on: %q, in %q", on, output)
			}
			if at := strings.Index(output, test.says); test.says != "" && strings.Contains(output[:at], "?1049h") &&
				!strings.Contains(output[:at], "?1049l") {
				t.Errorf("said on the alternate screen, where it vanishes: %q", output)
			}
		})
	}
}

// TestRestoreClosedWindow: a process whose terminal goes away ends.
func TestRestoreClosedWindow(t *testing.T) {
	master, tty := openPTY(t)
	process := startHelper(t, tty, "signal in a session")
	_ = tty.Close()
	b := make([]byte, 1<<16)
	for shown := ""; !strings.Contains(shown, "READY"); {
		n, err := master.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		shown += string(b[:n])
	}
	_ = master.Close()
	if code := exitCode(t, process); code != 128+1 && code != 4 {
		t.Errorf("exit code %d", code)
	}
}

// signaller sends a signal when the process is ready.
type signaller struct {
	*display
	process *exec.Cmd
	signal  syscall.Signal
}

func (s *signaller) Write(b []byte) (int, error) {
	n, err := s.display.Write(b)
	if s.signal != 0 && strings.Contains(s.String(), "READY") {
		err = errors.Join(err, s.process.Process.Signal(s.signal))
		s.signal = 0
	}
	return n, err
}

func startHelper(t *testing.T, tty *os.File, way string) *exec.Cmd {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), helperVariable+"="+way)
	process.Stdin, process.Stdout, process.Stderr = tty, tty, tty
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return process
}

func exitCode(t *testing.T, process *exec.Cmd) int {
	t.Helper()
	timer := time.AfterFunc(20*time.Second, func() { _ = process.Process.Kill() })
	defer timer.Stop()
	_ = process.Wait()
	return process.ProcessState.ExitCode()
}

// wayOut is the process: it has an interface on the alternate screen and takes the given way out.
func wayOut(way string) int {
	terminal, err := OpenTerminal(os.Stdin, os.Stdout)
	if err == nil {
		err = terminal.Start()
	}
	if err != nil {
		fmt.Println(err)
		return 9
	}
	defer terminal.Guard()
	defer terminal.Restore()
	ui := &helperUI{terminal}
	_ = ui.RestoreTerminal()
	switch way {
	case "normal end":
		ui.say("READY")
		_ = ui.ReleaseTerminal()
		return 0
	case "error":
		ui.say("READY\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[>1u\x1b[>4;2m\x1b[31m")
		return 1
	case "panic":
		ui.say("READY")
		panic("a bug")
	case "panic in a goroutine":
		ui.say("READY")
		terminal.guarded(func() { panic("a bug") })
		select {}
	}
	key, err := vt.ParseDetachKey("")
	if err == nil {
		err = terminal.HandOver(ui, key, func(fg *Foreground) { helperSession(fg, way) })
	}
	return helperCode(terminal, err)
}

func helperSession(fg *Foreground, way string) {
	_, _ = io.WriteString(fg.Out(), everythingOn+"\x1b[?1049hREADY")
	if way == "panic in a session" {
		panic("a bug")
	}
	<-fg.Done()
}

func helperCode(terminal *Terminal, err error) int {
	_ = terminal.Restore()
	var signal *SignalError
	var panicked *PanicError
	switch {
	case errors.As(err, &signal):
		number, _ := signal.Signal.(syscall.Signal)
		return 128 + int(number)
	case errors.As(err, &panicked):
		fmt.Println(err)
		return 3
	case errors.Is(err, ErrTerminalLost):
		return 4
	}
	return 0
}

// helperUI is as little of an interface as there can be.
type helperUI struct {
	terminal *Terminal
}

func (u *helperUI) say(s string) { _, _ = io.WriteString(u.terminal.Output(), s) }

func (u *helperUI) ReleaseTerminal() error {
	u.say("\x1b[?25h\x1b[?1049l")
	return nil
}

func (u *helperUI) Drain() []byte { return nil }

func (u *helperUI) RestoreTerminal() error {
	u.say("\x1b[?1049h\x1b[?25l")
	go io.Copy(io.Discard, u.terminal.Input())
	return nil
}
