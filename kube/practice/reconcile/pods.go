package reconcile

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Pods is the pods of a namespace.
func Pods(s *store.Store, namespace string) (pods []*corev1.Pod) {
	objects, _ := s.List(api.Pods(), namespace)
	for _, object := range objects {
		pods = append(pods, object.(*corev1.Pod)) //nolint:forcetypeassert // pods only are stored as pods
	}
	return pods
}

// Key is where a pod is in the store.
func Key(pod *corev1.Pod) store.Key {
	return store.Key{Resource: api.Pods(), Namespace: pod.Namespace, Name: pod.Name}
}

// Delete deletes a pod as a client does that says no more than its name. The kubelet is to be told. Another pod of its name is left alone.
func Delete(s *store.Store, pod *corev1.Pod, now time.Time) {
	for uid := pod.UID; ; {
		ending, gone := api.EndingPod(pod, nil, now)
		var err error
		if gone {
			err = s.Delete(Key(pod), pod.ResourceVersion)
		} else {
			err = s.Replace(Key(pod), ending)
		}
		if !apierrors.IsConflict(err) {
			return
		}
		object, err := s.Get(Key(pod)) // somebody has written it meanwhile
		if err != nil || object.GetUID() != uid {
			return
		}
		pod = object.(*corev1.Pod) //nolint:forcetypeassert // see Pods
	}
}

// SetOwners gives a pod other owners.
func SetOwners(s *store.Store, pod *corev1.Pod, owners []metav1.OwnerReference) {
	_, err := s.Update(Key(pod), func(o store.Object) error {
		o.SetOwnerReferences(owners)
		return nil
	})
	if err != nil {
		return // deleted meanwhile
	}
}

func isReady(pod *corev1.Pod) bool {
	since := readySince(pod)
	return !since.IsZero()
}

// readySince is since when a pod is ready; zero: it is not.
func readySince(pod *corev1.Pod) metav1.Time {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
			return condition.LastTransitionTime
		}
	}
	return metav1.Time{}
}

// setStatus stores a status of an object, if it is another than before.
func setStatus[T store.Object, S any](s *store.Store, resource schema.GroupResource, object T, of func(T) *S, status S) {
	if equality.Semantic.DeepEqual(*of(object), status) {
		return
	}
	_, err := s.Update(store.Key{Resource: resource, Namespace: object.GetNamespace(), Name: object.GetName()}, func(o store.Object) error {
		*of(o.(T)) = status //nolint:forcetypeassert // a resource has objects of one type only
		return nil
	})
	if err != nil {
		return // deleted meanwhile
	}
}
