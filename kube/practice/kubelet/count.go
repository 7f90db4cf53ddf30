package kubelet

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// count brings the status of a pod's owners up to date, as their controllers do.
func (k *Kubelet) count(pod *corev1.Pod) {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return
	}
	switch owner.Kind {
	case "ReplicaSet":
		k.countSet(store.Key{Resource: appsv1.Resource("replicasets"), Namespace: pod.Namespace, Name: owner.Name})
	case "Job":
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

func (k *Kubelet) countSet(name store.Key) {
	all, ready := int32(0), int32(0)
	for _, pod := range k.owned(name.Namespace, name.Name) {
		all++
		if isReady(pod.Status) {
			ready++
		}
	}
	updated, err := k.store.Update(name, func(o store.Object) error {
		rs := o.(*appsv1.ReplicaSet) //nolint:forcetypeassert // replica sets only are stored as such
		rs.Status = appsv1.ReplicaSetStatus{
			Replicas: all, FullyLabeledReplicas: all, ReadyReplicas: ready, AvailableReplicas: ready,
			ObservedGeneration: rs.Generation,
		}
		return nil
	})
	if err != nil {
		return // deleted meanwhile
	}
	owner := metav1.GetControllerOf(updated)
	if owner == nil {
		return
	}
	deployment := store.Key{Resource: appsv1.Resource("deployments"), Namespace: name.Namespace, Name: owner.Name}
	_, err = k.store.Update(deployment, func(o store.Object) error {
		d := o.(*appsv1.Deployment) //nolint:forcetypeassert // deployments only are stored as such
		d.Status = appsv1.DeploymentStatus{
			Replicas: all, UpdatedReplicas: all, ReadyReplicas: ready, AvailableReplicas: ready,
			UnavailableReplicas: max(0, all-ready), ObservedGeneration: d.Generation,
		}
		return nil
	})
	if err != nil {
		return // see above
	}
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
