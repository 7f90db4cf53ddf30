package session

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// consoleSource reads a Windows console. A Read that waits for a key cannot be woken; it ends with the process.
type consoleSource struct {
	console *os.File
}

func newSource(console *os.File) (source, error) { return &consoleSource{console}, nil }

// Read returns Ctrl-Z as the byte that it is: package os reports it as the end of the input.
func (s *consoleSource) Read(b []byte) (int, error) {
	n, err := s.console.Read(b)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		b[0] = 0x1a
		return 1, nil
	case err != nil:
		return n, fmt.Errorf("%w: %w", ErrTerminalLost, err)
	}
	return n, nil
}

// Interrupt cannot wake a Read; nobody asks for it where processes cannot be stopped.
func (s *consoleSource) Interrupt() bool { return false }

func (s *consoleSource) Close() error { return nil }
