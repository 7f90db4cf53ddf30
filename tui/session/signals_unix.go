//go:build unix

package session

import (
	"os"
	"os/signal"
	"syscall"
)

// watchSignals sends the signals that are a session's while it has the terminal. Stop it when it has not.
func watchSignals() (resized, ended chan os.Signal, stop func()) {
	resized, ended = make(chan os.Signal, 1), make(chan os.Signal, 4)
	signal.Notify(resized, syscall.SIGWINCH)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGHUP, os.Interrupt)
	return resized, ended, func() {
		signal.Stop(resized)
		signal.Stop(ended)
	}
}
