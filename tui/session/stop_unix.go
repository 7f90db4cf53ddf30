//go:build unix && !linux

package session

import (
	"fmt"
	"syscall"
)

// stopGroup stops the process group. SIGTSTP would be the signal for it, but package os/signal does not give its default action
// back once it has been asked for it (runtime.sigdisable); a background job's write to its terminal stops just the same.
func stopGroup() (restore func(), err error) {
	if err := syscall.Kill(0, syscall.SIGTTOU); err != nil {
		return nil, fmt.Errorf("stop the process group: %w", err)
	}
	return func() {}, nil
}
