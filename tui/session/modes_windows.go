package session

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// savedModes are the modes of the console's two ends before they were changed.
type savedModes struct {
	in, out *term.State
}

func makeRaw(in, out *os.File) (*savedModes, error) {
	var saved savedModes
	var err error
	if saved.out, err = term.GetState(int(out.Fd())); err != nil {
		return nil, err
	}
	if saved.in, err = term.MakeRaw(int(in.Fd())); err != nil {
		return nil, err
	}
	handle := windows.Handle(out.Fd())
	var mode uint32
	err = windows.GetConsoleMode(handle, &mode)
	if err == nil {
		mode |= windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING | windows.DISABLE_NEWLINE_AUTO_RETURN
		err = windows.SetConsoleMode(handle, mode)
	}
	if err != nil {
		return nil, errors.Join(err, saved.restore(in, out))
	}
	return &saved, nil
}

func (m *savedModes) restore(in, out *os.File) error {
	return errors.Join(term.Restore(int(in.Fd()), m.in), term.Restore(int(out.Fd()), m.out))
}
