package runner

import (
	"context"
	"time"
)

// recordPatience is how long is waited for the cluster to say who one is, and to take an event.
const recordPatience = 5 * time.Second

// queue is what is to be written down of one session, one after the other, as a journal is read in its order.
type queue struct {
	runner *Runner
	todo   []func() // behind the runner's lock
	busy   bool     // somebody is at it
}

// later does work for at most recordPatience, behind what is queued. What goes wrong is told.
func (q *queue) later(work func(ctx context.Context) error) {
	r := q.runner
	r.hold()
	r.mu.Lock()
	defer r.mu.Unlock()
	q.todo = append(q.todo, func() {
		defer r.release()
		ctx, cancel := context.WithTimeout(r.ctx, recordPatience)
		defer cancel()
		if err := work(ctx); err != nil {
			r.tell(Event{Kind: Unwritten, Err: err})
		}
	})
	if !q.busy {
		q.busy = true
		go q.run()
	}
}

// run does what is queued, until there is nothing.
func (q *queue) run() {
	for {
		q.runner.mu.Lock()
		if len(q.todo) == 0 {
			q.busy = false
			q.runner.mu.Unlock()
			return
		}
		next := q.todo[0]
		q.todo = q.todo[1:]
		q.runner.mu.Unlock()
		next()
	}
}

// hold notes that something is still to be written down, until release is called.
func (r *Runner) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.writing++; r.writing == 1 {
		r.written = make(chan struct{})
	}
}

func (r *Runner) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.writing--; r.writing == 0 {
		close(r.written)
	}
}

// Drain waits until all sessions that were begun are over and all is written down, in the journal, on pods and in recordings, or ctx ends.
func (r *Runner) Drain(ctx context.Context) {
	r.mu.Lock()
	written := r.written
	r.mu.Unlock()
	if written == nil {
		return
	}
	select {
	case <-written:
	case <-ctx.Done():
	}
}
