//go:build unix

package journal

import (
	"errors"
	"syscall"
)

// hasModes: what others may do with a file is in its mode.
const hasModes = true

// noFollow refuses a symbolic link, and keeps a pipe without a reader from being waited for.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// lock takes the right to put files aside until unlock is called; nil when another has it.
func lock(file string) (unlock func(), err error) {
	f, err := openPlain(file, appending)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { _ = f.Close() }, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, err
}
