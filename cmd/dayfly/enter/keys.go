package enter

import "io"

// Keys lends the terminal to a session in the place of an interface: it only keeps what is typed until the session has it.
type Keys struct {
	typed []byte
	read  chan struct{} // closed when nothing more is typed to it
}

// KeepKeys begins to keep what is typed.
func KeepKeys(in io.Reader) *Keys {
	k := &Keys{read: make(chan struct{})}
	go func() {
		defer close(k.read)
		k.typed, _ = io.ReadAll(in) // it ends when the terminal is handed over
	}()
	return k
}

// ReleaseTerminal waits until nothing more is typed to it.
func (k *Keys) ReleaseTerminal() error {
	<-k.read
	return nil
}

// RestoreTerminal does nothing: there is no interface to go on.
func (k *Keys) RestoreTerminal() error { return nil }

// Drain is what was typed.
func (k *Keys) Drain() []byte { return k.typed }
