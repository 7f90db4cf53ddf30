package runner

import (
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
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
	job    Job
	number int
	began  time.Time
	leaves bool // its container is ended with dayfly

	planning     bool // its plan is being made
	stopPlanning context.CancelFunc

	visit      Visit
	asked      bool // the cluster has been asked about the container
	asking     bool
	container  kube.Ending
	unsure     error
	besideThen []kube.Container // of its pod when it began; nil: not known
	beside     []string
	gone       bool
	stuck      bool
}

// Visit is how it went while a session had the terminal.
type Visit struct {
	Detached bool  // its person has left, and the program runs on
	Err      error // why there was no session, or no link at the end
	LogErr   error // why output may be missing

	BytesIn, BytesOut int64 // since the session began
	Began, Ended      time.Time
}

// Snapshot is what can be said of a session at a moment.
type Snapshot struct {
	session.Snapshot
	Job      Job // as it is carried out: its plan may have been made anew
	Number   int // by which a person calls it, from 1; 0: its plan is not made yet
	Began    time.Time
	Planning bool  // its plan is being made: nothing has been sent
	Leaves   bool  // its container is ended when dayfly ends
	Visit    Visit // the last time that it had the terminal

	Asked     bool        // the cluster has been asked about the container: see [Session.Examine]
	Container kube.Ending // what it has said of it
	Unsure    error       // why it has not
	Beside    []string    // what has happened to the other containers of the pod meanwhile, in sentences
	Gone      bool        // the container is known to have ended
	Stuck     bool        // the container would not be ended

	Recorded     bool
	Recording    string // the file; empty: there is none yet
	RecordingErr error  // why it may be incomplete, or is not made
}

// OwnShell reports whether the session runs a command of its own in the container: its end is not the container's.
func (n Snapshot) OwnShell() bool { return len(n.Job.Exec) > 0 }

// Planned reports whether there is a plan: not where it is being made anew, or could not be.
func (n Snapshot) Planned() bool { return n.Job.Rename == "" }

// Lives reports whether the session can be gone on with.
func (n Snapshot) Lives() bool { return !n.State.Over() && !n.Left }

// WasAttached reports whether there has been a link to the program.
func (n Snapshot) WasAttached() bool {
	return !n.At[session.Live].IsZero() || !n.At[session.Detached].IsZero()
}

// Sleeps reports whether the container of a private session that is over may be there still, waiting for another shell.
func (n Snapshot) Sleeps() bool {
	return n.Job.Private && !n.Gone && n.State.Over() && n.WasAttached()
}

// CanShell reports whether one more shell can be opened in the container.
func (n Snapshot) CanShell() bool {
	return !n.Gone && (n.Sleeps() || n.Lives() && n.State >= session.Starting)
}

// Known reports whether something can be said of the end: [Snapshot.End].
func (n Snapshot) Known() bool {
	if n.OwnShell() {
		return n.State.Over()
	}
	return n.State == session.Ended || n.Asked
}

// End is how what ran in the session has ended, and what has become of the pod. Where that was a shell of its own, the container's end is
// another matter: Container.
func (n Snapshot) End() kube.Ending {
	switch {
	case n.OwnShell():
		end := kube.Ending{Gone: n.Container.Gone, Deleting: n.Container.Deleting}
		if n.State == session.Ended {
			end.Exit = n.Ending.Exit
		}
		return end
	case n.toldEnd():
		return n.Ending
	}
	return n.Container
}

// toldEnd reports whether the session itself has been told how its program has ended.
func (n Snapshot) toldEnd() bool {
	return n.State == session.Ended && (n.Ending.Exit != nil || n.Ending.Gone)
}

// MayRun reports whether the last visit has ended without the program's having done so.
func (n Snapshot) MayRun() bool { return n.Visit.Detached || errors.Is(n.Visit.Err, kube.ErrLinkLost) }

// Look is the session at this moment.
func (s *Session) Look() Snapshot {
	s.runner.mu.Lock()
	defer s.runner.mu.Unlock()
	return s.look()
}

// look is Look under the lock.
func (s *Session) look() Snapshot {
	n := Snapshot{
		Snapshot: s.link.Look(), Job: s.job, Number: s.number, Began: s.began, Planning: s.planning, Leaves: s.leaves, Visit: s.visit,
		Asked: s.asked, Container: s.container, Unsure: s.unsure, Beside: s.beside, Gone: s.gone, Stuck: s.stuck, Recorded: s.recorder != nil,
	}
	n.Recording, n.RecordingErr = s.recorder.file()
	own := n.OwnShell()
	switch {
	case n.State == session.Ended: // since the visit, perhaps
		n.Visit.Err = nil
		if !own && n.toldEnd() {
			n.Unsure = nil
		}
	case n.State == session.Failed && own:
		n.Visit.Err, n.Visit.Detached = n.Err, false
	}
	return n
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
	return s.job
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
	if !s.planning {
		return false
	}
	s.planning = false
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
		if !s.planning {
			s.recorder.open()
		}
		go func() {
			defer r.release()
			<-s.link.Done()
			s.recorder.close()
		}()
	}
	switch ctx := r.ctx; {
	case s.job.Rename != "":
		ctx, stop := context.WithCancel(ctx)
		s.stopPlanning = stop
		s.link.Follow(ctx, s.planAnew(ctx, s.job))
	case s.job.carriesOut():
		s.link.Follow(ctx, s.job.Cluster.CarryOut(ctx, *s.job.Plan))
	default:
		s.link.Attach(ctx)
		if s.besideThen == nil && s.job.Cluster != nil {
			go s.lookBeside(ctx)
		}
	}
	go s.observe()
}

// planAnew makes the plan for the pod as it is now, and carries it out.
func (s *Session) planAnew(ctx context.Context, j Job) <-chan kube.Progress {
	news := make(chan kube.Progress, 1)
	go func() {
		defer close(news)
		plan, err := replan(ctx, j)
		switch wanted := s.planned(plan, err); {
		case !wanted:
			return
		case err != nil:
			news <- kube.Progress{Step: kube.Failed, Err: err}
			return
		}
		for p := range j.Cluster.CarryOut(ctx, plan) {
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
func (s *Session) planned(plan kube.Plan, err error) bool {
	wanted := false
	s.runner.change(func() {
		wanted, s.planning = s.planning, false
		if !wanted || err != nil {
			return
		}
		s.job.Plan, s.job.Rename = &plan, ""
		s.job.TTY, s.job.Exec, s.besideThen = plan.TTY, plan.Exec, plan.Beside
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
