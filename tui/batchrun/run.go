package batchrun

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// run is a batch under way.
type run struct {
	Options
	mu      sync.Mutex // for Output, and toldAway
	began   time.Time
	results []Result
	waiting []int          // numbers of items that have not begun
	nodes   map[string]int // how many run on each
	kept    room           // of all outputs
	helpers map[string]*helper
	running int
	done    int
	failed  int
	stopped bool // no more are begun
	why     string
	started bool // one has, at least

	toldAway bool // that the API server is away
}

// ended is the result of the item with a number.
type ended struct {
	item   int
	result Result
}

// Run carries a batch out, and returns the results of its items in their order.
func Run(ctx context.Context, stop <-chan struct{}, o Options) []Result {
	o.KeepAll = cmp.Or(o.KeepAll, UsualKeepAll)
	o.Max, o.PerNode, o.Keep = cmp.Or(o.Max, UsualMax), cmp.Or(o.PerNode, UsualPerNode), cmp.Or(o.Keep, UsualKeep)
	o.About.Batch = o.ID
	r := &run{Options: o, began: o.now(), results: make([]Result, len(o.Items)), nodes: map[string]int{}, helpers: newHelpers(o.Items)}
	r.kept.limit = o.KeepAll
	for i := range o.Items {
		r.results[i] = Result{Item: o.Items[i], NotBegun: true}
		r.waiting = append(r.waiting, i)
	}
	over := make(chan ended)
	for {
		r.stopped = r.stopped || ctx.Err() != nil || isClosed(stop)
		r.begin(ctx, over)
		if r.running == 0 {
			r.closeHelpers(ctx)
			return r.results
		}
		select {
		case e := <-over:
			r.take(e)
		case <-stop:
			r.stopped, stop = true, nil
		}
	}
}

// begin begins as many as the limits let.
func (r *run) begin(ctx context.Context, over chan<- ended) {
	if r.stopped {
		return
	}
	var later []int
	for _, i := range r.waiting {
		node := r.Items[i].OnNode
		if r.running >= r.Max || node != "" && r.nodes[node] >= r.PerNode {
			later = append(later, i)
			continue
		}
		r.running++
		r.nodes[node]++
		r.tellBegun(i)
		go func() { over <- ended{i, r.one(ctx, i)} }()
	}
	r.waiting = later
}

func (r *run) tellBegun(item int) {
	if r.Begun == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Begun(item, r.progress())
}

// handOver takes what the item with a number prints; nil: nobody wants it.
func (r *run) handOver(item int) func([]byte) {
	if r.Output == nil {
		return nil
	}
	return func(p []byte) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.Output(item, p)
	}
}

// take keeps a result, and stops when too many have failed.
func (r *run) take(e ended) {
	r.running--
	r.done++
	r.nodes[r.Items[e.item].OnNode]--
	r.results[e.item] = e.result
	if !e.result.OK() {
		r.failed++
	}
	r.started = r.started || e.result.Exit != nil || e.result.RunsOn
	switch {
	case r.StopShare > 0 && float64(r.failed) > r.StopShare*float64(len(r.Items)):
		r.stopped, r.why = true, "too many have failed"
	case !r.started && r.done >= mostUnstarted:
		r.stopped, r.why = true, fmt.Sprintf("none of the first %d could start", r.done)
	}
	if r.Ended != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.Ended(e.item, e.result, r.progress())
	}
}

func (r *run) progress() Progress {
	p := Progress{All: len(r.Items), Failed: r.failed, Running: r.running, Done: r.done, Stopped: r.why}
	if r.stopped { // no more will come
		p.All = r.done + r.running
	}
	if p.Done > 0 {
		p.Left = r.now().Sub(r.began) / time.Duration(p.Done) * time.Duration(p.All-p.Done)
	}
	return p
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
