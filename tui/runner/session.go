package runner

import (
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
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
	state        Snapshot           // what is no matter of the link and the recorder
	stopPlanning context.CancelFunc // nil: no plan is made anew
	asking       bool               // the cluster is being asked about the container
	besideThen   []kube.Container   // of its pod when it began; nil: not known
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
	s.state.Planning = false
	if s.stopPlanning != nil {
		s.stopPlanning()
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
	switch ctx := r.ctx; {
	case s.state.Job.Rename != "":
		ctx, stop := context.WithCancel(ctx)
		s.stopPlanning = stop
		s.link.Follow(ctx, s.planAnew(ctx, s.state.Job))
	case s.state.Job.carriesOut():
		s.link.Follow(ctx, debug.CarryOut(ctx, s.state.Job.Cluster, *s.state.Job.Plan))
	default:
		s.link.Attach(ctx)
		if s.besideThen == nil && s.state.Job.Cluster != nil {
			go s.lookBeside(ctx)
		}
	}
	go s.observe()
}

// planAnew makes the plan for the pod as it is now, and carries it out.
func (s *Session) planAnew(ctx context.Context, j Job) <-chan debug.Progress {
	news := make(chan debug.Progress, 1)
	go func() {
		defer close(news)
		plan, err := replan(ctx, j)
		switch wanted := s.planned(plan, err); {
		case !wanted:
			return
		case err != nil:
			news <- debug.Progress{Step: debug.Failed, Err: err}
			return
		}
		for p := range debug.CarryOut(ctx, j.Cluster, plan) {
			select {
			case news <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	return news
}

// planned takes the plan, and lists the session if there is one. It reports whether that is still wanted.
func (s *Session) planned(plan debug.Plan, err error) bool {
	wanted := false
	s.runner.change(func() {
		wanted, s.state.Planning = s.state.Planning, false
		if !wanted || err != nil {
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
