package reconcile

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// scaleDown deletes so many of the pods of a ReplicaSet: those whom nobody will miss first.
func (r *replicaSets) scaleDown(pods []*corev1.Pod, excess int) {
	crowd, now := map[string]int{}, r.clock.Now()
	for _, pod := range pods {
		crowd[pod.Spec.NodeName]++
	}
	slices.SortFunc(pods, func(a, b *corev1.Pod) int { return missed(a, b, crowd, now) })
	for _, pod := range pods[:excess] {
		Delete(r.store, pod, now)
		r.kubelet.Changed(Key(pod))
	}
}

// missed orders pods as ActivePodsWithRanks of the real controllers does. Of its rules those are left out that compare pods of several ReplicaSets.
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/controller_utils.go
func missed(a, b *corev1.Pod, crowd map[string]int, now time.Time) int {
	return cmp.Or(
		fewer(a.Spec.NodeName != "", b.Spec.NodeName != ""),
		cmp.Compare(stage(a), stage(b)),
		fewer(isReady(a), isReady(b)),
		cmp.Compare(deletionCost(a), deletionCost(b)),
		cmp.Compare(crowd[b.Spec.NodeName], crowd[a.Spec.NodeName]),
		cmp.Compare(magnitude(readySince(a), now), magnitude(readySince(b), now)),
		cmp.Compare(restarts(b), restarts(a)),
		cmp.Compare(magnitude(a.CreationTimestamp, now), magnitude(b.CreationTimestamp, now)),
		strings.Compare(string(a.UID), string(b.UID)),
	)
}

// fewer puts what is not before what is.
func fewer(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func stage(pod *corev1.Pod) int {
	return slices.Index([]corev1.PodPhase{corev1.PodPending, corev1.PodUnknown, corev1.PodRunning}, pod.Status.Phase)
}

func deletionCost(pod *corev1.Pod) int {
	cost, err := strconv.ParseInt(pod.Annotations[corev1.PodDeletionCost], 10, 32)
	if err != nil {
		return 0
	}
	return int(cost)
}

// magnitude is how long ago a time is, in powers of two: what is of about the same age is taken by lot.
func magnitude(t metav1.Time, now time.Time) int {
	ago := now.Sub(t.Time)
	if t.IsZero() || ago <= 0 {
		return -1
	}
	return int(math.Log2(float64(ago)))
}

func restarts(pod *corev1.Pod) (most int32) {
	for _, status := range pod.Status.ContainerStatuses {
		most = max(most, status.RestartCount)
	}
	return most
}
