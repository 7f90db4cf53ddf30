package kubelet

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// sync starts what should run and does not, and stores the outcome. It may be called at any time.
func (p *pod) sync() {
	if p.done || p.terminating || p.ip == "" {
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

// wanted is the containers that it is the turn of: the first init container that has not succeeded, else all others.
func (p *pod) wanted() []*container {
	for _, c := range p.inits {
		if !c.succeeded() {
			return []*container{c}
		}
	}
	return p.apps
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
