package session

import (
	"errors"
	"os"
	"syscall"
)

// Run gives the terminal to a program of this machine, such as an editor, until run returns. It is called as [Terminal.HandOver] is: from a goroutine of its own.
// The program has the terminal as it was found, nothing else reads it, and the screen is the main one. What was typed before it began is dropped: it was not meant for
// it. Ctrl-C is the program's, and at Ctrl-Z dayfly stops with it.
//
// The error is that of run, or a [*SignalError] when a signal came that ends the process: the caller quits then.
func (t *Terminal) Run(ui UI, run func(in, out *os.File) error) error {
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
	err := t.standAside(t.pump.forget, func() error {
		t.setProgram(true)
		defer t.setProgram(false)
		return run(t.in, t.out)
	})
	t.takeUp(nil)
	err = errors.Join(err, ui.RestoreTerminal())
	for {
		select {
		case s := <-ended:
			if s == os.Interrupt || s == syscall.SIGINT { // it was the program's, which shares our process group
				continue
			}
			return errors.Join(err, &SignalError{s})
		default:
			return err
		}
	}
}

func (t *Terminal) setProgram(runs bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.program = runs
}

// runs reports whether a program has the terminal.
func (t *Terminal) runs() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.program
}
