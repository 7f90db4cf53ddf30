package session

import (
	"os"
	"os/signal"
	"slices"
	"sync"
)

// watchEnd sends the signals that end the process until stop is called.
func watchEnd() (ended chan os.Signal, stop func()) {
	ended = make(chan os.Signal, 4)
	signal.Notify(ended, endingSignals()...)
	return ended, func() { signal.Stop(ended) }
}

// WatchEnd sends the signals that end a process (SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGABRT) until stop is called. Who calls it
// sees to it that the process ends, by way of [Terminal.Restore]. While nobody does, such a signal ends the process with the terminal restored.
func (t *Terminal) WatchEnd() (ended <-chan os.Signal, stop func()) {
	taker := make(chan os.Signal, 4)
	t.endings.change(t, func(e *endings) { e.takers = append(e.takers, taker) })
	return taker, sync.OnceFunc(func() {
		t.endings.change(t, func(e *endings) {
			e.takers = slices.DeleteFunc(e.takers, func(c chan os.Signal) bool { return c == taker })
		})
	})
}

// guardSignals restores the terminal when a signal ends the process while nobody takes it: before the interface has begun, and after it
// has ended. It ends when stop is called.
func (t *Terminal) guardSignals() (stop func()) {
	t.endings.change(t, func(e *endings) { e.guarded = true })
	return func() { t.endings.change(t, func(e *endings) { e.guarded = false }) }
}

// endings brings each signal that ends the process to all who take them, or else to the terminal's guard. It is the one who listens: two
// listeners would see a signal at different times, and the guard would take one for untaken whose taker has only just left.
type endings struct {
	mu      sync.Mutex
	takers  []chan os.Signal
	guarded bool
	deaf    func() // ends the listening; nil: nobody listens
}

// change changes who takes signals, and listens as long as anybody does.
func (e *endings) change(t *Terminal, how func(*endings)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	how(e)
	switch wanted := e.guarded || len(e.takers) > 0; {
	case wanted && e.deaf == nil:
		signals, deaf := watchEnd()
		done := make(chan struct{})
		t.guarded(func() {
			for {
				select {
				case <-done:
					return
				case s := <-signals:
					if !e.bring(s) {
						_ = t.Restore()
						dieOf(s)
					}
				}
			}
		})
		e.deaf = func() {
			deaf()
			close(done)
		}
	case !wanted && e.deaf != nil:
		e.deaf()
		e.deaf = nil
	}
}

// bring reports whether somebody takes the signal. One that comes when the guard has gone is nobody's matter any more.
func (e *endings) bring(s os.Signal) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, taker := range e.takers {
		select {
		case taker <- s:
		default: // it has enough of them
		}
	}
	return len(e.takers) > 0 || !e.guarded
}
