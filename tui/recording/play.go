package recording

import (
	"context"
	"errors"
	"io"
	"time"
)

// PlayOptions are how a recording is shown. The zero value shows it as it was.
type PlayOptions struct {
	Speed float64 // 2 is twice as fast; 0 is 1
	// IdleLimit is how long nothing may happen, as the recording counts its time; 0: as long as the recording says, else as it did.
	IdleLimit time.Duration
	// Sleep waits before each piece of output, also for no time at all, and returns an error when it is over. nil: until the time has
	// passed or ctx is done.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Play writes the output of a recording in asciicast v2 or v3 at the pace in which it came. The error is a [*kube.Problem] when the
// recording is none, or broken (what is before the broken line has been shown), else that of ctx, of Sleep or of w.
//
// A recording can hold anything. w must keep from a terminal what would make it answer: [vt.NewReplay] does, and leads to one. That it is
// not put in here keeps this package free of terminals.
//
// [vt.NewReplay]: https://pkg.go.dev/github.com/dayfly-k8s/dayfly/tui/vt#NewReplay
func Play(ctx context.Context, r io.Reader, w io.Writer, o PlayOptions) error {
	in, err := newReader(r)
	if err != nil {
		return err
	}
	p := newPace(in.header, o)
	for {
		m, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if m.code != string(rune(codeOutput)) {
			continue
		}
		if err := p.wait(ctx, m.at); err != nil {
			return err
		}
		begun := time.Now()
		if _, err := io.WriteString(w, m.data); err != nil {
			return err
		}
		p.owed -= time.Since(begun)
	}
}

// pace says when the next piece is due.
type pace struct {
	speed float64
	idle  time.Duration
	sleep func(context.Context, time.Duration) error
	at    time.Duration // of the piece before
	owed  time.Duration // what has not been waited yet; what writing takes counts
}

func newPace(h Header, o PlayOptions) *pace {
	p := &pace{speed: o.Speed, idle: o.IdleLimit, sleep: o.Sleep}
	if !(p.speed > 0) { // nor NaN
		p.speed = 1
	}
	if p.idle == 0 {
		p.idle = seconds(h.idle)
	}
	if p.sleep == nil {
		p.sleep = sleep
	}
	return p
}

func (p *pace) wait(ctx context.Context, at time.Duration) error {
	const shortest = time.Millisecond // to be worth a timer
	gap := at - p.at
	p.at = at
	if p.idle > 0 {
		gap = min(gap, p.idle)
	}
	p.owed = max(p.owed, -time.Second) + seconds(gap.Seconds()/p.speed)
	now := p.owed
	if now < shortest {
		return p.sleep(ctx, 0)
	}
	p.owed = 0
	return p.sleep(ctx, now)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
