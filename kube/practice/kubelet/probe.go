package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// probe makes a container ready that has just started: at once without a readiness probe, with the first probe that
// succeeds otherwise.
func (c *container) probe() {
	spec := c.spec.ReadinessProbe
	if c.kind == debugKind {
		return
	}
	if spec == nil {
		c.ready = true
		return
	}
	instance := c.instances
	var try func()
	try = func() {
		if c.run == nil || c.instances != instance || c.gone() {
			return
		}
		if s, ok := c.run.(*simulated); ok && s.program.Unready != "" {
			c.pod.k.events.container(c, corev1.EventTypeWarning, "Unhealthy", "Readiness probe failed: "+s.program.Unready)
			c.pod.k.after(time.Duration(max(spec.PeriodSeconds, 1))*time.Second, try)
			return
		}
		c.ready, c.pod.dirty = true, true
		c.pod.write()
	}
	// The first probe comes soon: while a container is not ready the kubelet does not wait for a whole period.
	c.pod.k.after(time.Duration(spec.InitialDelaySeconds)*time.Second+noticeTime, try)
}
