package batchrun

import (
	"context"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/batch"
)

// State is how far a member of a batch is.
type State int

// The states, in their order.
const (
	Waiting State = iota
	Running
	Over
)

// Row is a member of a batch under way, as it is now.
type Row struct {
	Item   batch.Item
	State  State
	Began  time.Time
	Bytes  int64   // that it has printed
	Result *Result // of one that is over; it is not changed any more
}

// Live is a batch under way, for who looks at it now and then: nobody has to. It is for several goroutines at a time.
type Live struct {
	options Options
	began   time.Time
	changed chan struct{}
	over    chan struct{}
	leave   context.CancelFunc

	mu      sync.Mutex
	stop    chan struct{}
	stopped bool // no more are begun
	left    bool // those that ran have been left
	rows    []Row
	heads   map[int][]byte // what those that run have printed first
	now     Progress
	ended   time.Time // zero: it goes on
	results int       // how many are over: what has been looked at may be old
}

// Start carries a batch out in the background, until it is over or ctx is.
func Start(ctx context.Context, o Options) *Live {
	ctx, leave := context.WithCancel(ctx)
	l := &Live{
		began: o.now(), changed: make(chan struct{}), over: make(chan struct{}), leave: leave, stop: make(chan struct{}), heads: map[int][]byte{},
		now: Progress{All: len(o.Items)}, rows: make([]Row, len(o.Items)),
	}
	for i := range o.Items {
		l.rows[i].Item = o.Items[i]
	}
	o.Begun, o.Output, o.Ended = l.takeBegun, l.takeOutput, l.takeEnded
	l.options = o
	go func() {
		defer leave()
		l.takeAll(Run(ctx, l.stop, o))
	}()
	return l
}

func (l *Live) takeBegun(item int, now Progress) {
	l.change(func() { l.rows[item].State, l.rows[item].Began, l.now = Running, l.options.now(), now })
}

// headKept is how much of what a member prints is kept while it runs, in bytes: what a person looks at meanwhile.
const headKept = 64 << 10

func (l *Live) takeOutput(item int, p []byte) {
	l.change(func() {
		if l.rows[item].State == Over {
			return
		}
		l.rows[item].Bytes += int64(len(p))
		head := l.heads[item]
		l.heads[item] = append(head, p[:min(len(p), headKept-len(head))]...)
	})
}

func (l *Live) takeEnded(item int, r Result, now Progress) {
	l.change(func() { l.finish(item, r); l.now = now })
}

func (l *Live) finish(item int, r Result) {
	row := &l.rows[item]
	row.State, row.Result, row.Bytes = Over, &r, r.Bytes
	delete(l.heads, item)
	l.results++
}

// takeAll takes what nobody was told of: those that were not begun.
func (l *Live) takeAll(results []Result) {
	l.change(func() {
		for i := range results {
			if l.rows[i].State != Over {
				l.finish(i, results[i])
			}
		}
		l.now.Running, l.now.Left, l.ended = 0, 0, l.options.now()
	})
	close(l.over)
}

func (l *Live) change(how func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	how()
	close(l.changed)
	l.changed = make(chan struct{})
}

// Stop begins no more. Those that run are waited for.
func (l *Live) Stop() {
	l.change(func() {
		if !l.stopped {
			l.stopped = true
			close(l.stop)
		}
	})
}

// Leave leaves those that run, and begins no more.
func (l *Live) Leave() {
	l.Stop()
	l.change(func() { l.left = true })
	l.leave()
}

// Done is closed when all are over.
func (l *Live) Done() <-chan struct{} { return l.over }

// Options are those that it was started with.
func (l *Live) Options() Options { return l.options }

// Look is how the batch is.
type Look struct {
	Progress
	Rows    []Row
	Halted  bool            // no more are begun
	Leaving bool            // those that run are being left
	Over    bool            // all are over
	Took    time.Duration   // until now, or until all were over
	Results int             // how many are over
	Changed <-chan struct{} // is closed when the batch is not so any more
}

// Look tells how the batch is now.
func (l *Live) Look() Look {
	l.mu.Lock()
	defer l.mu.Unlock()
	look := Look{Progress: l.now, Rows: append([]Row(nil), l.rows...), Halted: l.stopped || l.now.Stopped != "", Leaving: l.left, Over: !l.ended.IsZero(), Results: l.results, Changed: l.changed}
	look.Took = l.options.now().Sub(l.began)
	if look.Over {
		look.Took = l.ended.Sub(l.began)
	}
	return look
}

// Printed is what a member has printed so far, as much of it as is kept.
func (l *Live) Printed(item int) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.rows[item].Result; r != nil {
		return r.Output
	}
	return append([]byte(nil), l.heads[item]...)
}

// Finished are the results of the members that are over.
func (l Look) Finished() []Result {
	var results []Result
	for i := range l.Rows {
		if r := l.Rows[i].Result; r != nil {
			results = append(results, *r)
		}
	}
	return results
}
