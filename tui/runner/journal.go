package runner

import (
	"cmp"
	"context"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// Joined writes down that a person has attached to a session that was there before.
func (s *Session) Joined() {
	j := s.Job()
	s.runner.record(s.writes, j.Cluster, j.entry(journal.Attached))
}

// Explain keeps why a person goes on with the session, in their words, for the journal.
func (s *Session) Explain(reason string) {
	s.runner.change(func() { s.state.Job.About.Reason = reason })
}

// Visited keeps how it went while the session had the terminal, and writes down that its person has left a program that runs on. How one has
// ended is written down when it is known.
func (s *Session) Visited(v Visit) {
	var j Job
	s.runner.change(func() { s.state.Visit, j = v, s.state.Job })
	if v.Detached {
		s.runner.record(s.writes, j.Cluster, j.entry(journal.Detached))
	}
}

// Refuse writes down that a job was refused by a rule of its context: nothing was sent.
func (r *Runner) Refuse(j Job, why *kube.Problem) {
	e := j.complete().entry(journal.Refused)
	e.Why = cmp.Or(kube.Reason(why), j.Cluster.Guard().Why)
	r.record(&queue{runner: r}, j.Cluster, e)
}

// entry is what the journal says of a job.
func (j Job) entry(action string) journal.Entry {
	e := journal.Entry{Namespace: j.Target.Namespace, Pod: j.Target.Pod, Container: j.Target.Container}
	if j.Plan != nil {
		e = journal.About(*j.Plan)
	}
	e.Action, e.Preset, e.Reason = action, j.About.Preset, j.About.Reason
	return e
}

// recordPatience is how long is waited for the cluster to say who one is, and to take an event.
const recordPatience = 5 * time.Second

// record writes an entry, behind what is queued.
func (r *Runner) record(q *queue, cluster *kube.Cluster, e journal.Entry) {
	if r.options.Journal == nil || cluster == nil {
		return
	}
	e.Time, e.Context = r.options.Now(), cluster.Context
	q.later(func(ctx context.Context) error {
		e.User = cluster.Who(ctx)
		return r.options.Journal.Write(e)
	})
}

// announce puts an event on the pod that is debugged, so that the team sees the session too.
func (r *Runner) announce(q *queue, j Job) {
	if !r.options.Announce {
		return
	}
	q.later(func(ctx context.Context) error {
		return debug.Announce(ctx, j.Cluster, j.Plan.Target, j.Plan.Change.Done()+" by "+j.Cluster.Who(ctx))
	})
}

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
