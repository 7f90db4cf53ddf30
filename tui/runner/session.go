package runner

import (
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Session is a session of a runner. It goes on while nobody looks at it. Make one with [Runner.Start].
type Session struct {
	runner   *Runner
	link     *session.Session
	recorder *recorder     // nil: it is not recorded
	poked    chan struct{} // has an item when the session has news
	observed chan struct{} // closed when the session is over, and all of it has been noted
	writes   *queue

	noted int  // so many of its steps have been; observe's own
	ended bool // and its end

	// What is below is behind the runner's lock.
	state      Snapshot           // what is no matter of the link and the recorder
	giveUp     context.CancelFunc // of the plan, as far as it has come; nil: none is carried out
	answered   chan struct{}      // closed when it is known what the plan has made; nil: none is carried out
	asking     bool               // the cluster is being asked about the container
	besideThen []kube.Container   // of its pod when it began; nil: not known
}

// Visit is how it went while a session had the terminal.
type Visit struct {
	Detached bool  // its person has left, and the program runs on
	Err      error // why there was no session, or no link at the end
	LogErr   error // why output may be missing

	BytesIn, BytesOut int64 // since the session began
	Began, Ended      time.Time
}

// Look is the session at this moment.
func (s *Session) Look() Snapshot {
	s.runner.mu.Lock()
	defer s.runner.mu.Unlock()
	return s.look()
}

// lives is [Snapshot.Lives] under the lock.
func (s *Session) lives() bool {
	now := s.link.Look()
	return !now.State.Over() && !now.Left
}

// Job is what the session is: for another like it, or one more shell in its container.
func (s *Session) Job() Job {
	s.runner.mu.Lock()
	defer s.runner.mu.Unlock()
	return s.state.Job
}

// Container is the one that the session is with.
func (s *Session) Container() Container { return s.Job().container() }

// Target is the container.
func (s *Session) Target() kube.Target { return s.link.Target() }

// Tail is the end of what is kept of its output, at most n bytes.
func (s *Session) Tail(n int64) []byte { return s.link.Tail(n) }

// Done is closed when the session is over and everything it has received can be shown.
func (s *Session) Done() <-chan struct{} { return s.link.Done() }

// Leave ends our part of the session: its program runs on. It returns at once.
func (s *Session) Leave() { s.link.Leave() }

// Cancel gives up a session whose plan is still being made, and reports whether that was so: nothing is sent then.
func (s *Session) Cancel() bool {
	s.runner.mu.Lock()
	defer s.runner.mu.Unlock()
	if !s.state.Planning {
		return false
	}
	s.state.Planning, s.state.Unanswered = false, false
	if s.giveUp != nil {
		s.giveUp()
	}
	s.link.Leave()
	return true
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
		if s.besideThen == nil && s.state.Job.Cluster != nil {
			go s.lookBeside(r.ctx)
		}
	}
	go s.observe()
}

// carryOut carries the plan out, which may have to be made anew before. What that makes is known here before anybody else is told of it, also when
// nobody follows the session any more.
func (s *Session) carryOut() <-chan debug.Progress {
	ctx, giveUp := context.WithCancel(s.runner.ctx)
	s.runner.change(func() { s.giveUp, s.state.Unanswered = giveUp, !s.state.Planning })
	news, job := make(chan debug.Progress, 1), s.state.Job
	go func() {
		defer close(news)
		defer giveUp()
		defer s.learnMade(debug.Progress{Step: debug.Failed}) //nolint:contextcheck // nothing where it is known already; an entry outlives the plan
		plan := *job.Plan
		if job.Rename != "" {
			var err error
			plan, err = replan(ctx, job)
			switch wanted := s.planned(plan, err); {
			case !wanted:
				return
			case err != nil:
				news <- debug.Progress{Step: debug.Failed, Err: err}
				return
			}
		}
		s.follow(debug.CarryOut(ctx, job.Cluster, plan), news) //nolint:contextcheck // an entry outlives the plan
	}()
	return news
}

// follow hands the progress of the plan on to the session. It returns when that is over, and it is known what was made.
func (s *Session) follow(progress <-chan debug.Progress, news chan<- debug.Progress) {
	over := s.link.Done()
	for known := false; ; {
		select {
		case p, ok := <-progress:
			if !ok {
				return
			}
			s.learnMade(p)
			known = known || p.Step >= debug.Accepted
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
func (s *Session) learnMade(p debug.Progress) {
	if p.Step < debug.Accepted {
		return
	}
	first := false
	s.runner.change(func() {
		if first = !isClosed(s.answered); first {
			s.state.Unanswered, s.state.Added, s.state.Leftovers = false, p.Step != debug.Failed, p.Leftovers
			close(s.answered)
		}
	})
	if j := s.Job(); first && p.Step != debug.Failed {
		s.runner.record(s.writes, j.Cluster, j.entry(journal.Added))
		s.runner.announce(s.writes, j)
	}
}

// settle waits until it is known what the plan has made. After a while it is given up, and what is there is looked for.
func (s *Session) settle(ctx context.Context) {
	if !s.Look().Unanswered {
		return
	}
	select {
	case <-s.answered:
		return
	case <-s.runner.options.After(answerPatience):
	case <-ctx.Done():
	}
	s.giveUp()
	select {
	case <-s.answered:
	case <-ctx.Done():
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

// planned takes the plan, and lists the session if there is one. It reports whether that is still wanted.
func (s *Session) planned(plan debug.Plan, err error) bool {
	wanted := false
	s.runner.change(func() {
		wanted, s.state.Planning = s.state.Planning && !s.runner.closed, false
		if s.state.Unanswered = wanted && err == nil; !s.state.Unanswered {
			return
		}
		s.state.Job.Plan, s.state.Job.Rename = &plan, ""
		s.state.Job.TTY, s.state.Job.Exec, s.besideThen = plan.TTY, plan.Exec, plan.Beside
		s.runner.enlist(s)
	})
	if wanted && err == nil && s.recorder != nil {
		s.recorder.open()
	}
	return wanted
}

// Show gives the session a terminal until its person leaves it, the terminal ends, or the session does: see [session.Session.Show].
func (s *Session) Show(fg *session.Foreground, lines int) Visit {
	visit := Visit{Began: s.runner.options.Now()}
	s.runner.change(func() { // what was said of the container before holds no more
		s.state.Asked, s.state.Container, s.state.Unsure = false, kube.Ending{}, nil
	})
	cause := s.link.Show(fg, lines)
	now := s.link.Look()
	visit.Detached, visit.LogErr, visit.BytesIn, visit.BytesOut, visit.Err = errors.Is(cause, session.ErrDetached), now.LogErr, now.BytesIn, now.BytesOut, now.Err
	if now.State == session.Lost || now.State == session.Reattaching {
		visit.Err = now.Trouble
	}
	visit.Ended = s.runner.options.Now()
	return visit
}

// Stream connects the session with a pipe until it is over: see [session.Session.Stream].
func (s *Session) Stream(ctx context.Context, p session.Pipe) error { return s.link.Stream(ctx, p) }
