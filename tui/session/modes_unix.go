//go:build unix

package session

import (
	"os"

	"golang.org/x/term"
)

// savedModes are the line's modes (termios) before they were changed.
type savedModes struct {
	line *term.State
}

func makeRaw(in, _ *os.File) (*savedModes, error) {
	line, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	return &savedModes{line}, nil
}

func (m *savedModes) restore(in, _ *os.File) error { return term.Restore(int(in.Fd()), m.line) }
