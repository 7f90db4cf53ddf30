//go:build unix

package session

import (
	"os"
	"os/signal"
	"syscall"
)

// watchSignals sends the signals that are a session's while it has the terminal. Stop it when it has not.
func (t *Terminal) watchSignals() (resized chan os.Signal, ended <-chan os.Signal, stop func()) {
	resized, deaf := watchResize()
	ended, stopEnded := t.WatchEnd()
	return resized, ended, func() {
		deaf()
		stopEnded()
	}
}

// endingSignals are those whose default action ends a Go process and that package os/signal can take (see "Default behavior of signals"
// there). The others end it with a dump of the runtime (SIGSEGV and its like) or do nothing.
func endingSignals() []os.Signal {
	return []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGABRT}
}

// watchResize sends the signal of a change of the terminal's size.
func watchResize() (resized chan os.Signal, stop func()) {
	resized = make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	return resized, func() { signal.Stop(resized) }
}
