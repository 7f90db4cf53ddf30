//go:build unix

package memory

import (
	"os"
	"syscall"
)

// lock waits until no other process has the lock of a file, and takes it until the file is closed.
func lock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
