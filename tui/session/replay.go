package session

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

const (
	quietStart    = 150 * time.Millisecond // without output for so long, what the log has is shown
	logPatience   = 6 * time.Second        // for one reading of the log
	pipedPatience = time.Minute            // for the whole of it, where a program waits for it and not a person
	joinLimit     = 500 * time.Millisecond // for log and attach to fit
	gapLimit      = 10 * time.Second       // … where something between them is missing: on a busy node, runtimes write the log late
	joinPause     = 20 * time.Millisecond  // between the first two readings; then twice as long each time
	mostJoinPause = 250 * time.Millisecond
	// frontPatience is how long is waited for a screen that is on its way.
	frontPatience = time.Second
	catchUp       = 50 * time.Millisecond // for an attach that is behind
	maxLog        = 16 << 20              // of a longer log, the end
	maxPipedLog   = 256 << 20             // of one that a program reads: runtimes rotate them at some ten megabytes
)

// errLogLong is reported when a program reads the output and the log is longer than is kept in memory.
var errLogLong = errors.New("the log is too long: its beginning is missing")

// errLogLate is reported when the log does not come up to the attach in time: lines between them are missing on the screen.
var errLogLate = errors.New("the node wrote the log too late: some of what was printed before the attach may not be shown")

// errLogTorn is reported when the log does not go back to where a link was lost: the runtime has rotated it meanwhile.
var errLogTorn = errors.New("the link was lost for a while, and the log may no longer hold all that was printed meanwhile")

// replay shows what a program has printed before the attach, and then opens the gate.
type replay struct {
	link   Link
	target kube.Target
	tail   int64
	tty    bool
	piped  bool // a program reads it: all counts
	limit  int  // how many bytes of the log are kept, and some
	out    sink
	gate   *gate
	resume bool            // shown is the end of what had come before the link was lost: the log is to go on from there
	front  <-chan struct{} // closed when a screen is there, if one is expected; nil: none is
	first  <-chan struct{} // closed when the attach has brought bytes
	ended  <-chan struct{} // closed when it has ended
	lost   func() bool     // tells, then, that its link was lost

	shown []byte // of the log, already
	total int64  // bytes that have been shown, but for CR
	whole bool   // they are all that the program has printed
	cut   bool   // the beginning of the log is missing, and counts
	torn  bool   // the log that was read last does not go on where shown ends, or may not: something between is lost
	lacks bool   // such a log has been shown

	streams *join.Record // what has been shown of a program with two streams, instead of shown; nil: it has one
	early   *join.Joint  // of the log, since the attach began
	short   bool         // the log that was read last lacks its beginning
}

// run returns when the gate is open. The error is about the log alone: without one there is just less to see.
func (o *replay) run(ctx context.Context) error {
	defer o.gate.open(nil, 0) //nolint:errcheck // the next write has the same error
	if o.tail < 0 {
		o.awaitFront(ctx)
		return nil
	}
	err := o.show(ctx)
	for began := time.Now(); o.retries(ctx, err) && time.Since(began) < gapLimit; err = o.join(ctx) {
		if o.lostToo() {
			return nil
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil // left before all was shown
	case err == nil && o.cut && !o.resume:
		return errLogLong
	case err == nil && o.lacks:
		return errLogTorn
	case err != nil && o.resume:
		return o.withoutLog(err)
	}
	return err
}

// retries reports whether the log is to be read again behind a loss: what kept it from being read was no answer of the cluster, and nothing of what
// the attach has brought is shown yet.
func (o *replay) retries(ctx context.Context, err error) bool {
	return err != nil && o.resume && ctx.Err() == nil && !kube.Answered(err) && !o.gate.opened()
}

// lostToo reports whether the log cannot be read because the link is lost again. Then what the attach has brought stays out: there would be a gap
// before it, while the next attach finds all of it in the log.
func (o *replay) lostToo() bool {
	const together = 300 * time.Millisecond // both links are lost within, mostly
	if !closedWithin(o.ended, together) || !o.lost() {
		return false
	}
	o.gate.forget()
	return true
}

// withoutLog goes on when the log cannot be read after a loss, although the link is there: what the attach has brought is shown, but for what soFar
// has shown of it.
func (o *replay) withoutLog(err error) error {
	if !kube.Answered(err) && o.lostToo() {
		return nil
	}
	if o.streams != nil {
		return o.withoutLogStreams(err)
	}
	show, _ := join.Join(o.shown, o.gate.snapshot(), 0)
	return errors.Join(err, o.open(o.shown, show))
}

func (o *replay) show(ctx context.Context) error {
	o.awaitFront(ctx)
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

// awaitFront waits a moment for the screen that is on its way: what asks the terminal something is to be asked live, and not to be
// found among the past.
func (o *replay) awaitFront(ctx context.Context) {
	if o.front == nil {
		return
	}
	timer := time.NewTimer(frontPatience)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-o.front:
	case <-timer.C:
	}
}

// soFar shows the log of a program that says nothing at the moment.
func (o *replay) soFar(ctx context.Context) error {
	if o.streams != nil {
		return o.soFarStreams(ctx)
	}
	log, err := o.read(ctx)
	if err != nil {
		return err
	}
	whole := join.CompleteLines(log)
	part := whole[min(o.overlapShown(log), len(whole)):]
	o.out.Past(part)
	o.lacks = o.lacks || o.torn
	if o.resume {
		o.shown = append(o.shown, part...)
		o.total += int64(len(join.WithoutCR(part)))
	} else {
		o.shown = whole
	}
	return nil
}

// join reads the log until it fits, and shows what it has and the attach has not. An attach that stays behind the log is
// believed when the log does not move either.
func (o *replay) join(ctx context.Context) error {
	if o.streams != nil {
		return o.joinStreams(ctx)
	}
	began, pause := time.Now(), joinPause
	for length := -1; ; {
		seen := len(o.gate.snapshot())
		log, err := o.read(ctx)
		if err != nil {
			return err
		}
		show, verdict := o.settle(ctx, log, seen)
		limit, gap := joinLimit, verdict == join.LogBehind && show == len(log)
		if gap {
			limit = gapLimit
		}
		late := time.Since(began) > limit
		if verdict == join.Joined || verdict == join.AttachBehind && len(log) == length || late {
			err := o.open(log, show)
			if err == nil && gap {
				err = errLogLate
			}
			return err
		}
		length = len(log)
		if !sleep(ctx, pause) {
			return nil
		}
		pause = min(2*pause, mostJoinPause)
	}
}

// settle joins; an attach that is behind the log gets a moment to catch up.
func (o *replay) settle(ctx context.Context, log []byte, seen int) (show int, verdict join.Verdict) {
	deadline := time.Now().Add(catchUp)
	for length := -1; ; {
		a := o.gate.snapshot()
		if len(a) != length {
			length = len(a)
			show, verdict = join.Join(log, a, seen)
		}
		if verdict != join.AttachBehind || isClosed(o.ended) || !time.Now().Before(deadline) {
			return show, verdict
		}
		if !sleep(ctx, time.Millisecond) {
			return show, verdict
		}
	}
}

// open shows log[:show], less what is on the screen already, and opens the gate.
func (o *replay) open(log []byte, show int) error {
	o.lacks = o.lacks || o.torn
	begin := o.overlapShown(log)
	skip := 0
	if show < begin {
		skip = len(join.WithoutCR(log[show:begin]))
		show = begin
	}
	past := log[begin:show:show]
	a := o.gate.snapshot()
	if o.tty && skip == 0 && len(a) > 0 && a[0] == '\n' && !bytes.HasSuffix(past, []byte{'\r'}) {
		past = append(past, '\r') // the attach began in the middle of a CR LF, and the log has no CR
	}
	return o.gate.open(past, skip)
}

// overlapShown is how much of log is on the screen. A log that begins later, because only its tail is read, may begin in the middle
// of that.
func (o *replay) overlapShown(log []byte) int {
	if o.resume {
		at, _ := o.goesOn(log)
		return at
	}
	if bytes.HasPrefix(log, o.shown) {
		return len(o.shown)
	}
	shown, l := join.WithoutCR(o.shown), join.WithoutCR(log)
	n := join.Overlap(shown, l[:min(len(l), len(shown))])
	return join.CutBack(log, len(l)-n)
}

// sleep reports whether it was not interrupted.
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
