package runner

import (
	"context"
	"slices"

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
