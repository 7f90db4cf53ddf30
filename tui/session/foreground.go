package session

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Foreground is the terminal in the hands of a session. It ends with the hand-over that made it, or before: then Done is closed and
// Cause says why, and the session should come to its end soon. What was typed up to then can still be read from the keys.
type Foreground struct {
	keys   *keyQueue
	screen *screen
	size   *sizes
	scan   vt.Scanner
	rest   []byte // behind the detach key

	jobs chan struct{} // has a request to stop the process
	stop chan struct{} // closed when the hand-over ends
	fed  chan struct{} // closed when the goroutine that feeds the keys has ended

	mu    sync.Mutex
	done  chan struct{}
	cause error
}

func newForeground(out io.Writer, size kube.Size, key vt.DetachKey) *Foreground {
	fg := &Foreground{
		keys: newKeyQueue(), screen: newScreen(out), size: newSizes(size),
		jobs: make(chan struct{}, 1), stop: make(chan struct{}), fed: make(chan struct{}), done: make(chan struct{}),
	}
	fg.scan = vt.Scanner{Key: key, Asked: &fg.screen.state.Asked, Until: time.Now().Add(vt.LateReports)}
	return fg
}

// Keys is what is typed, for one attach: a reader that was opened before reads io.EOF from then on. It ends when Done is
// closed, behind the last key before the detach key, or when it is closed. Ctrl-C, Ctrl-Z and Ctrl-\ are bytes in it.
func (fg *Foreground) Keys() io.ReadCloser { return fg.keys.open() }

// Out is the terminal's output, less what would read from the person's side (see [vt.LiveFilter]). A Write does not wait for the
// terminal unless it is several megabytes behind.
func (fg *Foreground) Out() io.Writer { return fg.screen }

// Sizes is the terminal's size, at once and at each change, until ctx is done; then it is closed. A size that nobody has taken
// is replaced by the next.
func (fg *Foreground) Sizes(ctx context.Context) <-chan kube.Size { return fg.size.follow(ctx, nil) }

// Size is the terminal's size now.
func (fg *Foreground) Size() kube.Size {
	now, _, _ := fg.size.get()
	return now
}

// Redraw asks the program to paint itself anew, by way of its size: one larger, then the right one. Shells with line
// editing and full-screen programs do; dash does not.
func (fg *Foreground) Redraw() { fg.size.redraw() }

// askToStop asks the hand-over to stop the process.
func (fg *Foreground) askToStop() {
	select {
	case fg.jobs <- struct{}{}:
	default:
	}
}

// Done is closed when the session should leave the terminal.
func (fg *Foreground) Done() <-chan struct{} { return fg.done }

// Cause is nil until Done is closed; then [ErrDetached], a [*SignalError] or [ErrTerminalLost].
func (fg *Foreground) Cause() error {
	fg.mu.Lock()
	defer fg.mu.Unlock()
	return fg.cause
}

// Signal is the signal that ended the foreground, or nil.
func (fg *Foreground) Signal() os.Signal {
	var signal *SignalError
	if errors.As(fg.Cause(), &signal) {
		return signal.Signal
	}
	return nil
}

// finish closes Done. Only the first cause counts.
func (fg *Foreground) finish(cause error) {
	fg.mu.Lock()
	defer fg.mu.Unlock()
	if fg.cause == nil {
		fg.cause = cause
		fg.keys.end()
		close(fg.done)
	}
}

// feed brings keys from the pump to the program: first typed, which the interface had read already. It ends with the detach
// key, with the terminal, or when stop is closed.
func (fg *Foreground) feed(p *pump, typed []byte) {
	defer close(fg.fed)
	in := typed
	for {
		out, rest, hit := fg.scan.Scan(nil, in)
		fg.keys.push(out)
		if hit {
			fg.rest = rest
			fg.finish(ErrDetached)
			return
		}
		var err error
		in, err = p.take(fg.stop, fg.scan.Wait())
		switch {
		case errors.Is(err, errNoMore):
			fg.keys.push(fg.scan.Flush(nil))
			in = nil
		case errors.Is(err, errStopped):
			return
		case err != nil:
			fg.finish(ErrTerminalLost)
			return
		}
	}
}

// end stops feeding and returns what came behind the detach key. What the program has not read is dropped: it was typed for the
// program, and a command to it must not become a command to the interface because it ended a moment too early.
func (fg *Foreground) end() []byte {
	close(fg.stop)
	fg.keys.close()
	<-fg.fed
	return fg.rest
}
