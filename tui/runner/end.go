package runner

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// endPatience bounds how long debug containers may take to end that a person wants to end.
const endPatience = time.Minute

// End ends debug containers side by side: their own processes, never their targets'; and where a plan makes more than a container, it takes
// that away ([leftovers.Leftover.Remove]), also when the cluster has not said yet that it is there. It returns an error for each, nil for one that has
// ended; see [debug.End]. It takes up to a minute.
func (r *Runner) End(ctx context.Context, targets []Container) []error {
	failed := r.endAll(ctx, targets, endPatience)
	r.ended(targets, failed) //nolint:contextcheck // what is watched then outlives the request
	for i, c := range targets {
		if failed[i] != nil {
			continue
		}
		for _, s := range r.In(c) {
			if s.Look().Asked { // what was said holds no more; nobody waits for how it ended
				go s.askContainer(r.ctx, shellPatience) //nolint:contextcheck // which may outlive the request
			}
		}
		if !r.Has(c) && len(r.makers(c)) == 0 { // a session's end is written down when it is seen
			r.record(&queue{runner: r}, c.Cluster, Job{Target: c.Target}.entry(journal.Ended)) //nolint:contextcheck // an entry outlives the request
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

// Leftovers are what was made for a container, or is being made, can be taken away, and is there still.
func (r *Runner) Leftovers(c Container) []leftovers.Leftover {
	var left []leftovers.Leftover
	for _, s := range r.makers(c) {
		left = append(left, s.Look().left()...)
	}
	return left
}

// makers are the sessions whose plans make what can be taken away for a container.
func (r *Runner) makers(c Container) []*Session {
	return r.those(func(s *Session) bool {
		return s.answered != nil && s.state.Job.Plan.CleansUp() && s.state.Job.container().is(c)
	})
}

// endOne ends a container by taking away what was made for it, where that can be done, and else by itself. What the cluster has not confirmed yet
// is waited for: it would run on. Of a container of the pod's own, our shells are ended only.
func (r *Runner) endOne(ctx context.Context, c Container) error {
	if r.Own(c) {
		return r.endOwn(ctx, c)
	}
	makers := r.makers(c)
	for _, s := range r.In(c) {
		s.Settle(ctx)
	}
	if len(makers) == 0 {
		return debug.End(ctx, c.Cluster, c.Target)
	}
	for _, s := range makers {
		if err := s.takeAway(ctx); err != nil {
			return err
		}
	}
	return nil
}

// takeAway takes away what the session's plan has made.
func (s *Session) takeAway(ctx context.Context) error {
	now := s.Look()
	for _, l := range now.left() {
		if err := l.Remove(ctx, now.Job.Cluster); err != nil {
			s.runner.change(func() { s.state.Leftovers = keptAs(now.left(), false) })
			return err
		}
	}
	if now.Unanswered { // it may come yet
		s.runner.change(func() { s.state.Leftovers = keptAs(now.left(), false) })
		return &kube.Problem{
			Message: now.Job.Plan.Change.Op() + ": the cluster has not confirmed it",
			Hint:    now.Job.Plan.Debug.Pod + " may have been created: look for it",
		}
	}
	taken := false
	s.runner.change(func() {
		taken, s.state.Leftovers = len(s.state.Leftovers) > 0, nil
		s.state.Removed = s.state.Removed || taken
	})
	if taken && now.Added {
		s.runner.record(s.writes, now.Job.Cluster, now.Job.entry(journal.Removed)) //nolint:contextcheck // an entry outlives the request
	}
	return nil
}

// stuck reports whether something could not be taken away. The lock is held.
func (s *Session) stuck() bool { return s.state.Stuck && len(s.state.Leftovers) > 0 }

// ended notes what has become of containers that were to be ended.
func (r *Runner) ended(targets []Container, failed []error) {
	r.change(func() {
		for i, c := range targets {
			for _, s := range r.list {
				if s.state.Job.container().is(c) && !s.state.Job.Own {
					s.state.Gone, s.state.Stuck, s.state.StuckErr = failed[i] == nil, failed[i] != nil, failed[i]
				}
			}
		}
	})
	for _, s := range r.those((*Session).stuck) {
		s.watchLeft()
	}
}

// watchLeft looks at what could not be taken away until it has gone all the same: when its time is over, or by somebody else.
func (s *Session) watchLeft() {
	var begun []leftovers.Leftover
	s.runner.change(func() {
		for _, l := range s.state.Leftovers {
			if l.UID == "" || slices.Contains(s.watched, l.UID) { // what is not known to be there cannot be seen to go
				continue
			}
			begun, s.watched = append(begun, l), append(s.watched, l.UID)
		}
	})
	for _, l := range begun {
		go func() {
			ctx, stop := context.WithCancel(s.runner.ctx)
			defer stop()
			news := s.Job().Cluster.WatchPod(ctx, l.Target.Namespace, l.Target.Pod)
			for n := range news {
				if n.Gone || n.Pod != nil && string(n.Pod.Object().UID) != l.UID {
					s.vanished(l)
					return
				}
			}
		}()
	}
}

// vanished notes that a leftover is no longer there, unless it has been taken away.
func (s *Session) vanished(gone leftovers.Leftover) {
	s.runner.change(func() {
		left := slices.DeleteFunc(slices.Clone(s.state.Leftovers), func(l leftovers.Leftover) bool { return l.UID == gone.UID })
		if len(left) == len(s.state.Leftovers) {
			return
		}
		if s.state.Leftovers = left; len(left) > 0 {
			return
		}
		s.state.Vanished = true
		for _, other := range s.runner.list {
			if other.shares(s) {
				other.state.Gone, other.state.Stuck, other.state.StuckErr = true, false, nil
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

// Asks reports whether a person is to be asked what becomes of something that runs, when dayfly ends.
func (r *Runner) Asks() bool {
	return slices.ContainsFunc(r.Remaining(), func(s *Session) bool { return !s.Job().Ends })
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
		return s.state.Job.Cluster == nil || s.state.Gone && !s.look().Remains()
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

// How long is waited when dayfly ends.
const (
	// endingPatience is how long those may take that end with dayfly, when it is not at a person's request that dayfly ends. A program that
	// heeds only the last signal takes more than four seconds.
	endingPatience  = 8 * time.Second
	answerPatience  = 5 * time.Second // until a request is given up of which the answer is waited for
	leavingPatience = 3 * time.Second // until our part of all sessions has ended
	writingPatience = time.Second     // until all is written down
)

// Close ends what ends with dayfly and has not been ended yet, tries once more to take away what could not be taken away, and ends our part of
// all sessions: their programs run on. It waits, not for long, until all is written down. It returns the sessions with which something was left:
// one that runs, or one with [Snapshot.Leftovers].
func (r *Runner) Close() []*Session {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	if targets := Containers(append(r.Leaving(), r.those((*Session).stuck)...)); len(targets) > 0 {
		r.ended(targets, r.endAll(r.ctx, targets, endingPatience))
	}
	left := r.Remaining()
	r.leave()
	ctx, cancel := context.WithTimeout(r.ctx, endingPatience)
	defer cancel()
	r.settle(ctx)
	ctx, cancel = context.WithTimeout(r.ctx, writingPatience)
	defer cancel()
	r.Drain(ctx)
	return left
}

// leave ends our part of all sessions. Those whose containers have just been ended may hear of that first, for the journal.
func (r *Runner) leave() {
	all := r.every()
	for _, s := range all {
		if !s.Look().Gone {
			s.Leave()
		}
		defer s.Leave()
	}
	late := time.After(leavingPatience)
	for _, s := range all {
		if s.Look().Begun.IsZero() {
			continue
		}
		select {
		case <-s.observed:
		case <-late:
			return
		}
	}
}

// settle waits for all sessions until it is known what their plans have made: [Session.Settle].
func (r *Runner) settle(ctx context.Context) {
	var settling sync.WaitGroup
	for _, s := range r.every() {
		settling.Go(func() { s.Settle(ctx) })
	}
	settling.Wait()
}

// Settle waits until it is known what the plan has made. After five seconds it is given up, and what is there is looked for.
func (s *Session) Settle(ctx context.Context) {
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
