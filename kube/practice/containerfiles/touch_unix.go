//go:build unix

package containerfiles

import (
	"time"

	"golang.org/x/sys/unix"
)

// touch sets the time of a link itself.
func touch(name string, at time.Time) error {
	t := unix.NsecToTimeval(at.UnixNano())
	return unix.Lutimes(name, []unix.Timeval{t, t})
}
