package main

import (
	"errors"
	"io"

	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// show gives the session the terminal when there is a program to show. Until then the terminal is as it was, so that ^C ends the wait.
func (r *report) show(terminal *session.Terminal, started <-chan struct{}) (err error) {
	select {
	case <-started:
	case <-r.session.Done():
		return nil
	}
	key, _ := vt.ParseDetachKey("") // the default
	if own, mistake := vt.ParseDetachKey(r.config.DetachKey); mistake == nil {
		key = own
	}
	if r.plan.CleansUp() {
		r.say(key.String() + " detaches, and deletes pod " + r.plan.Debug.Pod)
	} else {
		r.say(key.String() + " detaches")
	}
	if err := terminal.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, terminal.Restore()) }()
	defer terminal.Guard()
	return terminal.HandOver(bufferKeys(terminal.Input()), key, func(fg *session.Foreground) {
		r.detached = r.session.Show(fg, 0).Detached
	})
}

// keyBuffer lends the terminal in the place of an interface: it only keeps what is typed until the session has it.
type keyBuffer struct {
	typed []byte
	read  chan struct{} // closed when nothing more is typed to it
}

func bufferKeys(in io.Reader) *keyBuffer {
	k := &keyBuffer{read: make(chan struct{})}
	go func() {
		defer close(k.read)
		k.typed, _ = io.ReadAll(in) // it ends when the terminal is handed over
	}()
	return k
}

func (k *keyBuffer) ReleaseTerminal() error {
	<-k.read
	return nil
}

func (k *keyBuffer) RestoreTerminal() error { return nil }

func (k *keyBuffer) Drain() []byte { return k.typed }

// terminal is the one of -t; nil without.
func (e *runOptions) terminal(stdin io.Reader, stdout io.Writer) (*session.Terminal, error) {
	if !e.tty {
		return nil, nil //nolint:nilnil // there is none, and nothing wrong with that
	}
	in, out := asFile(stdin), asFile(stdout)
	if in == nil || out == nil {
		return nil, &session.NoTerminalError{Stdin: in == nil, Stdout: out == nil}
	}
	return session.OpenTerminal(in, out)
}
