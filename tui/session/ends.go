package session

import (
	"bytes"
	"sync/atomic"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Input is the terminal's input as the interface sees it. It has Fd, because that is how Bubble Tea finds a terminal, and no
// Name, because with one Bubble Tea would wait for the descriptor itself, beside the pump. While a session has the
// terminal, Read returns io.EOF.
type Input struct {
	t *Terminal
}

// Read waits for keys. When the terminal is gone, the error is [ErrTerminalLost], which ends the interface.
func (i *Input) Read(b []byte) (int, error) { return i.t.pump.readUI(b) }

// Write writes to the terminal; a file has it, so Bubble Tea wants it.
func (i *Input) Write(b []byte) (int, error) { return i.t.output.Write(b) }

// Fd is the terminal's descriptor, for its modes.
func (i *Input) Fd() uintptr { return i.t.in.Fd() }

// Close does nothing: the input ends with [Terminal.Restore].
func (i *Input) Close() error { return nil }

// Output is the terminal's output as the interface sees it. It remembers whether the interface is on the alternate screen,
// which is the one thing that [Terminal.Restore] must not undo unless it was done.
type Output struct {
	t   *Terminal
	alt atomic.Int32
}

// Write passes b on unchanged. The interface writes whole sequences, so none is cut between two calls.
func (o *Output) Write(b []byte) (int, error) {
	if i := bytes.LastIndex(b, []byte("\x1b[?1049")); i >= 0 && i+7 < len(b) {
		switch b[i+7] {
		case 'h':
			o.alt.Store(vt.AltScreen)
		case 'l':
			defer o.alt.Store(0)
		}
	}
	return o.t.out.Write(b)
}

// Read is there because a file has it; reading is [Input]'s.
func (o *Output) Read(b []byte) (int, error) { return o.t.input.Read(b) }

// Fd is the terminal's descriptor, for its size and colours.
func (o *Output) Fd() uintptr { return o.t.out.Fd() }

// Close does nothing.
func (o *Output) Close() error { return nil }
