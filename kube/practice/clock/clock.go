// Package clock is the time of the practice cluster. Everything that happens there by itself (a pull that ends, a
// restart, an event) is an appointment on one [Clock]. [Clock.Run] keeps the appointments as real time passes;
// [Clock.Advance] keeps those of any span at once, in order, which is how a cluster that is a tenth of a second old has
// pods with an hour of history, and how tests move time.
package clock

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Clock holds appointments and the time of its cluster. Its methods may be called from any goroutine, and from appointments.
type Clock struct {
	turn sync.Mutex // held while appointments are kept: one at a time

	mu   sync.Mutex
	now  time.Time
	next appointments
	seq  int
	news chan struct{} // there is an earlier appointment than before
}

// New is a clock that stands at the given time.
func New(start time.Time) *Clock {
	return &Clock{now: start, news: make(chan struct{}, 1)}
}

// Now is the time of the cluster.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After makes an appointment: fn is called when d has passed. Appointments of the same time are kept in the order in which
// they were made. Cancel calls it off; a call that has begun is not waited for.
func (c *Clock) After(d time.Duration, fn func()) (cancel func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	a := &appointment{at: c.now.Add(max(d, 0)), seq: c.seq, fn: fn}
	heap.Push(&c.next, a)
	if c.next[0] == a {
		select {
		case c.news <- struct{}{}:
		default:
		}
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		a.fn = nil
	}
}

// Advance lets d pass: it keeps what is due, each appointment at its own time, and returns when all are kept. It must
// not be called from an appointment.
func (c *Clock) Advance(d time.Duration) {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.until(c.Now().Add(d))
}

// Do keeps an appointment that was never made: it calls fn now, after the one that is being kept, and returns when it is
// done. It is for what comes from outside of the clock, such as the end of a process, and must not be called from an appointment.
func (c *Clock) Do(fn func()) {
	c.turn.Lock()
	defer c.turn.Unlock()
	fn()
}

// until keeps the appointments up to a time. The turn is the caller's.
func (c *Clock) until(end time.Time) {
	for {
		fn := c.due(end)
		if fn == nil {
			return
		}
		fn()
	}
}

// due takes the next appointment and sets the time to it; nil when there is none before the end, and the end has come.
func (c *Clock) due(end time.Time) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.next) > 0 && !c.next[0].at.After(end) {
		a := heap.Pop(&c.next).(*appointment) //nolint:forcetypeassert // appointments holds nothing else
		if a.at.After(c.now) {
			c.now = a.at
		}
		if a.fn != nil {
			return a.fn
		}
	}
	if end.After(c.now) {
		c.now = end
	}
	return nil
}

// Run lets time pass as it really does, until the context ends.
func (c *Clock) Run(ctx context.Context) {
	// A clock that was advanced or started in the past keeps its distance from the real one.
	behind := time.Since(c.Now())
	for {
		timer := time.NewTimer(c.wait(behind))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-c.news:
			timer.Stop()
		case <-timer.C:
		}
		c.turn.Lock()
		c.until(time.Now().Add(-behind))
		c.turn.Unlock()
	}
}

// wait is how long nothing happens. Now has to be right to the second even then.
func (c *Clock) wait(behind time.Duration) time.Duration {
	const grain = 200 * time.Millisecond
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.next) == 0 {
		return grain
	}
	return min(grain, max(0, c.next[0].at.Sub(time.Now().Add(-behind))))
}

type appointment struct {
	at  time.Time
	seq int
	fn  func() // nil: called off
}

// appointments is a heap, the earliest first.
type appointments []*appointment

func (a appointments) Len() int { return len(a) }
func (a appointments) Less(i, j int) bool {
	if a[i].at.Equal(a[j].at) {
		return a[i].seq < a[j].seq
	}
	return a[i].at.Before(a[j].at)
}
func (a appointments) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *appointments) Push(x any)   { *a = append(*a, x.(*appointment)) } //nolint:forcetypeassert // see due
func (a *appointments) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	return x
}
