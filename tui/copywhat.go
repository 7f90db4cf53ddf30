package tui

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// CopyName is the container under the cursor.
func (s *containersScreen) CopyName() string {
	c, _ := s.chosen()
	return c.Name
}

// CopyCommand attaches where that can be done, and reads the log elsewhere: of a container that does not run, the log that it left.
func (s *containersScreen) CopyCommand() string {
	c, ok := s.chosen()
	switch {
	case !ok:
		return ""
	case attachable(c) && debug.Holds(c.Starts):
		return kube.KubectlExec(s.cluster.Context, s.target(c), debug.Shell(c.Starts))
	case attachable(c):
		return kubectlAttach(s.cluster, s.target(c))
	}
	words := []string{"logs", s.key.Name, "--container=" + c.Name}
	if c.Restarts > 0 && !c.Running {
		words = append(words, "--previous")
	}
	return kube.Kubectl(s.cluster.Context, s.key.Namespace, words...)
}

// CopyName is the image of the tool under the cursor.
func (s *toolsScreen) CopyName() string { return s.plan.Image }

// CopyCommand is the one that is on the screen.
func (s *toolsScreen) CopyCommand() string { return s.plan.Command }

// CopyName is the debug container.
func (s *cardScreen) CopyName() string { return s.seen.Target.Container }

// CopyCommand attaches again, or reads what the container has left.
func (s *cardScreen) CopyCommand() string {
	j := s.seen.Job
	switch {
	case s.seen.End().Gone:
		return ""
	case s.canAttach() && j.TTY:
		return kubectlAttach(j.Cluster, j.Target)
	}
	return kube.Kubectl(j.Cluster.Context, j.Target.Namespace, "logs", j.Target.Pod, "--container="+j.Target.Container)
}

func kubectlAttach(cluster *kube.Cluster, t kube.Target) string {
	return kube.Kubectl(cluster.Context, t.Namespace, "attach", "-it", t.Pod, "--container="+t.Container)
}
