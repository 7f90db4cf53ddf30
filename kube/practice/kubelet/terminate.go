package kubelet

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// terminate ends a pod whose deletion a client has asked for: SIGTERM at once, SIGKILL when the grace is over, and then
// the object goes.
func (p *pod) terminate(object *corev1.Pod) {
	grace := graceOf(object)
	if p.terminating {
		if grace < p.grace { // a client has less patience than the one before
			p.grace = grace
			p.k.after(grace, p.kill)
		}
		return
	}
	p.terminating, p.grace = true, grace
	p.wake()
	p.k.after(hearTime, func() { p.stop(grace) })
}

// stop ends all that runs in the pod.
func (p *pod) stop(grace time.Duration) {
	for _, c := range p.all() {
		if c.run != nil {
			p.k.events.container(c, corev1.EventTypeNormal, "Killing", "Stopping container "+c.spec.Name)
			c.run.stop()
		}
	}
	p.k.after(grace, p.kill)
	p.ended()
}

// graceOf is the patience of the client that has deleted a pod: half a minute when it has not said.
func graceOf(object *corev1.Pod) time.Duration {
	return span(ptr.Deref(object.DeletionGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds))
}

func (p *pod) kill() {
	for _, c := range p.all() {
		if c.run != nil {
			c.run.kill()
		}
	}
}

// ended is told of each end of a container of a pod that is ending.
func (p *pod) ended() {
	if slices.ContainsFunc(p.all(), func(c *container) bool { return c.run != nil }) {
		return
	}
	if !p.done {
		p.done, p.dirty = true, true
		p.write()
	}
	if !p.terminating {
		return // nobody has deleted it
	}
	p.k.after(removeTime, func() {
		if p.k.pods[p.name] != p {
			return
		}
		p.leave()
		p.k.remove(p.name)
	})
}

// vanish ends everything of a pod whose object has gone.
func (p *pod) vanish() {
	p.done = true
	p.wake()
	p.kill()
	p.leave()
	if p.k.pods[p.name] == p {
		delete(p.k.pods, p.name)
	}
}

func (p *pod) leave() {
	p.k.events.forget(p.uid)
	if p.room != nil {
		p.room.close()
	}
}
