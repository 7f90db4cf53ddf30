package kubelet

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// again decides about a container that has ended: it is true when it is to be started again now. One that still has to
// wait says so.
func (c *container) again() bool {
	if c.last == nil || !c.restarted() {
		return false
	}
	k, finished := c.pod.k, c.last.FinishedAt.Time
	if c.restart.since(finished, k.clock.Now()) {
		k.events.container(c, corev1.EventTypeWarning, "BackOff",
			fmt.Sprintf("Back-off restarting failed container %s in pod %s", c.spec.Name, c.pod.full()))
		c.fails(problem{"CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container=%s pod=%s",
			c.restart.wait, c.spec.Name, c.pod.full())})
		return false
	}
	c.restart.next(finished, k.clock.Now())
	c.restarts++
	c.pod.dirty = true
	return true
}

// restarted tells whether the pod's policy wants a container back that has ended.
func (c *container) restarted() bool {
	failed := c.last.ExitCode != 0
	switch {
	case c.kind == debugKind:
		return false
	case c.kind == initKind:
		return failed && c.pod.policy != corev1.RestartPolicyNever
	case c.pod.policy == corev1.RestartPolicyAlways:
		return true
	default:
		return failed && c.pod.policy == corev1.RestartPolicyOnFailure
	}
}
