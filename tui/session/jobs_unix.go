//go:build unix

package session

import (
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// CanSuspend reports whether processes can be stopped and go on here.
const CanSuspend = true

// How long a stop may take to come into force, and the news of its end to arrive when the process goes on.
const (
	stopPatience = 250 * time.Millisecond
	newsPatience = 250 * time.Millisecond
)

// jobSignals tells true for each request to stop and false for each end of a stop, until end is called.
func (t *Terminal) jobSignals() (wantsStop <-chan bool, end func()) {
	signals, told, done := make(chan os.Signal, 4), make(chan bool), make(chan struct{})
	signal.Notify(signals, syscall.SIGTSTP, syscall.SIGCONT)
	go func() {
		defer close(told)
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				select {
				case told <- s == syscall.SIGTSTP:
				case <-done:
					return
				}
			}
		}
	}()
	return told, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(done)
	})
}

// haltGroup stops the process group as the terminal does at Ctrl-Z: only the system knows whether the group is orphaned, that is
// whether anybody could let it go on, and ignores the signal if not. It returns when the group goes on
// in the foreground; let go on in the background it stops again, because it can do nothing without its terminal.
func (t *Terminal) haltGroup() error {
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	ended, stop := watchEnd()
	defer stop()
	for {
		restore, err := stopGroup()
		if err != nil {
			return errors.Join(ErrNotStopped, err)
		}
		// A clock runs on while the process is stopped, so the first wait may be over although it was; then the
		// news comes within the second.
		stopped := comes(goesOn, ended, stopPatience) || comes(goesOn, ended, newsPatience)
		restore()
		switch {
		case !stopped:
			return ErrNotStopped
		case inForeground(t.in):
			return nil
		}
		comes(nil, ended, newsPatience) // a shell's kill of a stopped job sends two signals
		if inForeground(t.in) {
			return nil
		}
	}
}

// comes reports whether the process goes on within some time. If a signal ends it instead, it does not return.
func comes(goesOn, ended <-chan os.Signal, within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case s := <-ended:
		dieOf(s)
	case <-goesOn:
		return true
	case <-timer.C:
	}
	return false
}

// dieOf ends the process by a signal's default action, of SIGTERM where another would make the runtime dump its goroutines. Leaving in the
// usual way would set the modes of a terminal that is a shell's now, and the system would stop the process for that instead.
func dieOf(s os.Signal) {
	number, ok := s.(syscall.Signal)
	if !ok {
		return
	}
	if s == syscall.SIGQUIT || s == syscall.SIGABRT {
		number = syscall.SIGTERM
	}
	signal.Reset(number)
	_ = syscall.Kill(syscall.Getpid(), number)
	select {}
}

// inForeground reports whether the process group has the terminal; also when that cannot be known.
func inForeground(tty *os.File) bool {
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err != nil || group == syscall.Getpgrp()
}
