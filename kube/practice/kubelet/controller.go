package kubelet

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Add makes an object as a client's create would do, and lets what follows from it happen: a Deployment gets its pods.
// It must not be called from an appointment.
func (k *Kubelet) Add(object store.Object) error {
	var err error
	k.outside(func() { err = k.add(object) })
	return err
}

func (k *Kubelet) add(object store.Object) error {
	resource, ok := api.ResourceOf(object)
	if !ok {
		return fmt.Errorf("add %s: the API has no %T", object.GetName(), object)
	}
	if object.GetUID() == "" {
		object.SetUID(scene.UID(resource.Resource, object.GetNamespace(), object.GetName()))
	}
	if node, ok := object.(*corev1.Node); ok {
		k.report(node)
	}
	if err := api.Register(k.store, k.clock.Now(), object); err != nil {
		return fmt.Errorf("add %s: %w", object.GetName(), err)
	}
	switch object := object.(type) {
	case *corev1.Pod:
		k.Changed(key(nameOf(object)))
	case *appsv1.Deployment:
		return k.add(scene.ReplicaSet(object))
	case *appsv1.ReplicaSet:
		k.reconcile(object.Namespace)
	case *batchv1.Job:
		return k.add(scene.JobPod(object, 0))
	}
	return nil
}

// reconcile gives each ReplicaSet of a namespace the pods that it lacks.
func (k *Kubelet) reconcile(namespace string) {
	pods, _ := k.store.List(api.Pods(), namespace)
	have := map[string]int{}
	for _, object := range pods {
		if owner := metav1.GetControllerOf(object); owner != nil && object.GetDeletionTimestamp() == nil {
			have[string(owner.UID)]++
		}
	}
	sets, _ := k.store.List(appsv1.Resource("replicasets"), namespace)
	for _, object := range sets {
		rs := object.(*appsv1.ReplicaSet) //nolint:forcetypeassert // replica sets only are stored as such
		for n := have[string(rs.UID)]; rs.Spec.Replicas != nil && n < int(*rs.Spec.Replicas); n++ {
			pod := scene.ReplicaPod(rs, k.made[rs.UID])
			k.made[rs.UID]++
			if err := k.add(pod); err != nil {
				return // its namespace is going
			}
		}
	}
}
