package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/reconcile"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// collect is the garbage collector in one namespace: pods go whose owners have gone, and owners go that wait for their pods.
func (c *Controllers) collect(namespace string) {
	jobs, _ := c.store.List(api.Jobs(), namespace)
	leaving := slices.DeleteFunc(jobs, func(job store.Object) bool { return job.GetDeletionTimestamp() == nil })
	for _, job := range leaving {
		if slices.Contains(job.GetFinalizers(), metav1.FinalizerOrphanDependents) {
			c.orphan(job)
			c.release(job, metav1.FinalizerOrphanDependents)
		}
	}
	for _, pod := range reconcile.Pods(c.store, namespace) {
		c.collectPod(pod)
	}
	for _, job := range leaving {
		blocked := slices.ContainsFunc(reconcile.Pods(c.store, namespace), func(pod *corev1.Pod) bool {
			return slices.ContainsFunc(pod.OwnerReferences, func(ref metav1.OwnerReference) bool {
				return ref.UID == job.GetUID() && ref.BlockOwnerDeletion != nil && *ref.BlockOwnerDeletion
			})
		})
		if !blocked && !slices.Contains(job.GetFinalizers(), metav1.FinalizerOrphanDependents) {
			c.release(job, metav1.FinalizerDeleteDependents)
		}
	}
}

// collectPod deletes a pod that nothing owns any more, and takes owners from it that have gone while others stay.
func (c *Controllers) collectPod(pod *corev1.Pod) {
	if len(pod.OwnerReferences) == 0 || pod.DeletionTimestamp != nil {
		return
	}
	stay := slices.DeleteFunc(slices.Clone(pod.OwnerReferences), func(ref metav1.OwnerReference) bool { return !c.owns(pod.Namespace, ref) })
	switch len(stay) {
	case 0:
		c.deletePod(pod)
	case len(pod.OwnerReferences):
	default:
		reconcile.SetOwners(c.store, pod, stay)
	}
}

// owns reports whether an owner is there, and will stay. Of kinds that are not served it is so.
func (c *Controllers) owns(namespace string, ref metav1.OwnerReference) bool {
	key, ok := api.OwnerKey(namespace, ref)
	if !ok {
		return true
	}
	owner, err := c.store.Get(key)
	return err == nil && owner.GetUID() == ref.UID && !slices.Contains(owner.GetFinalizers(), metav1.FinalizerDeleteDependents)
}

// orphan takes an owner from all that it owns.
func (c *Controllers) orphan(owner store.Object) {
	for _, pod := range reconcile.Pods(c.store, owner.GetNamespace()) {
		others := slices.DeleteFunc(slices.Clone(pod.OwnerReferences), func(ref metav1.OwnerReference) bool { return ref.UID == owner.GetUID() })
		if len(others) < len(pod.OwnerReferences) {
			reconcile.SetOwners(c.store, pod, others)
		}
	}
}

// release takes a finalizer from a Job that is to go. It goes when that was the last one.
func (c *Controllers) release(job store.Object, finalizer string) {
	name := jobName(job.GetNamespace(), job.GetName())
	released, err := c.store.Update(name, func(o store.Object) error {
		o.SetFinalizers(slices.DeleteFunc(slices.Clone(o.GetFinalizers()), func(name string) bool { return name == finalizer }))
		return nil
	})
	if err != nil || len(released.GetFinalizers()) > 0 || released.GetDeletionTimestamp() == nil || released.GetUID() != job.GetUID() {
		return // it has gone, or somebody else keeps it
	}
	if err := c.store.Delete(name, released.GetResourceVersion()); err == nil {
		c.clock.After(controlTime, func() { c.collect(name.Namespace) })
	}
}

func (c *Controllers) deletePod(pod *corev1.Pod) {
	reconcile.Delete(c.store, pod, c.clock.Now())
	c.soon(pod.Namespace)
	c.kubelet.Changed(reconcile.Key(pod))
}
