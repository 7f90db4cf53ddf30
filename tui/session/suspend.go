package session

import (
	"errors"
	"sync"
)

// ErrNotStopped is when the system ignored the request to stop: no shell with job control could have let the process go on.
var ErrNotStopped = errors.New("no shell with job control here to come back from")

// Suspend stops the process and its group, as Ctrl-Z does to a program that leaves that key to the terminal, and returns when a
// shell's fg has let it go on and the interface has drawn again. It is called as [Terminal.HandOver] is: from a goroutine of its
// own. Until then the terminal is as it was found and nothing reads it; what was typed behind the request to suspend was
// meant for the shell and is dropped, as far as it had been read. Modes that the shell sets meanwhile are those that
// [Terminal.Restore] goes back to.
//
// A signal that ends the process while it is stopped ends it at once, for the terminal is in order and is the shell's. The error is
// [ErrNotStopped] when nothing stopped, a [*SignalError] when a signal came on the way back: the caller quits then.
func (t *Terminal) Suspend(ui UI) error {
	t.turn.Lock()
	defer t.turn.Unlock()
	_, ended, stop := t.watchSignals()
	defer stop()
	if err := t.pump.hold(); err != nil {
		return err
	}
	if err := ui.ReleaseTerminal(); err != nil {
		t.pump.giveBack(nil)
		return errors.Join(err, ui.RestoreTerminal())
	}
	_ = ui.Drain()
	t.hearOut()
	err := t.standAside(t.pump.forget, t.halt)
	t.takeUp(nil)
	err = errors.Join(err, ui.RestoreTerminal())
	select {
	case s := <-ended:
		err = errors.Join(err, &SignalError{s})
	default:
	}
	return err
}

// standAside leaves the terminal as it was found, with nobody reading it, while the process is stopped. meanwhile is called when
// nothing is read any more, and halt then stops the process, or does what else another has the terminal for.
func (t *Terminal) standAside(meanwhile func(), halt func() error) error {
	t.pump.pause()
	defer t.pump.goOn()
	meanwhile()
	t.mu.Lock()
	saved := t.saved
	t.aside = true
	t.mu.Unlock()
	if saved == nil {
		return nil
	}
	err := saved.restore(t.in, t.out)
	if err == nil {
		err = halt()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.aside = false
	if t.saved == nil {
		return err // restored for good meanwhile
	}
	found, rawErr := makeRaw(t.in, t.out)
	if rawErr == nil {
		t.saved = found
	}
	return errors.Join(err, rawErr)
}

// WatchJobs takes the signals of job control from outside until stop is called. suspend is called for a request to stop (kill -TSTP) and
// should lead to [Terminal.Suspend]. redraw is called when the process goes on after a stop that it was not asked about
// (kill -STOP): the terminal is raw again, but the screen may be another's. A session in the foreground stops and goes on
// without either: its program's modes stay, as they do under ssh.
func (t *Terminal) WatchJobs(suspend, redraw func()) (stop func()) {
	signals, end := t.jobSignals()
	done := t.guarded(func() {
		for wantsStop := range signals {
			front := t.inFront()
			switch {
			case front != nil && wantsStop:
				front.askToStop()
			case wantsStop && t.runs():
				_ = t.halt() // with the program, which has put the terminal in order
			case wantsStop:
				suspend()
			case !t.rawAgain():
			case front != nil:
				front.Redraw()
			default:
				redraw()
			}
		}
	})
	return sync.OnceFunc(func() {
		end()
		<-done
	})
}

// rawAgain makes the terminal raw as after Start, unless it is not ours now.
func (t *Terminal) rawAgain() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.saved == nil || t.aside {
		return false
	}
	_, err := makeRaw(t.in, t.out)
	return err == nil
}

func (t *Terminal) inFront() *Foreground {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.front
}

// stopInFront is [Terminal.Suspend] while a session has the terminal.
func (t *Terminal) stopInFront(fg *Foreground) {
	_ = t.standAside(func() {}, t.halt) // when it cannot stop, the session goes on
	if size, err := t.Size(); err == nil {
		fg.size.set(size)
	}
	fg.Redraw()
}
