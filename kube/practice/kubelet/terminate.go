package kubelet

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// terminate ends a pod whose deletion a client has asked for: SIGTERM at once, SIGKILL when the grace is over, and then
// the object goes.
func (p *pod) terminate(object *corev1.Pod) {
	grace := graceOf(object)
	switch {
	case p.done:
		return
	case p.terminating:
		if grace < p.grace { // a client has less patience than the one before
			p.grace = grace
			p.k.after(grace, p.kill)
		}
		return
	}
	p.terminating, p.grace = true, grace
	p.wake()
	p.k.after(hearTime, func() {
		for _, c := range p.all() {
			if c.run != nil {
				p.k.events.container(c, corev1.EventTypeNormal, "Killing", "Stopping container "+c.spec.Name)
				c.run.stop()
			}
		}
		p.k.after(grace, p.kill)
		p.ended()
	})
}

// graceOf is the patience of the client that has deleted a pod: half a minute when it has not said.
func graceOf(object *corev1.Pod) time.Duration {
	const usual, most = 30, int64(24 * time.Hour / time.Second)
	seconds := int64(usual)
	if given := object.DeletionGracePeriodSeconds; given != nil {
		seconds = *given
	}
	return time.Duration(min(seconds, most)) * time.Second
}

func (p *pod) kill() {
	for _, c := range p.all() {
		if c.run != nil {
			c.run.kill()
		}
	}
}

// ended is told of each end of a container of a pod that is being deleted.
func (p *pod) ended() {
	if p.done || slices.ContainsFunc(p.all(), func(c *container) bool { return c.run != nil }) {
		return
	}
	p.done, p.dirty = true, true
	p.write()
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
