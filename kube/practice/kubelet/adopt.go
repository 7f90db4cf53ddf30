package kubelet

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

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
	p.setDeadline(object)
	k.after(hearTime, func() {
		if p.done {
			return
		}
		p.write()
		k.after(sandboxTime, p.sandbox)
	})
}

func (p *pod) sandbox() {
	if p.ending() {
		return
	}
	p.ip, p.dirty = p.node.address(), true
	p.sync()
}

// spec hears of a change to the pod's spec, which can only be a new debug container or an earlier deadline.
func (p *pod) spec(object *corev1.Pod) {
	p.setDeadline(object)
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
