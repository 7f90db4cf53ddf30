//go:build unix

package session

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A program finds the terminal as dayfly has found it, reads it alone, and dayfly goes on afterwards.
func TestRun(t *testing.T) {
	r := newPTYRig(t)
	raw, found := modesOf(t, r.tty), *r.terminal.saved.line
	r.typeKeys("before")
	r.expect("before")
	wrong := errors.New("exit status 1")
	err := r.terminal.Run(r, func(in, _ *os.File) error {
		if modesOf(t, r.tty) != found {
			t.Error("the modes are not as found")
		}
		r.typeKeys("for the editor\n")
		line := make([]byte, 100)
		if n, err := unix.Read(int(in.Fd()), line); string(line[:n]) != "for the editor\n" {
			t.Errorf("it reads %q, %v", line[:n], err)
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("the error is %v", err)
	}
	r.typeKeys(" after")
	r.expect("before after")
	if modesOf(t, r.tty) != raw {
		t.Error("the terminal is not raw again")
	}
}

// Ctrl-C in a program that leaves it to the terminal does not end dayfly, and Ctrl-Z stops both.
func TestSignalsOfAProgram(t *testing.T) {
	r := newPTYRig(t)
	halted := make(chan struct{})
	r.terminal.halt = func() error { close(halted); return nil }
	stop := r.terminal.WatchJobs(func() { t.Error("the interface is asked to suspend") }, func() { t.Error("it draws") })
	defer stop()
	err := r.terminal.Run(r, func(*os.File, *os.File) error {
		kill(t, syscall.SIGINT)
		kill(t, syscall.SIGTSTP)
		<-halted
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	err = r.terminal.Run(r, func(*os.File, *os.File) error {
		heard, stop := r.terminal.WatchEnd() // the last that is told
		defer stop()
		kill(t, syscall.SIGTERM)
		<-heard
		return nil
	})
	var ended *SignalError
	if !errors.As(err, &ended) {
		t.Errorf("the error is %v", err)
	}
}
