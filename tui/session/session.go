package session

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Link is what a session needs of a cluster.
type Link interface {
	// Attach connects the streams to a container's program. It returns when the program ends, when the link breaks, when In
	// ends, and when ctx is done.
	Attach(ctx context.Context, t kube.Target, s kube.Streams) error
	// Logs reads what the program has printed.
	Logs(ctx context.Context, t kube.Target, o kube.LogOptions) (io.ReadCloser, error)
}

// Options are how to attach.
type Options struct {
	TTY bool // what the container was created with
	// Tail chooses the past that is shown first: 0 is everything from the program's start, as for a first attach; n is the last n
	// lines, as for attaching again, when the program is also asked to redraw in any case; negative is nothing.
	Tail     int64
	ReadOnly bool // the container has no input: keys go nowhere but for the detach key
}

// Outcome is how a session went.
type Outcome struct {
	Detached bool      // by the detach key: the program runs on
	Signal   os.Signal // that ended the session from outside; the program runs on
	Err      error     // of the attach, or ErrTerminalLost; nil when the program ended or was left
	LogErr   error     // why the output before the attach was not shown or may have a gap; not worth ending a session

	BytesIn  int64 // typed to the program
	BytesOut int64 // printed by it since the attach
	Started  time.Time
	Ended    time.Time
}

// How long an attach may take to end: by itself after its input has ended, then with its context cancelled.
const (
	detachPatience = 2 * time.Second
	cancelPatience = time.Second
)

// Run attaches fg to a container and returns when the program or the link ends, when fg is done, or when ctx is. What the
// program printed before is shown first, once. When it returns, everything received is on the terminal, unless the terminal takes no
// output. It may be called again with the same fg, to attach again after a lost link.
func Run(ctx context.Context, link Link, target kube.Target, fg *Foreground, opts Options) Outcome {
	outcome := Outcome{Started: time.Now()}
	first := make(chan struct{})
	tap := newTap(fg.screen, !opts.TTY, func() { close(first) })
	keys := fg.keys.open()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := &attaching{fg: fg, tap: tap, opts: opts, ended: make(chan struct{})}
	go a.run(ctx, link, target, keys)

	o := &opening{
		link: link, target: target, tail: opts.Tail, tty: opts.TTY, out: fg.screen, tap: tap, first: first, ended: a.ended,
	}
	openCtx, stopOpening := context.WithCancel(ctx)
	defer stopOpening()
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		if err := caught(func() { outcome.LogErr = o.run(openCtx) }); err != nil {
			outcome.LogErr = err
		}
	}()

	select {
	case <-a.ended: // the opening goes on: there may be a log to show
		select {
		case <-opened:
		case <-fg.Done():
		}
	case <-fg.Done():
		stopOpening()
		a.leave(cancel)
	}
	stopOpening()
	if !closedWithin(opened, cancelPatience) || !isClosed(a.ended) {
		fg.screen.abandon() // something waits for a terminal that takes no output
		<-opened
	}
	outcome.BytesOut = tap.close()
	if !opts.ReadOnly {
		outcome.BytesIn = keys.count()
	}
	_ = keys.Close()
	fg.screen.drain(lastOutput, lastOutputStill)
	outcome.Detached = errors.Is(fg.Cause(), ErrDetached)
	outcome.Signal = fg.Signal()
	outcome.Err = a.result()
	outcome.Ended = time.Now()
	return outcome
}

// attaching is one call of Attach.
type attaching struct {
	fg    *Foreground
	tap   *tap
	opts  Options
	ended chan struct{} // closed when it has returned
	err   error         // what it has returned
}

func (a *attaching) run(ctx context.Context, link Link, target kube.Target, keys io.Reader) {
	defer close(a.ended)
	streams := kube.Streams{In: keys, Out: a.tap, TTY: a.opts.TTY}
	if a.opts.ReadOnly {
		streams.In = nil
		go io.Copy(io.Discard, keys) //nolint:errcheck // ends with the keys
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes the sizes
	if a.opts.TTY {
		streams.Sizes = a.fg.size.follow(ctx, a.up)
	}
	if err := caught(func() { a.err = link.Attach(ctx, target, streams) }); err != nil {
		a.err = err
	}
}

// up is called when the attach asks for the first size, which is when it is connected. A prompt that was printed before
// is neither in the log, which has only complete lines, nor in what comes now: the program has to paint it anew.
func (a *attaching) up() {
	if a.opts.Tail != 0 || !a.tap.inLine() {
		a.fg.Redraw()
	}
}

// leave waits for the attach to end, now that its input has. cancel is the last means; after that it is given up.
func (a *attaching) leave(cancel func()) {
	if a.opts.ReadOnly || !closedWithin(a.ended, detachPatience) {
		cancel()
		closedWithin(a.ended, cancelPatience)
	}
}

func closedWithin(c <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
		return false
	}
}

// result is the attach's error, if it matters: what an attach says that was asked to end does not.
func (a *attaching) result() error {
	var panicked *PanicError
	switch {
	case !isClosed(a.ended):
		return nil // given up
	case a.fg.Cause() == nil, errors.As(a.err, &panicked):
		return a.err
	case errors.Is(a.fg.Cause(), ErrTerminalLost):
		return ErrTerminalLost
	}
	return nil
}
