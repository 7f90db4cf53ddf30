package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// setDeadline makes an appointment for the end of a pod that has a deadline. It counts from when the kubelet has heard of the pod.
func (p *pod) setDeadline(object *corev1.Pod) {
	if object.Spec.ActiveDeadlineSeconds == nil {
		return
	}
	p.deadline = p.begun.Truncate(time.Second).Add(span(*object.Spec.ActiveDeadlineSeconds))
	p.k.after(p.deadline.Sub(p.k.clock.Now()), p.expire)
}

// expire ends the containers of a pod whose deadline has passed; the object stays.
func (p *pod) expire() {
	object := p.object()
	if p.ending() || p.finished() || p.k.clock.Now().Before(p.deadline) {
		return
	}
	p.expired = true
	p.wake()
	p.k.events.record(p, "", corev1.EventTypeNormal, deadlineReason, deadlineMessage)
	p.stop(span(ptr.Deref(object.Spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)))
}
