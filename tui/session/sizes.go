package session

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// sizes is the terminal's size over time, for whoever wants to follow it.
type sizes struct {
	mu      sync.Mutex
	now     kube.Size
	redraws int
	pause   time.Duration // between the two sizes of the last redraw
	changed chan struct{} // closed and replaced at each change
	record  Recorder      // is told of each new size; nil: nobody is
}

func newSizes(now kube.Size) *sizes {
	return &sizes{now: now, changed: make(chan struct{})}
}

// set takes a new size. One of nothing, which terminals have that do not know theirs, is none.
func (s *sizes) set(size kube.Size) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if size != s.now && size.Cols > 0 && size.Rows > 0 {
		s.now = size
		if s.record != nil {
			s.record.Resize(size.Cols, size.Rows)
		}
		s.notify()
	}
}

func (s *sizes) redraw() { s.redrawWithin(nudge) }

// redrawWithin is redraw with another time between the two sizes.
func (s *sizes) redrawWithin(pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.redraws++
	s.pause = pause
	s.notify()
}

// between is the time between the two sizes of the last redraw.
func (s *sizes) between() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.pause, nudge)
}

func (s *sizes) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *sizes) get() (now kube.Size, redraws int, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.redraws, s.changed
}

// mirror takes over the sizes of another, and its wishes to redraw, until stop is closed.
func (s *sizes) mirror(from *sizes, stop <-chan struct{}) {
	_, before, _ := from.get()
	for {
		now, redraws, changed := from.get()
		s.set(now)
		if redraws != before {
			s.redraw()
		}
		before = redraws
		select {
		case <-changed:
		case <-stop:
			return
		}
	}
}

// nudge is the time between the two sizes of a redraw. Without it a program that is slow to look finds the size that it knows, and
// does nothing.
const nudge = 40 * time.Millisecond

// mostNudge is the longest one that is tried where the shorter ones have brought nothing.
const mostNudge = 16 * nudge

// follow sends the size at once, then every change, and for a redraw a size one larger and, a moment later, the size. Sizes that nobody has
// taken are replaced by newer ones. taken, if not nil, is called when the first has been taken. The channel is closed when ctx is
// done.
func (s *sizes) follow(ctx context.Context, taken func()) <-chan kube.Size {
	out := make(chan kube.Size)
	go func() {
		defer close(out)
		now, redraws, changed := s.get()
		queue := []kube.Size{now}
		var pause <-chan time.Time
		for {
			var send chan<- kube.Size
			var next kube.Size
			if len(queue) > 0 && pause == nil {
				send, next = out, queue[0]
			}
			select {
			case <-ctx.Done():
				return
			case <-pause:
				pause = nil
			case send <- next:
				if queue = queue[1:]; len(queue) > 0 {
					pause = time.After(s.between())
				}
				if taken != nil {
					taken()
					taken = nil
				}
			case <-changed:
				var n int
				now, n, changed = s.get()
				queue, pause = queue[:0], nil
				if n != redraws {
					queue = append(queue, larger(now))
				}
				queue = append(queue, now)
				redraws = n
			}
		}
	}()
	return out
}

// larger is a size that is one more, as far as there is one.
func larger(s kube.Size) kube.Size {
	return kube.Size{Cols: min(s.Cols, math.MaxUint16-1) + 1, Rows: min(s.Rows, math.MaxUint16-1) + 1}
}
