package session

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"sync"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Terminal is the terminal that the process has been started in. There is one for the whole life of the process:
// [OpenTerminal], [Terminal.Start] before the interface begins, any number of [Terminal.HandOver], [Terminal.Restore] at the end.
type Terminal struct {
	in, out *os.File
	pump    *pump
	owed    *vt.OwedAnswers
	input   *Input
	output  *Output
	turn    sync.Mutex // held during a hand-over

	mu      sync.Mutex
	saved   *savedModes // nil: not started, or restored
	front   *Foreground // nil: the interface has the terminal
	aside   bool        // it is a shell's for now, or a program's: see standAside
	program bool        // it is a program's: see Run
	started bool
	halt    func() error // stops the process until it goes on

	unguard   func()     // ends what Start has begun to watch
	restoring sync.Mutex // held while the terminal is restored, so that who comes second does not leave before
	endings   endings
}

// OpenTerminal looks at the two ends of the terminal, usually os.Stdin and os.Stdout. When one of them is none, the error is a
// [*NoTerminalError]. Nothing is changed and nothing is read yet.
func OpenTerminal(in, out *os.File) (*Terminal, error) {
	missing := NoTerminalError{Stdin: !term.IsTerminal(int(in.Fd())), Stdout: !term.IsTerminal(int(out.Fd()))}
	if missing.Stdin || missing.Stdout {
		return nil, &missing
	}
	src, err := newSource(in)
	if err != nil {
		return nil, err
	}
	t := &Terminal{in: in, out: out, pump: newPump(src), owed: vt.NewOwedAnswers()}
	t.pump.frames.Owed = t.owed
	t.halt = t.haltGroup
	t.input = &Input{t}
	t.output = &Output{t: t}
	return t, nil
}

// Start makes the terminal raw and begins to read it. It comes before the interface starts, so that what the interface takes for
// the terminal's original modes, and goes back to whenever it lets go, is raw too: there is never a moment in which keys are
// echoed or Ctrl-C kills. From here on every way out leads through [Terminal.Restore].
func (t *Terminal) Start() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.started {
		return nil
	}
	saved, err := makeRaw(t.in, t.out)
	if err != nil {
		return fmt.Errorf("make the terminal raw: %w", err)
	}
	t.saved, t.started = saved, true
	t.unguard = t.guardSignals()
	t.guarded(t.pump.run)
	return nil
}

// Restore gives the terminal back as it was found: modes of the line, screen, cursor, mouse, keyboard. It may be called from any
// goroutine, more than once, and with an interface or a session still writing. Afterwards nothing is read any more.
func (t *Terminal) Restore() error {
	t.restoring.Lock()
	defer t.restoring.Unlock()
	t.mu.Lock()
	saved, front := t.saved, t.front
	t.saved = nil
	t.mu.Unlock()
	if saved != nil && front == nil {
		t.hearOut()
	}
	t.pump.stop()
	if saved == nil {
		return nil
	}
	defer t.unguard()
	on := vt.Modes{Alt: t.output.alt.Load()}
	if front != nil {
		front.screen.abandon()
		on = front.screen.state.Modes()
	}
	t.writeLast(vt.ResetSequence(on))
	if err := saved.restore(t.in, t.out); err != nil {
		return fmt.Errorf("restore the terminal: %w", err)
	}
	return nil
}

// Guard is deferred first thing in goroutines of one's own: a panic there would otherwise leave the terminal raw and its message
// unreadable. It restores the terminal and panics on.
func (t *Terminal) Guard() {
	if r := recover(); r != nil {
		_ = t.Restore()
		panic(fmt.Sprintf("%v\n\n%s", r, debug.Stack()))
	}
}

// Size is the terminal's size now.
func (t *Terminal) Size() (kube.Size, error) {
	cols, rows, err := term.GetSize(int(t.out.Fd()))
	if err != nil {
		return kube.Size{}, fmt.Errorf("size of the terminal: %w", err)
	}
	return kube.Size{Cols: cells(cols), Rows: cells(rows)}, nil
}

func cells(n int) uint16 { return uint16(max(0, min(n, math.MaxUint16))) }

// Input is what the interface reads instead of stdin.
func (t *Terminal) Input() *Input { return t.input }

// Output is what the interface writes to instead of stdout.
func (t *Terminal) Output() *Output { return t.output }
