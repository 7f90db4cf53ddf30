package kubelet

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

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
	case *batchv1.Job:
		if ptr.Deref(object.Spec.Parallelism, 1) > 0 {
			return k.add(scene.JobPod(object, 0))
		}
		k.wrote(store.Key{Resource: resource, Namespace: object.Namespace, Name: object.Name})
	default:
		k.wrote(store.Key{Resource: resource, Namespace: object.GetNamespace(), Name: object.GetName()})
	}
	return nil
}
