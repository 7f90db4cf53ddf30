package kubelet

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// sync starts what should run and does not, and stores the outcome. It may be called at any time.
func (p *pod) sync() {
	if p.ending() || p.ip == "" {
		return
	}
	if p.phase() != corev1.PodSucceeded && p.phase() != corev1.PodFailed {
		for _, c := range p.debugs {
			c.ensure(nil)
		}
	}
	if p.chain {
		p.more = true
	} else {
		p.chain = true
		p.start(p.wanted())
	}
	p.write()
	p.again()
}

// wanted is the containers that it is the turn of: the first init container that has not passed, else all others; and all sidecars before.
func (p *pod) wanted() (wanted []*container) {
	for _, c := range p.inits {
		if c.sidecar() || !c.passed() {
			wanted = append(wanted, c)
		}
		if !c.passed() {
			return wanted
		}
	}
	return append(wanted, p.apps...)
}

// stopSidecars ends them when the pod is over.
func (p *pod) stopSidecars() {
	if !p.over() {
		return
	}
	grace := span(ptr.Deref(p.object().Spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds))
	for _, c := range p.sidecars() {
		if run := c.run; run != nil {
			p.k.events.container(c, corev1.EventTypeNormal, "Killing", "Stopping container "+c.spec.Name)
			run.stop()
			p.k.after(grace, func() {
				if c.run == run {
					run.kill()
				}
			})
		}
	}
}

// start starts containers, each when the one before has started or cannot.
func (p *pod) start(queue []*container) {
	for i, c := range queue {
		if c.ensure(func() { p.start(queue[i+1:]) }) {
			return
		}
	}
	p.chain = false
	if p.more {
		p.more = false
		p.k.after(0, p.sync)
	}
}

// again looks at the pod later when something is wrong with it.
func (p *pod) again() {
	p.wake()
	p.wake = func() {}
	if !slices.ContainsFunc(p.all(), func(c *container) bool { return c.problem != nil }) {
		return
	}
	p.resyncs++
	p.wake = p.k.after(resync(string(p.uid), p.resyncs), p.sync)
}
