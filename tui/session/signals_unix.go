//go:build unix

package session

import (
	"os"
	"os/signal"
	"syscall"
)

// watchSignals sends the signals that are a session's while it has the terminal. Stop it when it has not.
func watchSignals() (resized, ended chan os.Signal, stop func()) {
	resized, deaf := watchResize()
	ended = make(chan os.Signal, 4)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGHUP, os.Interrupt)
	return resized, ended, func() {
		deaf()
		signal.Stop(ended)
	}
}

// watchResize sends the signal of a change of the terminal's size.
func watchResize() (resized chan os.Signal, stop func()) {
	resized = make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	return resized, func() { signal.Stop(resized) }
}
