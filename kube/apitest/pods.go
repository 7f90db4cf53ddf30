package apitest

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RunningPod is a plain pod named web: container app runs in it.
func RunningPod(changes ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Namespace: "shop", UID: "0f1e2d3c-0000-4000-8000-00000000000a", ResourceVersion: "100",
		},
		Spec: corev1.PodSpec{
			NodeName: "node-1", SecurityContext: &corev1.PodSecurityContext{},
			Containers: []corev1.Container{{Name: "app", Image: "shop/web:1"}},
		},
		Status: corev1.PodStatus{
			Phase:             corev1.PodRunning,
			ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Ready: true, State: Running()}},
		},
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

// Running is the state of a container that runs.
func Running() corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Unix(1_700_000_000, 0)}}
}

// Waiting is the state of a container that has not started.
func Waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// Terminated is the state of a container that ran for a minute.
func Terminated(code int32, reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, Message: message,
		StartedAt: metav1.Unix(1_700_000_000, 0), FinishedAt: metav1.Unix(1_700_000_060, 0),
	}}
}

// WithDebugger adds an ephemeral container in a state; a nil state is one the kubelet has not seen yet.
func WithDebugger(name string, state *corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, corev1.EphemeralContainer{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: name, Image: "busybox:1.37", Stdin: true, TTY: true},
			TargetContainerName:      "app",
		})
		if state != nil {
			p.Status.EphemeralContainerStatuses = append(p.Status.EphemeralContainerStatuses,
				corev1.ContainerStatus{Name: name, State: *state})
		}
	}
}

// Version gives a pod a resource version.
func Version(v string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.ResourceVersion = v }
}

// WhyNow is the time at which the pods of these tests are looked at: [Terminated] ended two minutes ago.
func WhyNow() time.Time { return time.Unix(1_700_000_060, 0).Add(2 * time.Minute) }

// StateOf has the container of [RunningPod] be in a state that is not ready.
func StateOf(now corev1.ContainerState, last *corev1.ContainerState, restarts int32) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		s := &p.Status.ContainerStatuses[0]
		s.Ready, s.State, s.RestartCount = false, now, restarts
		if last != nil {
			s.LastTerminationState = *last
		}
		WithCondition(corev1.PodReady, corev1.ConditionFalse, "containers with unready status: [app]")(p)
	}
}

// WithCondition gives a pod a condition that it has had for 47 minutes.
func WithCondition(kind corev1.PodConditionType, status corev1.ConditionStatus, message string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{
			Type: kind, Status: status, Message: message, LastTransitionTime: metav1.NewTime(WhyNow().Add(-47 * time.Minute)),
		})
	}
}

// CreatingPod is a pod whose sandbox is not there yet.
func CreatingPod(changes ...func(*corev1.Pod)) *corev1.Pod {
	return RunningPod(append([]func(*corev1.Pod){
		StateOf(Waiting("ContainerCreating", ""), nil, 0),
		func(p *corev1.Pod) {
			p.Status.Phase, p.Status.PodIP, p.Status.ContainerStatuses[0].ImageID = corev1.PodPending, "", ""
			p.CreationTimestamp = metav1.NewTime(WhyNow().Add(-time.Minute))
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReadyToStartContainers, Status: corev1.ConditionFalse}}
		},
	}, changes...)...)
}

// PodsOf is a list of pods.
func PodsOf(version string, pods ...*corev1.Pod) *corev1.PodList {
	list := &corev1.PodList{
		TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"},
		ListMeta: metav1.ListMeta{ResourceVersion: version}, Items: []corev1.Pod{},
	}
	for _, p := range pods {
		list.Items = append(list.Items, *p)
	}
	return list
}
