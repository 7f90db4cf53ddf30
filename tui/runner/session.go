package runner

import (
	"context"
	"errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
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
	state          Snapshot           // what is no matter of the link and the recorder
	giveUp         context.CancelFunc // of the plan, as far as it has come; nil: none is carried out
	answered       chan struct{}      // closed when it is known what the plan has made; nil: none is carried out
	asking         bool               // the cluster is being asked about the container
	watched        []string           // UIDs of leftovers that are looked at until they have gone
	siblingsBefore []kube.Container   // of its pod when it began; nil: not known
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

// shares reports whether two sessions are with the same container. The lock is held.
func (s *Session) shares(other *Session) bool {
	return s.state.Job.container().is(other.state.Job.container())
}

// look is Look under the lock.
func (s *Session) look() Snapshot {
	n := s.state
	n.Snapshot, n.Recorded = s.link.Look(), s.recorder != nil
	n.Recording, n.RecordingErr = s.recorder.file()
	if s.answered == nil {
		n.Leftovers, n.Removed, n.Vanished = s.madeByOthers()
	}
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

// madeByOthers is what other sessions' plans have made for the container of one that joins them: what is there still, and whether some of it was
// taken away, or has gone by itself. The lock is held.
func (s *Session) madeByOthers() (left []leftovers.Leftover, removed, vanished bool) {
	for _, other := range s.runner.list {
		if other != s && other.answered != nil && other.shares(s) {
			left = append(left, other.state.Leftovers...)
			removed, vanished = removed || other.state.Removed, vanished || other.state.Vanished
		}
	}
	return left, removed, vanished
}

// poke tells that the session has news, from any goroutine.
func (s *Session) poke() {
	select {
	case s.poked <- struct{}{}:
	default:
	}
}
