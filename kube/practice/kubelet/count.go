package kubelet

import (
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// count brings the status of a pod's Job up to date, and tells of a pod that has got on.
func (k *Kubelet) count(pod *corev1.Pod) {
	k.started(key(nameOf(pod)))
	if owner := metav1.GetControllerOf(pod); owner != nil && owner.Kind == "Job" {
		k.countJob(store.Key{Resource: api.Jobs(), Namespace: pod.Namespace, Name: owner.Name})
	}
}

// owned is the pods of an owner that are not about to go.
func (k *Kubelet) owned(namespace, name string) (pods []*corev1.Pod) {
	objects, _ := k.store.List(api.Pods(), namespace)
	for _, object := range objects {
		if owner := metav1.GetControllerOf(object); owner != nil && owner.Name == name && object.GetDeletionTimestamp() == nil {
			pods = append(pods, object.(*corev1.Pod)) //nolint:forcetypeassert // pods only are stored as pods
		}
	}
	return pods
}

func (k *Kubelet) countJob(name store.Key) {
	active, succeeded, failed := int32(0), int32(0), int32(0)
	var started *metav1.Time
	for _, pod := range k.owned(name.Namespace, name.Name) {
		started = pod.Status.StartTime
		switch pod.Status.Phase {
		case corev1.PodSucceeded:
			succeeded++
		case corev1.PodFailed:
			failed++
		default:
			active++
		}
	}
	now := metav1.NewTime(k.clock.Now().Truncate(time.Second))
	_, err := k.store.Update(name, func(o store.Object) error {
		status := &o.(*batchv1.Job).Status //nolint:forcetypeassert // jobs only are stored as such
		status.Active, status.Succeeded, status.Failed = active, succeeded, failed
		if status.StartTime == nil {
			status.StartTime = started
		}
		if succeeded == 0 || status.CompletionTime != nil {
			return nil
		}
		status.CompletionTime = &now
		for _, kind := range []batchv1.JobConditionType{batchv1.JobSuccessCriteriaMet, batchv1.JobComplete} {
			status.Conditions = append(status.Conditions, batchv1.JobCondition{
				Type: kind, Status: corev1.ConditionTrue, LastProbeTime: now, LastTransitionTime: now,
				Reason: "CompletionsReached", Message: "Reached expected number of succeeded pods",
			})
		}
		return nil
	})
	if err == nil { // else it was deleted meanwhile
		k.wrote(name)
	}
}
