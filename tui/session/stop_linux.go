package session

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is the kernel's struct of that name, of which nothing is looked at: all zero is the default action.
type sigaction [64]byte

const sigsetSize = 8 // of the kernel's, which checks it

// stopGroup sends the process group the terminal's own stop signal, with its default action. Package os/signal does not give that
// back once it has been asked for a signal (runtime.sigdisable), so the kernel is asked; what Go had is put back by restore,
// which must be called when the process goes on.
func stopGroup() (restore func(), err error) {
	var byDefault, before sigaction
	if err := setAction(&byDefault, &before); err != nil {
		return nil, err
	}
	restore = func() { _ = setAction(&before, nil) }
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		restore()
		return nil, fmt.Errorf("stop the process group: %w", err)
	}
	return restore, nil
}

func setAction(action, before *sigaction) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(syscall.SIGTSTP),
		uintptr(unsafe.Pointer(action)), uintptr(unsafe.Pointer(before)), sigsetSize, 0, 0) //nolint:gosec // what the call takes
	if errno != 0 {
		return fmt.Errorf("default action of SIGTSTP: %w", errno)
	}
	return nil
}
