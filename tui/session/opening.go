package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

const (
	quietStart  = 150 * time.Millisecond // without output for so long, what the log has is shown
	logPatience = 2 * time.Second        // for one reading of the log
	joinLimit   = 500 * time.Millisecond // for a log that is behind
	joinPause   = 20 * time.Millisecond  // between two readings
	catchUp     = 50 * time.Millisecond  // for an attach that is behind
	maxLog      = 16 << 20               // of a longer log, the end
)

// errLogLate is reported when the log does not come up to the attach in time: lines between them may be missing on the screen.
var errLogLate = errors.New("the log is behind the program: some of its first lines may not be shown")

// opening shows what a program has printed before the attach, and then opens the tap.
type opening struct {
	link   Link
	target kube.Target
	tail   int64
	tty    bool
	out    io.Writer
	tap    *tap
	first  <-chan struct{} // closed when the attach has brought bytes
	ended  <-chan struct{} // closed when it has ended

	replay *replay
	shown  []byte // of the log, already
}

// run returns when the tap is open. The error is about the log alone: without one there is just less to see.
func (o *opening) run(ctx context.Context) error {
	defer o.tap.open(nil, 0) //nolint:errcheck // the next write has the same error
	if o.tail < 0 {
		return nil
	}
	if err := o.show(ctx); ctx.Err() == nil {
		return err
	}
	return nil // left before all was shown
}

func (o *opening) show(ctx context.Context) error {
	o.replay = newReplay()
	quiet := time.NewTimer(quietStart)
	defer quiet.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-o.first:
	case <-o.ended:
	case <-quiet.C:
		if err := o.soFar(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-o.first:
		case <-o.ended:
		}
	}
	return o.join(ctx)
}

// soFar shows the log of a program that says nothing at the moment.
func (o *opening) soFar(ctx context.Context) error {
	log, err := o.read(ctx)
	if err != nil {
		return err
	}
	o.shown = completeLines(log)
	return writeAll(o.out, o.replay.pass(o.shown))
}

// join reads the log until it fits, and shows what it has and the attach has not. An attach that stays behind the log is
// believed when the log does not move either.
func (o *opening) join(ctx context.Context) error {
	deadline := time.Now().Add(joinLimit)
	for length := -1; ; {
		seen := len(o.tap.snapshot())
		log, err := o.read(ctx)
		if err != nil {
			return err
		}
		show, verdict := o.settle(ctx, log, seen)
		late := time.Now().After(deadline)
		if verdict == Joined || verdict == AttachBehind && len(log) == length || late {
			err := o.open(log, show)
			if err == nil && verdict == LogBehind {
				err = errLogLate
			}
			return err
		}
		length = len(log)
		if !sleep(ctx, joinPause) {
			return nil
		}
	}
}

// settle joins; an attach that is behind the log gets a moment to catch up.
func (o *opening) settle(ctx context.Context, log []byte, seen int) (show int, verdict Verdict) {
	deadline := time.Now().Add(catchUp)
	for length := -1; ; {
		a := o.tap.snapshot()
		if len(a) != length {
			length = len(a)
			show, verdict = Join(log, a, seen)
		}
		if verdict != AttachBehind || isClosed(o.ended) || !time.Now().Before(deadline) {
			return show, verdict
		}
		if !sleep(ctx, time.Millisecond) {
			return show, verdict
		}
	}
}

// open shows log[:show], less what is on the screen already, and opens the tap.
func (o *opening) open(log []byte, show int) error {
	begin := o.overlapShown(log)
	skip := 0
	if show < begin {
		skip = len(withoutCR(log[show:begin]))
		show = begin
	}
	first := o.replay.pass(log[begin:show])
	a := o.tap.snapshot()
	if o.tty && skip == 0 && len(a) > 0 && a[0] == '\n' && !bytes.HasSuffix(first, []byte{'\r'}) {
		first = append(first, '\r') // the attach began in the middle of a CR LF, and the log has no CR
	}
	return o.tap.open(first, skip)
}

// overlapShown is how much of log is on the screen. A log that begins later, because only its tail is read, may begin in the middle
// of that.
func (o *opening) overlapShown(log []byte) int {
	if bytes.HasPrefix(log, o.shown) {
		return len(o.shown)
	}
	shown, l := withoutCR(o.shown), withoutCR(log)
	n := overlap(shown, l[:min(len(l), len(shown))])
	return cutBack(log, len(l)-n)
}

func (o *opening) read(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, logPatience)
	defer cancel()
	stream, err := o.link.Logs(ctx, o.target, kube.LogOptions{Tail: o.tail})
	if err != nil {
		return nil, err
	}
	log, err := readEnd(stream, maxLog)
	if err = errors.Join(err, stream.Close()); err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", o.target, err)
	}
	return log, nil
}

// readEnd reads all of r and returns its end: complete lines, at most limit bytes and some.
func readEnd(r io.Reader, limit int) ([]byte, error) {
	var b []byte
	chunk := make([]byte, screenChunk)
	for {
		n, err := r.Read(chunk)
		b = append(b, chunk[:n]...)
		if len(b) > 2*limit {
			b = b[:copy(b, b[len(b)-limit:])]
			b = b[:copy(b, b[bytes.IndexByte(b, '\n')+1:])]
		}
		switch {
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, err
		}
	}
}

// sleep says whether it was not interrupted.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
