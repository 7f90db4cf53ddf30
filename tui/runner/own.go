package runner

import (
	"context"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/shell"
)

// Own reports whether a container is the pod's own, which a session has a shell in.
func (r *Runner) Own(c Container) bool {
	return len(r.those(func(s *Session) bool { return s.state.Job.Own && s.state.Job.container().is(c) })) > 0
}

// endOwn ends our shells in a container of a pod's own, with what they have started.
func (r *Runner) endOwn(ctx context.Context, c Container) error {
	for _, s := range r.In(c) {
		if !s.Look().Lives() {
			continue
		}
		if err := s.endShell(ctx); err != nil {
			return err
		}
		select { // it hears of the end
		case <-s.Done():
		case <-r.options.After(time.Second):
		case <-ctx.Done():
		}
		s.Leave()
		<-s.Done()
	}
	return nil
}

// endShell ends the shell of a session in a container of the pod's own: it would go on without its link.
func (s *Session) endShell(ctx context.Context) error {
	j := s.Job()
	return shell.End(ctx, j.Cluster, j.Target, j.Exec, j.Mark) //nolint:wrapcheck // a problem
}

// endLostShell does so when the link was lost, as soon as there is one again.
func (s *Session) endLostShell(ctx context.Context) {
	const tries, every, patience = 12, 5 * time.Second, 15 * time.Second
	for range tries {
		try, cancel := context.WithTimeout(ctx, patience)
		err := s.endShell(try)
		cancel()
		if err == nil {
			return
		}
		select {
		case <-s.runner.options.After(every):
		case <-ctx.Done():
			return
		}
	}
}
