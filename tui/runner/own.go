package runner

import (
	"context"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/shell"
)

// Enter is a session with a shell in a container of the pod's own, to which nothing is added. UID is the pod's.
func Enter(cluster *kube.Cluster, t kube.Target, uid string, words []string) Job {
	j := Job{Cluster: cluster, Target: t, UID: uid, Joins: true, TTY: true, Own: true, About: About{Preset: "shell"}}
	return j.WithShell(words)
}

// WithShell is a job of [Enter] with a shell.
func (j Job) WithShell(words []string) Job {
	j.Mark, j.Shell = shell.NewMark(), words
	if j.Exec = shell.Marked(words, j.Mark); slices.Equal(j.Exec, words) {
		j.Mark = "" // it is no shell, or one of Windows
	}
	return j
}

// In is a job of [Enter] for the pod as it is: with its UID, with the container that is meant, and with the best shell of that if the job has no command. The error is
// a [*kube.Problem].
func (j Job) In(ctx context.Context, pod *kube.Pod) (Job, error) {
	var err error
	if j.Target.Container, err = shell.Choose(pod, j.Target.Container); err != nil {
		return j, err //nolint:wrapcheck // a problem
	}
	if j.UID = string(pod.Object().UID); len(j.Exec) > 0 {
		return j, nil
	}
	found, err := shell.Find(ctx, j.Cluster, pod, j.Target.Container)
	if err != nil {
		return j, err //nolint:wrapcheck // likewise
	}
	return j.WithShell(found), nil
}

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
