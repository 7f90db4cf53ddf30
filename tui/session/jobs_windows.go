package session

// CanSuspend tells whether processes can be stopped and go on here.
const CanSuspend = false

func (t *Terminal) jobSignals() (wantsStop <-chan bool, end func()) {
	never := make(chan bool)
	return never, func() { close(never) }
}

func (t *Terminal) haltGroup() error { return ErrNotStopped }
