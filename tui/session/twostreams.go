package session

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// joinStreams is join for a program with two streams, which the log has in an order of its own.
func (o *replay) joinStreams(ctx context.Context) error {
	began, pause := time.Now(), joinPause
	for length := -1; ; {
		before := o.gate.snapshots()
		g, size, err := o.gap(ctx)
		if err != nil {
			return err
		}
		j := o.settleStreams(ctx, g, before)
		if j.Verdict == join.AttachBehind && isClosed(o.ended) && o.lost() { // what it would have brought is in the log
			o.gate.forget()
			j = g.Complete()
		}
		limit := joinLimit
		if j.Apart {
			limit = gapLimit
		}
		rests := j.Verdict == join.AttachBehind && isClosed(o.ended) && size == length
		if g.Fit != join.Torn && (j.Verdict == join.Joined || rests) || time.Since(began) > limit {
			o.lacks = o.lacks || g.Fit == join.Torn
			err := o.gate.open(j.Show(), j.Skip[:]...)
			if err == nil && j.Apart {
				err = errLogLate
			}
			return err
		}
		length = size
		if !sleep(ctx, pause) {
			return nil
		}
		pause = min(2*pause, mostJoinPause)
	}
}

// settleStreams is settle for two streams. before is what had come before the log was asked for.
func (o *replay) settleStreams(ctx context.Context, g *join.Gap, before [2][]byte) (j *join.Joint) {
	deadline := time.Now().Add(catchUp)
	for length := -1; ; {
		over := isClosed(o.ended)
		a := join.Attached{Text: o.gate.snapshots(), Over: over}
		if n := len(a.Text[0]) + len(a.Text[1]); n != length || over {
			length = n
			for stream, text := range before {
				a.Seen[stream] = len(text)
			}
			j = g.Join(a)
		}
		if j.Verdict != join.AttachBehind && !j.Silent || over || !time.Now().Before(deadline) || !sleep(ctx, time.Millisecond) {
			return j
		}
	}
}

// gap reads the log and finds what of it has not been shown. size is how long the log is.
func (o *replay) gap(ctx context.Context) (g *join.Gap, size int, err error) {
	if o.resume && o.tail > 0 {
		o.tail = int64(max(resumeTail, 2*o.streams.Lines()))
	}
	for {
		log, err := o.readTail(ctx)
		if err != nil {
			return nil, 0, err
		}
		begins := !o.short && (o.tail == 0 || int64(bytes.Count(log, []byte{'\n'})) < o.tail)
		if g = o.streams.Gap(log, begins); g.Fit == join.Sure || begins || !o.resume || o.tail == 0 {
			if o.early != nil {
				g.Early(o.early)
			}
			return g, len(log), nil
		}
		o.tail = 0
	}
}

// soFarStreams is soFar for two streams.
func (o *replay) soFarStreams(ctx context.Context) error {
	g, _, err := o.gap(ctx)
	if err != nil {
		return err
	}
	o.early = g.Complete()
	o.out.Past(o.early.Show())
	o.lacks = o.lacks || g.Fit == join.Torn
	return nil
}

// withoutLogStreams is withoutLog for two streams.
func (o *replay) withoutLogStreams(err error) error {
	g := o.streams.Gap(nil, false)
	if o.early != nil {
		g.Early(o.early)
	}
	j := g.Join(join.Attached{Text: o.gate.snapshots(), Over: true})
	o.streams.Tear()
	return errors.Join(err, o.gate.open(j.Show(), j.Skip[:]...))
}
