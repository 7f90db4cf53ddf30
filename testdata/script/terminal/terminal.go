// Package terminal drives a real program in a real pty, as a person at a terminal would: it presses keys and waits for what is to
// be seen. Waiting is woken by output, it never looks again after some time.
//
//	t, err := terminal.Start(terminal.Program{Path: "dayfly", Cols: 100, Rows: 40})
//	defer t.Close()
//	err = t.WaitFor(10*time.Second, "the list", func(s terminal.Screen) bool { return s.Has("READY") })
//	err = t.Press("d", "enter")
package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/term"
)

// Program is what to run, and the size of its terminal.
type Program struct {
	Path       string
	Args       []string
	Env        []string // nil: this process's
	Cols, Rows int
}

// Terminal is a program in a pty whose output feeds an emulator. Its methods may be called from any goroutine.
type Terminal struct {
	cmd           *exec.Cmd
	master, slave *os.File
	before, after *term.State
	name          string
	hold          gate // shut while nothing is read

	mu      sync.Mutex
	raw     []byte
	arrived []arrival
	silent  bool          // the emulator gets nothing
	changed chan struct{} // closed and replaced at each change
	broken  error         // the emulator gave up
	exit    int
	ended   chan struct{} // closed when the program has ended and all its output is in

	draw     sync.Mutex // guards what follows
	emulator *vt.Emulator
	hidden   bool // the cursor
}

// Start runs a program. The caller must Close the terminal.
func Start(p Program) (*Terminal, error) {
	master, slave, err := openPTY()
	if err != nil {
		return nil, err
	}
	t := &Terminal{
		master: master, slave: slave, name: p.Path,
		changed: make(chan struct{}), ended: make(chan struct{}), emulator: vt.NewEmulator(p.Cols, p.Rows),
	}
	t.emulator.SetCallbacks(vt.Callbacks{CursorVisibility: func(visible bool) { t.hidden = !visible }})
	if err := t.size(p.Cols, p.Rows); err != nil {
		return nil, errors.Join(err, master.Close(), slave.Close())
	}
	if t.before, err = term.GetState(int(slave.Fd())); err != nil {
		return nil, errors.Join(fmt.Errorf("read the modes of the pty: %w", err), master.Close(), slave.Close())
	}
	t.cmd = exec.Command(p.Path, p.Args...)
	t.cmd.Env = p.Env
	t.cmd.Stdin, t.cmd.Stdout, t.cmd.Stderr = slave, slave, slave
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := t.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", p.Path, err), master.Close(), slave.Close())
	}
	read := make(chan struct{})
	go t.read(read)
	go t.answer()
	go t.await(read)
	return t, nil
}

// read takes the output until the last holder of the pty's other end is gone.
func (t *Terminal) read(done chan<- struct{}) {
	defer close(done)
	chunk := make([]byte, 64<<10)
	for {
		t.hold.pass()
		n, err := t.master.Read(chunk)
		if n > 0 {
			t.take(chunk[:n])
		}
		if err != nil {
			return
		}
	}
}

// take wakes those who wait for bytes before those who wait for a screen, so that drawing is in no measurement.
func (t *Terminal) take(b []byte) {
	t.mu.Lock()
	t.raw = append(t.raw, b...)
	t.arrived = append(t.arrived, arrival{time.Now(), len(t.raw)})
	silent := t.silent || t.broken != nil
	t.notify()
	t.mu.Unlock()
	if silent {
		return
	}
	err := t.feed(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.broken = err
	t.notify()
}

// feed draws. The emulator panics on some input; then the terminal is blind from there on, and says so.
func (t *Terminal) feed(b []byte) (err error) {
	t.draw.Lock()
	defer t.draw.Unlock()
	return t.drawn(b)
}

// drawn feeds the emulator; the lock of drawing is held.
func (t *Terminal) drawn(b []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the emulator panicked (%v) on %q", r, b)
		}
	}()
	_, err = t.emulator.Write(b)
	return err
}

// allAnswered is what no program asks for: behind it, all answers have been typed.
const allAnswered = "\x1b_all answered\x1b\\"

// answer types what the emulator answers to the program's questions: colours, the place of the cursor.
func (t *Terminal) answer() {
	chunk := make([]byte, 4<<10)
	for {
		n, err := t.emulator.Read(chunk)
		if err != nil {
			return
		}
		if string(chunk[:n]) != allAnswered {
			_, _ = t.master.Write(chunk[:n]) // which fails when the program has ended
		}
	}
}

// answered waits until the answers to all that is drawn have been typed: a terminal answers before it takes the next key, and never in the middle
// of one.
func (t *Terminal) answered() {
	t.draw.Lock()
	defer t.draw.Unlock()
	t.emulator.SendText(allAnswered) // returns when it has been read, behind the answers
}

// await takes down how the program ends and how it leaves its terminal.
func (t *Terminal) await(read <-chan struct{}) {
	_ = t.cmd.Wait() // told by the exit code
	t.after, _ = term.GetState(int(t.slave.Fd()))
	_ = t.slave.Close()
	<-read
	t.mu.Lock()
	defer t.mu.Unlock()
	t.exit = t.cmd.ProcessState.ExitCode()
	if status, ok := t.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		t.exit = 128 + int(status.Signal())
	}
	close(t.ended)
	t.notify()
}

// notify wakes everyone who waits. The lock is held.
func (t *Terminal) notify() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// Close kills the program and what it has started, if it still runs, and gives the pty back.
func (t *Terminal) Close() error {
	// The group, because what the program has started holds the terminal too. An error says that nobody is left.
	_ = syscall.Kill(-t.cmd.Process.Pid, syscall.SIGKILL)
	t.hold.set(false)
	<-t.ended
	var err error
	if pipe, ok := t.emulator.InputPipe().(io.Closer); ok {
		err = pipe.Close() // ends answer; the emulator's own Close races with its Read
	}
	if gone := t.master.Close(); !errors.Is(gone, os.ErrClosed) { // it may have hung up
		err = errors.Join(err, gone)
	}
	return err
}

// Type sends text as it is.
func (t *Terminal) Type(text string) error {
	t.answered()
	return t.write(text)
}

func (t *Terminal) write(text string) error {
	if _, err := t.master.WriteString(text); err != nil {
		return fmt.Errorf("type %q: %w", text, err)
	}
	return nil
}

// Press sends keys by their names: "enter", "esc", "up", "ctrl+]", or a single character. After "esc" wait for what it does
// before the next key: together they would be another key.
func (t *Terminal) Press(keys ...string) error {
	for _, key := range keys {
		text, err := keyBytes(key)
		if err != nil {
			return err
		}
		if err := t.Type(text); err != nil {
			return err
		}
	}
	return nil
}

// Signal sends a signal to the program.
func (t *Terminal) Signal(s os.Signal) error {
	if err := t.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("send %s: %w", s, err)
	}
	return nil
}

// Mute keeps what comes from now on from the emulator, or lets it through again: an emulator is slower than a pty.
func (t *Terminal) Mute(silent bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.silent = silent
}

// arrival is when the output up to a place was in.
type arrival struct {
	at  time.Time
	end int
}
