package session

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// UI is the interface that lends the terminal: a Bubble Tea program and its model.
type UI interface {
	// ReleaseTerminal stops reading keys and drawing, and returns when all keys that were read are in the interface's hands.
	ReleaseTerminal() error
	// Drain returns, as the bytes a terminal sends, the keys that have come since the hand-over was decided, and forgets
	// them: they were meant for the session. It is called once between the two others and must not wait for a dead interface.
	Drain() []byte
	// RestoreTerminal takes the terminal back and draws.
	RestoreTerminal() error
}

// How long the terminal may need for the last output of a session, in all and without taking a byte.
const (
	lastOutput      = 3 * time.Second
	lastOutputStill = time.Second
)

// HandOver gives the terminal to run and takes it back when run returns. It is called from a goroutine of its own, such as a
// Bubble Tea command, never from the interface's loop; a second call waits for the first. run must not keep fg.
//
// Every key goes to exactly one side: what was typed before the hand-over was decided, to the interface; from there to the detach
// key, to the session; behind that, to the interface again. While run has the terminal, its size, SIGTERM, SIGHUP and SIGINT
// go to fg. The error is a [*SignalError] when such a signal came, whatever run made of it: the caller quits then. It
// is [ErrTerminalLost] when the terminal is gone, a [*PanicError] when run panicked, or says why the interface did not let go or come
// back. In every case the interface has the terminal again, as far as it took it.
func (t *Terminal) HandOver(ui UI, key vt.DetachKey, run func(fg *Foreground)) error {
	t.turn.Lock()
	defer t.turn.Unlock()
	resized, ended, stop := t.watchSignals()
	defer stop()
	if err := t.pump.hold(); err != nil {
		return err
	}
	if err := ui.ReleaseTerminal(); err != nil {
		t.pump.giveBack(nil)
		return errors.Join(err, ui.RestoreTerminal())
	}
	typed := ui.Drain()
	size, err := t.Size()
	if err != nil {
		t.pump.giveBack(typed)
		return errors.Join(err, ui.RestoreTerminal())
	}
	fg := newForeground(t.out, size, key)
	fg.scan.Owed = t.owed
	rest, err := t.lease(fg, typed, run, resized, ended)
	t.takeUp(rest)
	err = errors.Join(err, ui.RestoreTerminal())
	select {
	case s := <-ended: // between the end of the session and here
		err = errors.Join(err, &SignalError{s})
	default:
	}
	return err
}

// lease runs the session and leaves the terminal in order. It returns the keys that are the interface's.
func (t *Terminal) lease(
	fg *Foreground, typed []byte, run func(*Foreground), resized, ended <-chan os.Signal,
) (rest []byte, err error) {
	t.setFront(fg)
	defer t.setFront(nil)
	watched := t.guarded(func() { t.watch(fg, resized, ended) })
	t.guarded(func() { fg.feed(t.pump, typed) })
	t.guarded(fg.screen.run)
	err = caught(func() { run(fg) })
	t.clean(fg)
	rest = fg.end()
	<-watched
	if cause := fg.Cause(); cause != nil && !errors.Is(cause, ErrDetached) {
		err = errors.Join(cause, err)
	}
	return rest, err
}

// guarded runs f on a goroutine of its own; done is closed when it has ended.
func (t *Terminal) guarded(f func()) (done <-chan struct{}) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer t.Guard()
		f()
	}()
	return ended
}

// watch brings signals to the foreground.
func (t *Terminal) watch(fg *Foreground, resized, ended <-chan os.Signal) {
	for {
		select {
		case <-fg.stop:
			return
		case <-resized:
			if size, err := t.Size(); err == nil {
				fg.size.set(size)
			}
		case <-fg.jobs:
			t.stopInFront(fg)
		case s := <-ended:
			fg.finish(&SignalError{s})
		}
	}
}

// clean writes what is left of the output and a reset of what the program has turned on.
func (t *Terminal) clean(fg *Foreground) {
	if fg.screen.drain(lastOutput, lastOutputStill) {
		fg.screen.close()
		<-fg.screen.gone
	}
	fg.screen.abandon()
	on := fg.screen.state.Modes()
	reset := vt.ResetSequence(on)
	if fg.screen.state.Asked.Any() {
		reset += lastQuestion // what the program has asked last may be answered when it has gone
		t.owed.Add(vt.AskAttributes)
	}
	if on.Alt == 0 && fg.screen.inLine() {
		reset += "\r\n"
	}
	t.writeSoon(reset)
}

// outputPatience bounds how long a few bytes may take to be written. A terminal that takes no output (Ctrl-S) gets them later.
const outputPatience = 500 * time.Millisecond

// writeSoon writes s, and waits for that no longer than outputPatience.
func (t *Terminal) writeSoon(s string) { within(t.write(s), outputPatience) }

// writeLast writes what puts the terminal in order before the process ends. If it takes no output, what it has not taken is dropped in favour of s.
func (t *Terminal) writeLast(s string) {
	written := t.write(s)
	if !within(written, outputPatience) {
		dropOutput(t.out)
		within(written, outputPatience)
	}
}

// write writes s on a goroutine of its own; written is closed when that is done.
func (t *Terminal) write(s string) (written <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.WriteString(t.out, s)
	}()
	return done
}

// within reports whether done is closed in some time.
func within(done <-chan struct{}, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

func (t *Terminal) setFront(fg *Foreground) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.front = fg
}
