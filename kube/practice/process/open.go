//go:build linux || darwin

package process

import (
	"fmt"
	"os"

	"github.com/creack/pty"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
	"golang.org/x/sys/unix"
)

// openStreams makes the streams of a container: our ends, which are the terminal, or stdout, stderr and, if there is one,
// stdin, and the container's three.
func openStreams(spec Spec) (ours, theirs []*os.File, err error) {
	if spec.TTY {
		return openTerminal()
	}
	defer func() {
		if err != nil {
			closeAll(append(ours, theirs...))
		}
	}()
	in, err := openInput(spec.Stdin)
	if err != nil {
		return nil, nil, err
	}
	theirs = append(theirs, in[0])
	for range 2 {
		r, w, err := os.Pipe()
		if err != nil {
			return append(ours, in[1:]...), theirs, fmt.Errorf("make a pipe: %w", err)
		}
		ours, theirs = append(ours, r), append(theirs, w)
	}
	return append(ours, in[1:]...), theirs, nil
}

// openInput makes the ends of an input: the container's, and ours if there is one.
func openInput(open bool) ([]*os.File, error) {
	if !open {
		null, err := os.Open(os.DevNull)
		if err != nil {
			return nil, fmt.Errorf("open an empty input: %w", err)
		}
		return []*os.File{null}, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	return []*os.File{r, w}, nil
}

func openTerminal() (ours, theirs []*os.File, err error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open a terminal: %w", err)
	}
	terminal, err := pollable(master)
	if err != nil {
		_ = slave.Close()
		return nil, nil, err
	}
	return []*os.File{terminal}, []*os.File{slave, slave, slave}, nil
}

// setSize gives a terminal its size; the processes in its foreground are told by SIGWINCH. pty.Setsize would do too, but
// leave reads of the terminal without an end.
func setSize(terminal *os.File, size streams.Size) {
	conn, err := terminal.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		_ = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: size.Height, Col: size.Width})
	})
}
