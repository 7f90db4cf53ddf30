// Package streams is what passes between a client's connection and a container: the API server of the practice cluster
// hands it to the kubelet, for attach and for exec.
package streams

import (
	"fmt"
	"io"
)

// Size is that of a terminal, in cells.
type Size struct {
	Width, Height uint16
}

// Streams is one client's connection. What is nil was not asked for. With a TTY there is no Stderr.
type Streams struct {
	Stdin          io.Reader // its end is the client's end of input
	Stdout, Stderr io.Writer
	TTY            bool
	Resize         <-chan Size // closed with the connection; nil without a TTY
}

// Container names a container of a pod, of whatever kind.
type Container struct {
	Namespace, Pod, Name string
}

// ExitError is the end of a process that was not a success. It is how an exec tells its exit code.
type ExitError struct {
	Code int   // 128+n for the end by signal n, as shells count; 126 and 127 as the runtime gives them
	Err  error // why, in the runtime's words, when it could not be started; nil otherwise
}

func (e *ExitError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return fmt.Sprintf("command terminated with exit code %d", e.Code)
}

func (e *ExitError) Unwrap() error { return e.Err }
