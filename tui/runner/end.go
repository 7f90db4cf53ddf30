package runner

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// endPatience bounds how long debug containers may take to end that a person wants to end.
const endPatience = time.Minute

// End ends debug containers side by side: their own processes, never their targets'; and where a plan has made more than a container, it takes
// that away ([debug.Leftover.Remove]). It returns an error for each, nil for one that has ended; see [debug.End]. It takes up to a minute.
func (r *Runner) End(ctx context.Context, targets []Container) []error {
	failed := r.endAll(ctx, targets, endPatience)
	r.ended(targets, failed)
	for i, c := range targets {
		if failed[i] != nil {
			continue
		}
		for _, s := range r.In(c) {
			if s.Look().Asked { // what was said holds no more; nobody waits for how it ended
				go s.askContainer(r.ctx, shellPatience) //nolint:contextcheck // which may outlive the wish
			}
		}
		if !r.Has(c) { // a session's end is written down when it is seen
			r.record(&queue{runner: r}, c.Cluster, Job{Target: c.Target}.entry(journal.Ended)) //nolint:contextcheck // an entry outlives the wish
		}
	}
	return failed
}

func (r *Runner) endAll(ctx context.Context, targets []Container, patience time.Duration) []error {
	failed := make([]error, len(targets))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var ending sync.WaitGroup
	for i, c := range targets {
		ending.Go(func() { failed[i] = r.endOne(ctx, c) })
	}
	ending.Wait()
	return failed
}

// Leftovers are what was made for a container, can be taken away, and is there still.
func (r *Runner) Leftovers(c Container) []debug.Leftover {
	var left []debug.Leftover
	for _, s := range r.In(c) {
		left = append(left, s.Look().Leftovers...)
	}
	return left
}

// endOne ends a container by taking away what was made for it, where that can be done, and else by itself.
func (r *Runner) endOne(ctx context.Context, c Container) error {
	left := r.Leftovers(c)
	if len(left) == 0 {
		return debug.End(ctx, c.Cluster, c.Target)
	}
	for _, l := range left {
		if err := l.Remove(ctx, c.Cluster); err != nil {
			return err
		}
	}
	return nil
}

// ended notes what has become of containers that were to be ended.
func (r *Runner) ended(targets []Container, failed []error) {
	r.change(func() {
		for i, c := range targets {
			for _, s := range r.list {
				if s.state.Job.container().is(c) {
					s.state.Gone, s.state.Stuck = failed[i] == nil, failed[i] != nil
					if failed[i] == nil {
						s.state.Leftovers = nil
					}
				}
			}
		}
	})
}

// Remaining are the sessions with which something runs: those that go on, and one for each container that waits for another shell.
func (r *Runner) Remaining() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.remaining()
}

func (r *Runner) remaining() []*Session {
	var all []*Session
	in := func(s *Session) bool { return slices.ContainsFunc(all, s.shares) }
	for _, s := range r.list {
		if s.lives() {
			all = append(all, s)
		}
	}
	for _, s := range r.list {
		if s.look().Remains() && !in(s) {
			all = append(all, s)
		}
	}
	return slices.DeleteFunc(all, func(s *Session) bool {
		return s.state.Job.Cluster == nil || s.state.Gone && len(s.state.Leftovers) == 0
	})
}

// Leaving are those of them that end with dayfly. One that would not be ended is left.
func (r *Runner) Leaving() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(r.remaining(), func(s *Session) bool {
		return s.state.Stuck || !slices.ContainsFunc(r.list, func(other *Session) bool { return other.state.Leaves && other.shares(s) })
	})
}

// shares reports whether two sessions are with the same container. The lock is held.
func (s *Session) shares(other *Session) bool {
	return s.state.Job.container().is(other.state.Job.container())
}
