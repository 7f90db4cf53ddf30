package session

import "os"

// CanSuspend reports whether processes can be stopped and go on here.
const CanSuspend = false

func (t *Terminal) jobSignals() (wantsStop <-chan bool, end func()) {
	never := make(chan bool)
	return never, func() { close(never) }
}

func (t *Terminal) haltGroup() error { return ErrNotStopped }

// dieOf ends the process. Nothing stops it here, so that there is never a shell that has the terminal meanwhile.
func dieOf(os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
}
