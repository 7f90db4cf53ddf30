package batchrun

import (
	"sync"
	"sync/atomic"
)

// room is for all outputs together, in bytes.
type room struct {
	limit int64
	used  atomic.Int64
}

// output keeps the beginning of what a member prints, and hands all of it on.
type output struct {
	most int // bytes that are kept
	all  *room
	hand func([]byte) // nil: nobody wants it

	mu     sync.Mutex // standard output and error come from two goroutines
	closed bool       // what comes late is dropped: the result has been made
	kept   []byte
	total  int64
}

func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
}

// leastKept is how much of each output is kept although all together are at their limit, in bytes: its first lines tell who differs.
const leastKept = 4 << 10

// keep keeps as much as there is room for, of this output and of all.
func (o *output) keep(p []byte) {
	n := min(len(p), o.most-len(o.kept))
	if left := o.all.limit - o.all.used.Load(); int64(n) > left {
		n = min(n, max(int(left), leastKept-len(o.kept), 0))
	}
	o.all.used.Add(int64(n))
	o.kept = append(o.kept, p[:n]...)
}

// Write never fails: a member is not ended by what it prints.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return len(p), nil
	}
	o.total += int64(len(p))
	o.keep(p)
	if o.hand != nil {
		o.hand(p)
	}
	return len(p), nil
}
