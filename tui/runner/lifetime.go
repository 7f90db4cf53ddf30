package runner

import (
	"context"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// Extend has the cluster take away later what was made for the session's container. The error is a [*kube.Problem].
func (s *Session) Extend(by time.Duration) error {
	return s.changeLeftovers(journal.Extended, func(ctx context.Context, c *kube.Cluster, l leftovers.Leftover) (leftovers.Leftover, error) {
		return l.Extend(ctx, c, by)
	})
}

// keepForGood has the cluster never take it away.
func (s *Session) keepForGood() error {
	return s.changeLeftovers(journal.Kept, func(ctx context.Context, c *kube.Cluster, l leftovers.Leftover) (leftovers.Leftover, error) {
		return l.Keep(ctx, c)
	})
}

// changeLeftovers changes what the sessions with the same container have made, where the cluster takes it away by itself.
func (s *Session) changeLeftovers(action string, how func(context.Context, *kube.Cluster, leftovers.Leftover) (leftovers.Leftover, error)) error {
	for _, maker := range s.runner.makers(s.Container()) {
		now := maker.Look()
		changed := slices.Clone(now.Leftovers)
		for i, left := range changed {
			if !left.Timed() {
				continue
			}
			next, err := how(maker.runner.ctx, now.Job.Cluster, left)
			if err != nil {
				return err
			}
			changed[i] = next
			maker.runner.record(maker.writes, now.Job.Cluster, now.Job.entry(action))
		}
		maker.runner.change(func() {
			if len(maker.state.Leftovers) == len(changed) { // unless they have been taken away meanwhile
				maker.state.Leftovers = changed
			}
		})
	}
	return nil
}

// Keep has dayfly leave what was made for sessions when it ends: until the cluster takes it away, or for good. The error is a [*kube.Problem].
func (r *Runner) Keep(list []*Session, forGood bool) error {
	for _, s := range list {
		if !forGood {
			break
		}
		if err := s.keepForGood(); err != nil {
			return err
		}
	}
	for _, s := range list { // when all of it has been done
		for _, maker := range r.makers(s.Container()) {
			r.change(func() {
				maker.state.Leaves, maker.state.Stuck = false, false
				maker.state.Leftovers = keptAs(maker.state.Leftovers, true)
			})
		}
	}
	return nil
}

// keptAs are leftovers that a person wants to stay, or no longer does.
func keptAs(list []leftovers.Leftover, kept bool) []leftovers.Leftover {
	list = slices.Clone(list)
	for i := range list {
		list[i].Kept = kept
	}
	return list
}
