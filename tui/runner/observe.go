package runner

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// EventKind is what an event tells.
type EventKind int

// The kinds.
const (
	Started    EventKind = iota // its container runs, or has run
	Failed                      // its container will not start: Err
	Ended                       // its program has ended
	Lost                        // the link to a shell of its own is lost, and the shell with it
	Unrecorded                  // its recording is incomplete, or is not made: Err
	Unwritten                   // something is not in the journal, or was not announced: Err
)

// Event is something that has happened and is told once.
type Event struct {
	Kind    EventKind
	Session *Session // nil with Unrecorded and Unwritten
	Err     error
}

// Events are what has happened since they were asked for last, in their order.
func (r *Runner) Events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := r.events
	r.events = nil
	return events
}

func (r *Runner) tell(e Event) {
	r.change(func() { r.events = append(r.events, e) })
}

// poke tells that the session has news, from any goroutine.
func (s *Session) poke() {
	select {
	case s.poked <- struct{}{}:
	default:
	}
}

// observe writes down what is new about the session, until it is over.
func (s *Session) observe() {
	defer s.runner.release()
	defer close(s.observed)
	for {
		select {
		case <-s.poked:
			s.note()
		case <-s.link.Done():
			s.note()
			return
		}
	}
}

// note writes down what is new about the session, and tells it. Only observe calls it.
func (s *Session) note() {
	now := s.Look()
	for _, step := range now.Steps[s.noted:] {
		s.noteStep(now.Job, step.Progress)
	}
	s.noted = len(now.Steps)
	switch {
	case s.ended:
	case now.State == session.Ended:
		s.noteEnd(now)
	case now.State == session.Failed && now.OwnShell() && now.WasAttached():
		s.runner.tell(Event{Kind: Lost, Session: s})
	default:
		s.runner.wake()
		return
	}
	if !s.ended && now.OwnShell() && now.Job.Cluster != nil {
		go s.askContainer(s.runner.ctx, shellPatience, containerPatience-shellPatience)
	}
	s.ended = true
	s.runner.wake()
}

func (s *Session) noteStep(j Job, p kube.Progress) {
	entry := j.entry("")
	switch p.Step {
	case kube.Accepted:
		entry.Action = journal.Added
		s.runner.record(s.writes, j.Cluster, entry)
		s.runner.announce(s.writes, j)
		return
	case kube.Started, kube.Ended:
		s.runner.tell(Event{Kind: Started, Session: s})
		entry.Action, entry.ImageID = journal.Started, p.ImageID
	case kube.Failed:
		s.runner.tell(Event{Kind: Failed, Session: s, Err: p.Err})
		entry.Action, entry.Why = journal.Failed, kube.Reason(p.Err)
		if errors.Is(p.Err, kube.ErrGuarded) {
			entry.Action = journal.Refused
		}
	case kube.Asked, kube.Pulling, kube.Pulled, kube.Created:
		return
	}
	s.runner.record(s.writes, j.Cluster, entry)
}

func (s *Session) noteEnd(now Snapshot) {
	if !now.OwnShell() {
		s.runner.change(func() { s.gone = true })
	}
	s.runner.tell(Event{Kind: Ended, Session: s})
	exit := now.Ending.Exit
	if exit == nil {
		return
	}
	e, code := now.Job.entry(journal.Ended), exit.Code
	e.Exit, e.Why, e.ImageID = &code, exit.Word(), now.Ending.ImageID
	if !now.OwnShell() {
		e.ImageID = cmp.Or(e.ImageID, now.ImageID)
	}
	s.runner.record(s.writes, now.Job.Cluster, e)
}

// Joined writes down that a person has attached to a session that was there before.
func (s *Session) Joined() {
	j := s.Job()
	s.runner.record(s.writes, j.Cluster, j.entry(journal.Attached))
}

// Explain keeps why a person goes on with the session, in their words, for the journal.
func (s *Session) Explain(reason string) {
	s.runner.change(func() { s.job.About.Reason = reason })
}

// Visited keeps how it went while the session had the terminal, and writes down that its person has left a program that runs on. How one has
// ended is written down when it is known.
func (s *Session) Visited(v Visit) {
	var j Job
	s.runner.change(func() { s.visit, j = v, s.job })
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

// announce puts an event on the pod, so that the team sees the session too.
func (r *Runner) announce(q *queue, j Job) {
	if !r.options.Announce {
		return
	}
	q.later(func(ctx context.Context) error {
		words := "debug container " + j.Target.Container + " with " + j.Plan.Image + " was added by " + j.Cluster.Who(ctx)
		return j.Cluster.Announce(ctx, j.Target, words)
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
