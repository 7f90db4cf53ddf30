//go:build unix

package session

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// ttySource reads a terminal without ever being stuck in read(2): it waits for the terminal and for its own wake-up pipe.
// The terminal is not made non-blocking, because that would hold for the shell that started us too. select(2), not poll(2):
// on macOS poll does not know terminals.
type ttySource struct {
	fd          int
	wake, waker *os.File
	once        sync.Once
}

func newSource(tty *os.File) (source, error) {
	wake, waker, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("wake-up pipe: %w", err)
	}
	s := &ttySource{fd: int(tty.Fd()), wake: wake, waker: waker}
	if max(s.fd, int(wake.Fd())) >= unix.FD_SETSIZE {
		return nil, errors.Join(fmt.Errorf("wait for the terminal: descriptor %d is too high", wake.Fd()), wake.Close(), waker.Close())
	}
	return s, nil
}

// Read returns io.EOF after Close, errInterrupted or errUnread after Interrupt, and [ErrTerminalLost] when the terminal has no more to say. After another
// error than these two it must not be called again.
func (s *ttySource) Read(b []byte) (int, error) {
	for {
		woken, readable, err := s.waitReadable()
		switch {
		case err != nil:
			return 0, s.end(err)
		case woken:
			switch n, _ := s.wake.Read(make([]byte, 1)); {
			case n == 0:
				return 0, s.end(io.EOF)
			case readable:
				return 0, errUnread
			}
			return 0, errInterrupted
		}
		n, err := unix.Read(s.fd, b)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
			continue
		case err != nil:
			return 0, s.end(fmt.Errorf("%w: %w", ErrTerminalLost, err))
		case n == 0:
			return 0, s.end(ErrTerminalLost)
		}
		return n, nil
	}
}

func (s *ttySource) end(err error) error {
	_ = s.wake.Close()
	return err
}

// waitReadable waits for input; woken means that Close or Interrupt has been called.
func (s *ttySource) waitReadable() (woken, readable bool, err error) {
	wake := int(s.wake.Fd())
	for {
		var set unix.FdSet
		set.Set(s.fd)
		set.Set(wake)
		_, err := unix.Select(max(s.fd, wake)+1, &set, nil, nil, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return false, false, fmt.Errorf("wait for the terminal: %w", err)
		}
		return set.IsSet(wake), set.IsSet(s.fd), nil
	}
}

// Interrupt wakes Read, once. After Close it does nothing.
func (s *ttySource) Interrupt() bool {
	_, err := s.waker.Write([]byte{0})
	return err == nil
}

// Close wakes Read. It may be called more than once and from anywhere.
func (s *ttySource) Close() error {
	var err error
	s.once.Do(func() { err = s.waker.Close() })
	return err
}
