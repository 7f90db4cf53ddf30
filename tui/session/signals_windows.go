package session

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// sizePoll is how often the size is looked at: Windows tells only who reads its input records, and a session reads bytes.
const sizePoll = 250 * time.Millisecond

// watchSignals sends the signals that are a session's while it has the terminal. Stop it when it has not.
func watchSignals() (resized, ended chan os.Signal, stop func()) {
	resized, deaf := watchResize()
	ended = make(chan os.Signal, 4)
	signal.Notify(ended, syscall.SIGTERM, os.Interrupt)
	return resized, ended, func() {
		deaf()
		signal.Stop(ended)
	}
}

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
