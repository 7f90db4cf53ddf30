package session

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// ErrDetached is the cause of a foreground that ended because its person pressed the detach key.
var ErrDetached = errors.New("detached")

// ErrTerminalLost is the cause when the terminal itself is gone: its window was closed or its line was cut.
var ErrTerminalLost = errors.New("the terminal is gone")

// NoTerminalError says which of the two ends is not a terminal. A full-screen program needs both.
type NoTerminalError struct {
	Stdin, Stdout bool // true: this one is not a terminal
}

func (e *NoTerminalError) Error() string {
	var ends []string
	if e.Stdin {
		ends = append(ends, "stdin")
	}
	if e.Stdout {
		ends = append(ends, "stdout")
	}
	verb := "is"
	if len(ends) > 1 {
		verb = "are"
	}
	return fmt.Sprintf("%s %s not a terminal", strings.Join(ends, " and "), verb)
}

// SignalError is the cause when a signal ended the foreground. Who gets it quits as if the signal had come to the
// interface: the terminal is in order again, the signal has been taken and will not come twice.
type SignalError struct {
	Signal os.Signal
}

func (e *SignalError) Error() string { return "ended by signal: " + e.Signal.String() }

// PanicError is a panic on the way of a session, caught so that the terminal could be restored first.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic in a session: %v", e.Value) }

// Unwrap lets errors.Is and errors.As look through a panic with an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// caught turns a panic of f into an error.
func caught(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &PanicError{Value: r, Stack: debug.Stack()}
		}
	}()
	f()
	return nil
}
