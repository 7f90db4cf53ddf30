package kubelet

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// How long a kubelet takes for things.
const (
	hearTime    = 20 * time.Millisecond  // from a write to the API until it acts on it
	sandboxTime = 600 * time.Millisecond // to make a pod's network
	createTime  = 60 * time.Millisecond  // to make a container
	startTime   = 40 * time.Millisecond  // to start one
	noticeTime  = 700 * time.Millisecond // until it acts on the end of one
	removeTime  = 400 * time.Millisecond // from the end of the last container until the pod is gone
)

// pod is a pod that a node runs.
type pod struct {
	k     *Kubelet
	name  types.NamespacedName
	uid   types.UID
	node  *node
	begun time.Time
	ip    string // "" until the sandbox is ready

	inits, apps, debugs []*container
	policy              corev1.RestartPolicy

	chain, more bool   // containers are being started one after another; look again after that
	wake        func() // calls off the next resync
	resyncs     int
	dirty       bool // there is something to write
	terminating bool
	grace       time.Duration // until its programs are killed; with terminating
	done        bool          // nothing more happens to it
	room        *room
}

// adopt makes a bound pod one of ours.
func (k *Kubelet) adopt(object *corev1.Pod) {
	p := &pod{
		k: k, name: nameOf(object), uid: object.UID, node: k.node(object.Spec.NodeName), begun: k.clock.Now(),
		policy: object.Spec.RestartPolicy, wake: func() {}, dirty: true,
	}
	k.pods[p.name] = p
	for i := range object.Spec.InitContainers {
		p.inits = append(p.inits, newContainer(p, initKind, &object.Spec.InitContainers[i]))
	}
	for i := range object.Spec.Containers {
		p.apps = append(p.apps, newContainer(p, appKind, &object.Spec.Containers[i]))
	}
	p.addDebuggers(object)
	k.after(hearTime, func() {
		if p.done {
			return
		}
		p.write()
		k.after(sandboxTime, p.sandbox)
	})
}

func (p *pod) sandbox() {
	if p.done || p.terminating {
		return
	}
	p.ip, p.dirty = p.node.address(), true
	p.sync()
}

// spec hears of a change to the pod's spec, which can only be a new debug container.
func (p *pod) spec(object *corev1.Pod) {
	if p.addDebuggers(object) {
		p.dirty = true
		p.k.after(hearTime, p.sync)
	}
}

func (p *pod) addDebuggers(object *corev1.Pod) (added bool) {
	for i := range object.Spec.EphemeralContainers {
		e := &object.Spec.EphemeralContainers[i]
		if !slices.ContainsFunc(p.debugs, func(c *container) bool { return c.spec.Name == e.Name }) {
			common := corev1.Container(e.EphemeralContainerCommon)
			c := newContainer(p, debugKind, &common)
			c.target = e.TargetContainerName
			p.debugs = append(p.debugs, c)
			added = true
		}
	}
	return added
}

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

func (p *pod) all() []*container { return slices.Concat(p.inits, p.apps, p.debugs) }

func (p *pod) find(name string) *container {
	for _, c := range p.all() {
		if c.spec.Name == name {
			return c
		}
	}
	return nil
}

// object is the pod as it is in the store, or what is known of it when it has gone.
func (p *pod) object() *corev1.Pod {
	if object := p.k.get(p.name); object != nil && object.UID == p.uid {
		return object
	}
	object := &corev1.Pod{}
	object.Namespace, object.Name, object.UID = p.name.Namespace, p.name.Name, p.uid
	return object
}

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
