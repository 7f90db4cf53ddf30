package session

import (
	"os"

	"golang.org/x/sys/unix"
)

// dropOutput drops what has been written to the terminal and not been taken. Stopping and starting the output wakes who waits in
// write(2) for the room: dropping alone does not.
func dropOutput(tty *os.File) {
	fd := int(tty.Fd())
	_ = unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH)
	_ = unix.IoctlSetInt(fd, unix.TCXONC, unix.TCOOFF)
	_ = unix.IoctlSetInt(fd, unix.TCXONC, unix.TCOON)
}
