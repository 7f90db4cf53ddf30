package kubelet

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// What the kubelet says of a pod whose deadline has passed.
const (
	deadlineReason  = "DeadlineExceeded"
	deadlineMessage = "Pod was active on the node longer than the specified deadline"
)

// write stores the pod's status if it is another than before. What changes a status says so by dirty: most looks at a pod
// find nothing new, and a history of days has thousands of them.
func (p *pod) write() {
	if !p.dirty {
		return
	}
	p.dirty = false
	before := p.object()
	if before.ResourceVersion == "" {
		return // deleted meanwhile; look will hear of it
	}
	status := p.status(before)
	if equality.Semantic.DeepEqual(before.Status, status) {
		return
	}
	_, err := p.k.store.Update(key(p.name), func(o store.Object) error {
		pod := o.(*corev1.Pod) //nolint:forcetypeassert // pods only are stored as pods
		if pod.ResourceVersion != before.ResourceVersion {
			status = p.status(pod) // the API server has added a condition meanwhile
		}
		pod.Status = status
		return nil
	})
	if err == nil && (before.Status.Phase != status.Phase || isReady(before.Status) != isReady(status)) {
		p.k.count(before)
	}
}

func (p *pod) status(object *corev1.Pod) corev1.PodStatus {
	status := *object.Status.DeepCopy()
	status.ObservedGeneration = object.Generation
	begun := metav1.NewTime(p.begun.Truncate(1e9))
	status.StartTime = &begun
	status.HostIP, status.HostIPs = p.node.ip, []corev1.HostIP{{IP: p.node.ip}}
	if p.ip != "" {
		status.PodIP, status.PodIPs = p.ip, []corev1.PodIP{{IP: p.ip}}
	}
	status.Phase = p.phase()
	if p.expired && p.done {
		status.Reason, status.Message = deadlineReason, deadlineMessage
	}
	status.InitContainerStatuses = statuses(p.inits)
	status.ContainerStatuses = statuses(p.apps)
	status.EphemeralContainerStatuses = statuses(p.debugs)
	p.conditions(&status, object.Generation)
	return status
}

func statuses(containers []*container) (all []corev1.ContainerStatus) {
	for _, c := range containers {
		all = append(all, c.status())
	}
	return all
}

func (c *container) status() corev1.ContainerStatus {
	status := corev1.ContainerStatus{
		Name: c.spec.Name, Image: c.spec.Image, State: *c.state.DeepCopy(), RestartCount: c.restarts, Ready: c.ready,
	}
	if c.kind != debugKind {
		running := c.run != nil
		status.Started = &running
		status.VolumeMounts = mounts(c.spec.VolumeMounts)
	}
	if c.kind == initKind && !c.sidecar() {
		status.Ready = c.succeeded()
	}
	if c.instances > 0 {
		status.ContainerID, status.Image, status.ImageID = "containerd://"+c.id, c.ref, scene.ID(c.ref)
		status.Resources = c.spec.Resources.DeepCopy()
		if len(c.spec.Resources.Requests) > 0 {
			status.AllocatedResources = c.spec.Resources.DeepCopy().Requests
		}
	}
	if c.last != nil && c.state.Terminated != c.last {
		status.LastTerminationState = corev1.ContainerState{Terminated: c.last.DeepCopy()}
	}
	if c.gone() && c.pod.done && c.run == nil && c.last != nil {
		status.State, status.LastTerminationState = corev1.ContainerState{Terminated: c.last.DeepCopy()}, corev1.ContainerState{}
	}
	return status
}

func mounts(mounts []corev1.VolumeMount) (all []corev1.VolumeMountStatus) {
	for _, m := range mounts {
		status := corev1.VolumeMountStatus{Name: m.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly}
		if m.ReadOnly {
			disabled := corev1.RecursiveReadOnlyDisabled
			status.RecursiveReadOnly = &disabled
		}
		all = append(all, status)
	}
	return all
}

// phase is the summary of all containers, as the kubelet's getPhase has it.
func (p *pod) phase() corev1.PodPhase {
	if p.expired && p.done {
		return corev1.PodFailed
	}
	never := p.policy == corev1.RestartPolicyNever
	for _, c := range p.inits {
		if c.passed() {
			continue
		}
		if c.last != nil && never && !c.sidecar() {
			return corev1.PodFailed
		}
		return corev1.PodPending
	}
	failed, running := 0, 0
	for _, c := range p.apps {
		switch {
		case c.run != nil:
			running++
		case c.last == nil:
			return corev1.PodPending
		case c.restarted() && !p.done:
			running++
		case c.last.ExitCode != 0:
			failed++
		}
	}
	switch {
	case running > 0, slices.ContainsFunc(p.sidecars(), func(c *container) bool { return c.run != nil }):
		return corev1.PodRunning
	case failed > 0:
		return corev1.PodFailed
	}
	return corev1.PodSucceeded
}
