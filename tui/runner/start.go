package runner

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Start begins a session. Whether the rules of the context allow it, and have been answered, is asked before ([Job.Allowed], [Job.Missing]);
// the cluster's client asks again before it changes anything. A session whose plan is made anew is listed once that is done.
func (r *Runner) Start(j Job) *Session {
	s := r.Add(j)
	s.begin()
	return s
}

// Add lists a session without beginning it, as tests of what shows sessions need.
func (r *Runner) Add(j Job) *Session {
	j = j.complete()
	s := &Session{
		runner: r, poked: make(chan struct{}, 1), observed: make(chan struct{}), writes: &queue{runner: r},
		state: Snapshot{Job: j, Began: r.options.Now(), Planning: j.Rename != "", Leaves: j.Own},
	}
	settings := Settings{}
	if j.Cluster != nil {
		settings = r.options.Settings(j.Cluster.Context)
	}
	record := settings.Record
	if j.Plan != nil {
		s.state.Leaves, s.siblingsBefore, record = j.Ends || j.Plan.Request.StdinOnce || j.Plan.CleansUp(), j.Plan.Siblings, j.About.Record
	}
	o := session.Options{
		TTY: j.TTY || len(j.Exec) > 0, ReadOnly: j.ReadOnly, Exec: j.Exec, Expected: true, News: s.poke,
		Ring: settings.Ring, DenyClipboard: settings.DenyClipboard,
	}
	if j.Piped {
		o.Piped, o.InputOnce = true, j.Plan != nil && j.Plan.Request.StdinOnce
	}
	if j.Joins && !j.Piped {
		const screenful = 50 // lines
		o.Tail = screenful
	}
	if record {
		s.recorder = r.newRecorder(j, settings.RecordInput)
		o.Record = s.recorder
	}
	link := session.LinkTo(j.Cluster)
	if j.carriesOut() {
		link, s.answered = session.LinkToFirst(j.Cluster), make(chan struct{})
	}
	s.link = session.New(link, j.Target, o)
	if !s.state.Planning {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.enlist(s)
	}
	return s
}

// enlist gives a session its number, and its place. The lock is held.
func (r *Runner) enlist(s *Session) {
	r.count++
	s.state.Number = r.count
	r.list = append(r.list, s)
}

// newRecorder is the recording of a session, which begins with open.
func (r *Runner) newRecorder(j Job, input bool) *recorder {
	c := &recorder{opened: make(chan struct{}), wake: r.wake, told: func(err error) { r.tell(Event{Kind: Unrecorded, Err: err}) }}
	c.create = func() (*recording.Writer, error) {
		if r.options.State == "" {
			return nil, &kube.Problem{Message: "the session is not recorded: neither XDG_STATE_HOME nor HOME says where recordings would be"}
		}
		return recording.Create(r.options.State, j.recorded(kube.Size{}), recording.Options{Input: input, Now: r.options.Now, Trouble: c.fail})
	}
	return c
}

// begin carries the plan out, or attaches to the container that is there.
func (s *Session) begin() {
	r := s.runner
	r.hold()
	if s.recorder != nil {
		r.hold()
		if !s.state.Planning {
			s.recorder.open()
		}
		go func() {
			defer r.release()
			<-s.link.Done()
			s.recorder.close()
		}()
	}
	if s.answered != nil {
		s.link.Follow(r.ctx, s.carryOut())
	} else {
		s.link.Attach(r.ctx)
		if s.siblingsBefore == nil && s.state.Job.Cluster != nil {
			go s.readSiblings(r.ctx)
		}
	}
	go s.observe()
}

// carryOut carries the plan out, which may have to be made anew before. What that makes is known here before anybody else is told of it, also when
// nobody follows the session any more.
func (s *Session) carryOut() <-chan launch.Progress {
	ctx, giveUp := context.WithCancel(s.runner.ctx)
	s.runner.change(func() { s.giveUp, s.state.Unanswered = giveUp, !s.state.Planning })
	news, job := make(chan launch.Progress, 1), s.state.Job
	go func() {
		defer close(news)
		defer giveUp()
		defer s.learnMade(launch.Progress{Step: launch.Failed}) //nolint:contextcheck // nothing where it is known already; an entry outlives the plan
		plan := *job.Plan
		if job.Rename != "" {
			var err error
			plan, err = replan(ctx, job)
			switch wanted := s.planned(plan, err); {
			case !wanted:
				return
			case err != nil:
				news <- launch.Progress{Step: launch.Failed, Err: err}
				return
			}
		}
		s.follow(launch.CarryOut(ctx, job.Cluster, plan), news) //nolint:contextcheck // an entry outlives the plan
	}()
	return news
}

// planned takes the plan, and lists the session if there is one. It reports whether that is still wanted.
func (s *Session) planned(plan debug.Plan, err error) bool {
	wanted := false
	s.runner.change(func() {
		wanted, s.state.Planning = s.state.Planning && !s.runner.closed, false
		if s.state.Unanswered = wanted && err == nil; !s.state.Unanswered {
			return
		}
		s.state.Job.Plan, s.state.Job.Rename = &plan, ""
		s.state.Job.TTY, s.state.Job.Exec, s.siblingsBefore = plan.TTY, plan.Exec, plan.Siblings
		s.runner.enlist(s)
	})
	if wanted && err == nil && s.recorder != nil {
		s.recorder.open()
	}
	return wanted
}

// follow hands the progress of the plan on to the session. It returns when that is over, and it is known what was made.
func (s *Session) follow(progress <-chan launch.Progress, news chan<- launch.Progress) {
	over := s.link.Done()
	for known := false; ; {
		select {
		case p, ok := <-progress:
			if !ok {
				return
			}
			s.learnMade(p)
			known = known || p.Step >= launch.Accepted
			select {
			case news <- p:
			case <-s.link.Done():
			}
		case <-over:
			over = nil
		}
		if known && isClosed(s.link.Done()) {
			return
		}
	}
}

// learnMade notes what the plan has made, once, and has it written down.
func (s *Session) learnMade(p launch.Progress) {
	if p.Step < launch.Accepted {
		return
	}
	first := false
	s.runner.change(func() {
		if first = !isClosed(s.answered); first {
			s.state.Unanswered, s.state.Added, s.state.Leftovers = false, p.Step != launch.Failed, p.Leftovers
			close(s.answered)
		}
	})
	if j := s.Job(); first && p.Step != launch.Failed {
		s.runner.record(s.writes, j.Cluster, j.entry(journal.Added))
		if j.Plan.Replaces() {
			s.runner.record(s.writes, j.Cluster, j.deleted())
			return // on a pod that goes nobody reads what is done to it
		}
		s.runner.announce(s.writes, j)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
