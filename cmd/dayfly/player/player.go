// Package player shows recordings of sessions on the terminal.
package player

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Options are how a recording is shown.
type Options struct {
	Speed     float64
	IdleLimit time.Duration // 0: as long as it was
}

// Play shows a recording on the terminal, as a session would be: on the main screen, with the terminal's own scrollback, and with
// everything turned off at the end that it has turned on. A recording that is none is told before the terminal is touched.
func (o Options) Play(ctx context.Context, from io.Reader, stderr io.Writer) (err error) {
	header, from, err := recording.Look(from)
	if err != nil {
		return err
	}
	terminal, err := session.OpenTerminal(os.Stdin, os.Stdout)
	if err != nil {
		return &kube.Problem{Message: err.Error(), Hint: "--text prints a recording without a terminal", Err: err}
	}
	key, err := vt.ParseDetachKey("")
	if err != nil {
		return err
	}
	if at, err := terminal.Size(); err == nil && (header.Cols > int(at.Cols) || header.Rows > int(at.Rows)) {
		_, _ = fmt.Fprintf(stderr, "dayfly: the recording is %d×%d, this terminal %d×%d: lines may wrap badly\n", header.Cols, header.Rows, at.Cols, at.Rows)
	}
	if err := terminal.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, terminal.Restore()) }()
	defer terminal.Guard()
	var played error
	lent := terminal.HandOver(listen(terminal), key, func(fg *session.Foreground) { played = o.playTo(ctx, terminal, fg, from) })
	if lent != nil {
		return lent
	}
	return played
}

// playTo plays until the end, or until the person or a signal ends it. It waits for neither the terminal nor the file then: what is written
// later goes nowhere.
func (o Options) playTo(ctx context.Context, terminal *session.Terminal, fg *session.Foreground, from io.Reader) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	remote := &remote{changed: make(chan struct{}, 1)}
	out := vt.NewReplay(fg.Out())
	played := make(chan error, 1)
	go func() {
		defer terminal.Guard()
		played <- recording.Play(ctx, from, out, recording.PlayOptions{Speed: o.Speed, IdleLimit: o.IdleLimit, Sleep: remote.sleep})
	}()
	keys := fg.Keys()
	go func() {
		defer terminal.Guard()
		defer stop()
		remote.obey(keys)
	}()
	select {
	case err := <-played:
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	case <-ctx.Done():
		return nil
	}
}

// usher is as little of an interface as a hand-over needs: one that reads keys until it is asked to let go, and hands them on.
type usher struct{ typed chan []byte }

func listen(terminal *session.Terminal) usher {
	u := usher{make(chan []byte, 1)}
	go func() {
		defer terminal.Guard()
		typed, _ := io.ReadAll(terminal.Input())
		u.typed <- typed
	}()
	return u
}

func (u usher) ReleaseTerminal() error { return nil }
func (u usher) Drain() []byte          { return <-u.typed }
func (u usher) RestoreTerminal() error { return nil }

// remote pauses a recording.
type remote struct {
	mu      sync.Mutex
	paused  bool
	changed chan struct{} // has something when paused has changed
}

// obey reads keys until one of them ends the recording, or there are none any more.
func (r *remote) obey(keys io.Reader) {
	// As terminals send q and Ctrl-C when the recorded program has asked for keys in another encoding.
	quit := regexp.MustCompile(`^\x1b\[(113[:0-9]*(;[:0-9]*)?u|99[:0-9]*;5[:0-9]*u|27;5;99~)`)
	const ctrlC = 0x03
	typed := make([]byte, 256)
	for {
		n, err := keys.Read(typed)
		seen := typed[:n]
		switch {
		case n > 1 && seen[0] == 0x1b:
			if quit.Match(seen) {
				return
			}
		case bytes.IndexByte(seen, ctrlC) >= 0, bytes.IndexByte(seen, 'q') >= 0:
			return
		default:
			for range bytes.Count(seen, []byte{' '}) {
				r.toggle()
			}
		}
		if err != nil {
			return
		}
	}
}

func (r *remote) toggle() {
	r.mu.Lock()
	r.paused = !r.paused
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *remote) isPaused() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.paused
}

// sleep waits for a time, not counting pauses.
func (r *remote) sleep(ctx context.Context, d time.Duration) error {
	for ctx.Err() == nil {
		if r.isPaused() {
			select {
			case <-r.changed:
			case <-ctx.Done():
			}
			continue
		}
		if d <= 0 {
			return nil
		}
		begun, timer := time.Now(), time.NewTimer(d)
		select {
		case <-timer.C:
			d = 0
		case <-r.changed:
			timer.Stop()
			d -= time.Since(begun)
		case <-ctx.Done():
			timer.Stop()
		}
	}
	return ctx.Err()
}
