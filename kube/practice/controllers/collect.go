package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
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
	for _, pod := range c.pods(namespace) {
		c.collectPod(pod)
	}
	for _, job := range leaving {
		blocked := slices.ContainsFunc(c.pods(namespace), func(pod *corev1.Pod) bool {
			return slices.ContainsFunc(pod.OwnerReferences, func(ref metav1.OwnerReference) bool {
				return ref.UID == job.GetUID() && ref.BlockOwnerDeletion != nil && *ref.BlockOwnerDeletion
			})
		})
		if !blocked && !slices.Contains(job.GetFinalizers(), metav1.FinalizerOrphanDependents) {
			c.release(job, metav1.FinalizerDeleteDependents)
		}
	}
}

// pods is the pods of a namespace.
func (c *Controllers) pods(namespace string) (pods []*corev1.Pod) {
	objects, _ := c.store.List(api.Pods(), namespace)
	for _, object := range objects {
		pods = append(pods, object.(*corev1.Pod)) //nolint:forcetypeassert // pods only are stored as pods
	}
	return pods
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
		c.setOwners(pod, stay)
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
	for _, pod := range c.pods(owner.GetNamespace()) {
		others := slices.DeleteFunc(slices.Clone(pod.OwnerReferences), func(ref metav1.OwnerReference) bool { return ref.UID == owner.GetUID() })
		if len(others) < len(pod.OwnerReferences) {
			c.setOwners(pod, others)
		}
	}
}

func (c *Controllers) setOwners(pod *corev1.Pod, owners []metav1.OwnerReference) {
	_, err := c.store.Update(podName(pod), func(o store.Object) error {
		o.SetOwnerReferences(owners)
		return nil
	})
	if err != nil {
		return // deleted meanwhile
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

// deletePod deletes a pod as a client does that says no more than its name.
func (c *Controllers) deletePod(pod *corev1.Pod) {
	name := podName(pod)
	ending, gone := api.EndingPod(pod, nil, c.clock.Now())
	var err error
	if gone {
		err = c.store.Delete(name, pod.ResourceVersion)
	} else {
		err = c.store.Replace(name, ending)
	}
	if apierrors.IsConflict(err) { // somebody has written it meanwhile
		c.clock.After(controlTime, func() { c.collect(pod.Namespace) })
		return
	}
	c.kubelet.Changed(name)
}

func podName(pod *corev1.Pod) store.Key {
	return store.Key{Resource: api.Pods(), Namespace: pod.Namespace, Name: pod.Name}
}
