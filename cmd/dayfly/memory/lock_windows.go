package memory

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock waits until no other process has the lock of a file, and takes it until the file is closed.
func lock(f *os.File) {
	_ = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
}
