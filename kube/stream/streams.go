package stream

import (
	"io"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Streams is the local end of an attach.
type Streams struct {
	// In is what the remote program reads. Its EOF ends the attach and leaves the container running: that is
	// how a session detaches. It is never os.Stdin: a reader that cannot be closed would eat the next key.
	// Nil attaches without input.
	In io.Reader
	// Out receives what the program writes. A Write may block: the program waits then, as it does at a terminal, and a link that dies
	// meanwhile is noticed afterwards.
	Out io.Writer
	// Err receives what the program writes to its other stream, without a TTY, from a goroutine of its own. Nil: Out receives that too.
	Err io.Writer
	// TTY must be what the container was created with. With a TTY there is no separate stream of errors.
	TTY bool
	// Bulk says that much goes over them, as a file: SPDY is tried first then. It carries a third more of what comes and twice of what is sent, measured on two
	// cores, since the API server passes its bytes on, where it translates WebSocket's into SPDY's for the node.
	Bulk bool
	// Sizes carries the terminal's size, the first value at once. Close it when the attach has returned.
	Sizes <-chan kube.Size
	// Opened is called once, when the container's end of the streams has answered: nothing is read from In and Sizes before. It may be nil.
	Opened func()
	// Broke is called when a connection was lost before the container's end had answered on it, and the streams are opened once more. The
	// container may have been attached to and left in between, so that a program whose input ends with the first to bring it has seen its
	// end. It may be nil.
	Broke func()
}

// errors is where the other stream goes.
func (s Streams) errors() io.Writer {
	if s.Err == nil {
		return s.Out
	}
	return s.Err
}
