package main

import (
	"errors"
	"io"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/enter"
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
	key := r.detachKey()
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
	return terminal.HandOver(enter.KeepKeys(terminal.Input()), key, func(fg *session.Foreground) {
		r.detached = r.session.Show(fg, 0).Detached
	})
}

// detachKey is the one of the configuration.
func (r *report) detachKey() vt.DetachKey {
	key, _ := vt.ParseDetachKey("") // the default
	if own, mistake := vt.ParseDetachKey(r.config.DetachKey); mistake == nil {
		key = own
	}
	return key
}

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
