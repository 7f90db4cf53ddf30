package api

import (
	"fmt"
	"reflect"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/uuid"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// ResourceOf is the resource under which an object is in the store. It is false for a kind that is not served.
func ResourceOf(object store.Object) (schema.GroupResource, bool) {
	return resourceOf(resources(), object)
}

func resourceOf(table []*resource, object store.Object) (schema.GroupResource, bool) {
	for _, r := range table {
		if reflect.TypeOf(r.zero) == reflect.TypeOf(object) {
			return r.group(), true
		}
	}
	return schema.GroupResource{}, false
}

// OwnerKey is the object that a reference of an object in a namespace names as its owner. It is false for a kind that is not served.
func OwnerKey(namespace string, ref metav1.OwnerReference) (store.Key, bool) {
	for _, r := range resources() {
		if r.kind == ref.Kind && r.version.String() == ref.APIVersion {
			if r.cluster {
				namespace = ""
			}
			return store.Key{Resource: r.group(), Namespace: namespace, Name: ref.Name}, true
		}
	}
	return store.Key{}, false
}

// Register stores objects as if clients had created them at the given time: with a UID, a creation time and, for pods, Jobs,
// Services and namespaces, what the real server fills in and notes of who has made them. It does not validate them. What an object has already, stays. The objects
// are the store's from then on.
func Register(s *store.Store, now time.Time, objects ...store.Object) error {
	table := resources()
	for _, object := range objects {
		resource, ok := resourceOf(table, object)
		if !ok {
			return fmt.Errorf("register %q: a %T is not served", object.GetName(), object)
		}
		switch object := object.(type) {
		case *corev1.Pod:
			Default(object, now)
			noteRegistered(object, "v1")
		case *batchv1.Job:
			defaultJob(object, now)
			noteRegistered(object, "batch/v1")
		case *corev1.Service:
			defaultService(object)
			defaultMeta(object, now)
		case *policyv1.PodDisruptionBudget:
			defaultMeta(object, now)
			object.Generation = max(object.Generation, 1)
		case *corev1.Namespace:
			defaultNamespace(object)
			defaultMeta(object, now)
		default:
			defaultMeta(object, now)
		}
		if err := s.Create(resource, object); err != nil {
			return fmt.Errorf("register: %w", err)
		}
	}
	return nil
}

// noteRegistered notes who has made an object that has come with others, and who has put debug containers into it: whom it names, else its controller,
// else somebody with kubectl.
func noteRegistered(object store.Object, version string) {
	creator, debugger := "kubectl-create", ""
	if metav1.GetControllerOf(object) != nil {
		creator = "kube-controller-manager"
	}
	for _, named := range object.GetManagedFields() {
		if named.FieldsV1 != nil {
			return // it tells for itself
		}
		if named.Subresource == "" {
			creator = named.Manager
		} else {
			debugger = named.Manager
		}
	}
	noteCreated(object, version, creator, object.GetCreationTimestamp())
	if pod, ok := object.(*corev1.Pod); ok && debugger != "" {
		ephemeralOnly{}.note(&corev1.Pod{}, pod, debugger, pod.CreationTimestamp)
	}
}

// defaultMeta gives an object what every new one gets.
func defaultMeta(object metav1.Object, now time.Time) {
	if object.GetUID() == "" {
		object.SetUID(uuid.NewUUID())
	}
	if created := object.GetCreationTimestamp(); created.IsZero() {
		object.SetCreationTimestamp(metav1.NewTime(now.Truncate(time.Second)))
	}
}

func defaultNamespace(namespace *corev1.Namespace) {
	if namespace.Labels == nil {
		namespace.Labels = map[string]string{}
	}
	namespace.Labels[corev1.LabelMetadataName] = namespace.Name
	if len(namespace.Spec.Finalizers) == 0 {
		namespace.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
	}
	if namespace.Status.Phase == "" {
		namespace.Status.Phase = corev1.NamespaceActive
	}
}
