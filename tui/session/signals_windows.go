package session

import (
	"os"
	"syscall"
	"time"
)

// sizePoll is how often the size is looked at: Windows tells only who reads its input records, and a session reads bytes.
const sizePoll = 250 * time.Millisecond

// watchSignals sends the signals that are a session's while it has the terminal. Stop it when it has not.
func (t *Terminal) watchSignals() (resized chan os.Signal, ended <-chan os.Signal, stop func()) {
	resized, deaf := watchResize()
	ended, stopEnded := t.WatchEnd()
	return resized, ended, func() {
		deaf()
		stopEnded()
	}
}

// endingSignals are those that end a process and can be taken.
func endingSignals() []os.Signal { return []os.Signal{syscall.SIGTERM, os.Interrupt} }

// watchResize says when to look at the size.
func watchResize() (resized chan os.Signal, stop func()) {
	resized = make(chan os.Signal, 1)
	ticker, done := time.NewTicker(sizePoll), make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			select {
			case resized <- nil:
			default:
			}
		}
	}()
	return resized, func() {
		ticker.Stop()
		close(done)
	}
}
