package session

import (
	"os"
	"os/signal"
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
	t.takers.Add(1)
	signals, deaf := watchEnd()
	return signals, sync.OnceFunc(func() {
		deaf()
		t.takers.Add(-1)
	})
}

// guardSignals restores the terminal when a signal ends the process while nobody takes it: before the interface has begun, and after it
// has ended. It ends when stop is called.
func (t *Terminal) guardSignals() (stop func()) {
	signals, deaf := watchEnd()
	done := make(chan struct{})
	t.guarded(func() {
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				if t.takers.Load() == 0 {
					_ = t.Restore()
					dieOf(s)
				}
			}
		}
	})
	return func() {
		deaf()
		close(done)
	}
}
