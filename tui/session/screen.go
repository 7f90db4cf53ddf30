package session

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

const (
	// maxBehind is how far the terminal may be behind the link before the link has to wait. A link whose reader waits for about a
	// minute is dead, so this is what a person may let come in under Ctrl-S.
	maxBehind   = 4 << 20
	screenChunk = 32 << 10
	// spareOutput is how much room is kept for the next output.
	spareOutput = 1 << 20
)

// errStalled is when the terminal takes no output, as behind Ctrl-S.
var errStalled = errors.New("the terminal takes no output")

// screen is the terminal's output during a session. Writers do not wait for the terminal; a goroutine writes for them, through
// the rules for live output.
type screen struct {
	w      io.Writer
	state  vt.LiveFilter
	filter vt.Filter
	pass   func([]byte) []byte // what of the output goes to w
	still  time.Duration       // how long w may take nothing before output is only kept; 0: it is waited for
	note   func(string)        // takes dayfly's own words where w is none for them

	mu      sync.Mutex
	cond    *sync.Cond
	pending []byte
	writing bool
	closed  bool  // nothing more is taken
	dropped bool  // nothing more is written either
	taken   int64 // bytes
	written int64 // bytes of them, to see whether the terminal moves
	column  bool  // the last byte taken was not the end of a line
	err     error
	gone    chan struct{} // closed when the goroutine has ended
}

func newScreen(w io.Writer) *screen {
	s := &screen{w: w, still: stallPatience, gone: make(chan struct{})}
	s.cond = sync.NewCond(&s.mu)
	s.filter.Rules = s.state.Rules()
	s.pass = s.filter.Pass
	return s
}

// Write takes p; it waits only when the terminal is far behind. Its error is an earlier one of the terminal.
func (s *screen) Write(p []byte) (int, error) {
	if err := s.writeWithin(p, 0); err != nil {
		return 0, err
	}
	return len(p), nil
}

// writeWithin is Write, but for that it does not wait for a terminal that takes nothing for so long (0: it does): then it has taken
// nothing, and the error is errStalled.
func (s *screen) writeWithin(p []byte, still time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full(p) && still > 0 {
		defer s.watch(still)()
	}
	for moved, at := s.written, time.Now(); s.full(p); {
		s.cond.Wait()
		if s.written != moved {
			moved, at = s.written, time.Now()
		}
		if still > 0 && s.full(p) && time.Since(at) >= still {
			return errStalled
		}
	}
	switch {
	case s.err != nil:
		return s.err
	case s.closed:
		return io.ErrClosedPipe
	case len(p) == 0:
		return nil
	}
	s.pending = append(s.pending, p...)
	s.taken += int64(len(p))
	s.column = p[len(p)-1] != '\n'
	s.cond.Broadcast()
	return nil
}

// full reports whether p has to wait. The lock is held.
func (s *screen) full(p []byte) bool {
	return len(s.pending) > 0 && len(s.pending)+len(p) > maxBehind && !s.closed && s.err == nil
}

// watch wakes who waits for the terminal, now and then. The lock is held, also when stop is called.
func (s *screen) watch(still time.Duration) (stop func()) {
	var wake *time.Timer
	stopped := false // it may fire, and wait for the lock, as it is stopped
	wake = time.AfterFunc(still, func() {
		s.change(func() {
			if !stopped {
				wake.Reset(still)
			}
		})
	})
	return func() {
		stopped = true
		wake.Stop()
	}
}

// idle waits until everything that was taken is written, and tells whether the screen is there to write more.
func (s *screen) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for (len(s.pending) > 0 || s.writing) && !s.closed && s.err == nil {
		s.cond.Wait()
	}
	return !s.closed && s.err == nil
}

// leave ends the screen as close does, and tells how much has been taken and not written.
func (s *screen) leave() (behind int64) {
	s.change(func() { s.closed, behind = true, s.taken-s.written })
	return behind
}

// run writes to the terminal until the screen is closed and everything is written.
func (s *screen) run() {
	defer close(s.gone)
	var spare []byte
	for {
		batch := s.take(spare)
		if len(batch) == 0 {
			return
		}
		for rest := batch; len(rest) > 0 && !s.useless(); {
			n := min(len(rest), screenChunk)
			s.progress(n, writeAll(s.w, s.pass(rest[:n])))
			rest = rest[n:]
		}
		if spare = batch[:0]; cap(spare) > spareOutput {
			spare = nil // a flood is over, or the terminal has caught up
		}
	}
}

// take waits for output and takes all of it, leaving spare to be filled. It is empty at the end.
func (s *screen) take(spare []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = false
	s.cond.Broadcast()
	for len(s.pending) == 0 && !s.closed {
		s.cond.Wait()
	}
	batch := s.pending
	s.pending, s.writing = spare, len(batch) > 0
	s.cond.Broadcast()
	return batch
}

func writeAll(w io.Writer, p []byte) error {
	if len(p) == 0 {
		return nil
	}
	_, err := w.Write(p)
	return err
}

func (s *screen) progress(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written += int64(n)
	if err != nil && s.err == nil {
		s.err = err
	}
	s.cond.Broadcast()
}

// useless reports whether the rest of a batch need not be written any more.
func (s *screen) useless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped || s.err != nil
}

// drain waits until everything taken is written, but not longer than limit in all, and not much longer than still without the
// terminal taking a byte. It says whether all is written.
func (s *screen) drain(limit, still time.Duration) bool {
	var late, stopped bool // it may fire, and wait for the lock, as it is stopped
	var moved int64 = -1
	over := time.AfterFunc(limit, func() { s.change(func() { late = true }) })
	defer over.Stop()
	var look *time.Timer
	look = time.AfterFunc(still, func() {
		s.change(func() {
			late = late || s.written == moved
			moved = s.written
			if !stopped {
				look.Reset(still)
			}
		})
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { stopped = true; look.Stop() }() // under the lock
	for (len(s.pending) > 0 || s.writing) && !late && s.err == nil {
		s.cond.Wait()
	}
	return len(s.pending) == 0 && !s.writing
}

func (s *screen) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.cond.Broadcast()
}

// close ends the screen when everything is written.
func (s *screen) close() { s.change(func() { s.closed = true }) }

// abandon ends the screen and drops what is not written. A write that hangs in the terminal comes to its end first.
func (s *screen) abandon() {
	s.change(func() { s.closed, s.dropped, s.pending = true, true, nil })
}

// inLine reports whether the cursor was left in the middle of a line.
func (s *screen) inLine() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.column
}
