package api

import (
	"fmt"
	"net/http"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// create stores a new object.
func (s *Server) create(w http.ResponseWriter, r *http.Request, q request) error {
	dry, err := dryRun(r.URL.Query()["dryRun"])
	if err != nil {
		return err
	}
	decoded, err := s.decode(w, r, q.resource.gvk())
	if err != nil {
		return err
	}
	object, err := as[store.Object](decoded)
	if err != nil {
		return err
	}
	if err := s.admit(w, object, q); err != nil {
		return err
	}
	noteCreated(object, q.resource.version.String(), managerOf(r), metav1.NewTime(s.clock.Now().Truncate(time.Second)))
	key := store.Key{Resource: q.resource.group(), Namespace: q.namespace, Name: object.GetName()}
	if _, err := s.store.Get(key); dry && err == nil {
		return apierrors.NewAlreadyExists(key.Resource, key.Name)
	}
	if !dry {
		if err := s.store.Create(key.Resource, object); err != nil {
			return err
		}
		s.kubelet.Changed(key)
	}
	return s.writeOne(w, r, q.resource, http.StatusCreated, object)
}

// admit makes what a client has sent a new object, or refuses it.
func (s *Server) admit(w http.ResponseWriter, object store.Object, q request) error {
	if namespace := object.GetNamespace(); namespace != "" && namespace != q.namespace {
		return apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	namespace, err := s.namespace(q.namespace)
	if err != nil {
		return err
	}
	object.SetNamespace(q.namespace)
	object.SetUID("")
	object.SetCreationTimestamp(metav1.Time{})
	object.SetResourceVersion("")
	object.SetGeneration(0)
	object.SetManagedFields(nil)
	object.SetDeletionTimestamp(nil)
	object.SetDeletionGracePeriodSeconds(nil)
	var errs field.ErrorList
	secure := func() ([]string, error) { return nil, nil }
	switch object := object.(type) {
	case *corev1.Pod:
		object.Status = corev1.PodStatus{}
		Default(object, s.clock.Now())
		errs = validatePod(object)
		secure = func() ([]string, error) { return s.secure(namespace, object) }
	case *batchv1.Job:
		object.Status = batchv1.JobStatus{}
		defaultJob(object, s.clock.Now())
		errs = validateJob(object)
		secure = func() ([]string, error) { return s.secureTemplate(namespace, &object.Spec.Template), nil }
	case *corev1.Event:
		defaultMeta(object, s.clock.Now())
		errs = validateEvent(object)
	}
	if len(errs) > 0 {
		return apierrors.NewInvalid(q.resource.gvk().GroupKind(), object.GetName(), errs)
	}
	warnings, err := secure()
	warn(w, warnings...)
	return err
}

func (s *Server) namespace(name string) (*corev1.Namespace, error) {
	object, err := s.store.Get(store.Key{Resource: Namespaces(), Name: name})
	if err != nil {
		return nil, err
	}
	namespace, ok := object.(*corev1.Namespace)
	if !ok {
		return nil, apierrors.NewNotFound(Namespaces(), name)
	}
	return namespace, nil
}

// dryRun reports whether nothing is to be stored.
func dryRun(values []string) (bool, error) {
	for _, value := range values {
		if value != metav1.DryRunAll {
			return false, apierrors.NewBadRequest(fmt.Sprintf("invalid dryRun value %q: supported is %q", value, metav1.DryRunAll))
		}
	}
	return len(values) > 0, nil
}

func validateEvent(event *corev1.Event) field.ErrorList {
	var errs field.ErrorList
	if event.Name == "" {
		errs = append(errs, field.Required(field.NewPath("metadata", "name"), "name or generateName is required"))
	}
	if event.InvolvedObject.Namespace != event.Namespace {
		errs = append(errs, field.Invalid(field.NewPath("involvedObject", "namespace"), event.InvolvedObject.Namespace, "does not match event.namespace"))
	}
	return errs
}
