package api

import (
	"net/http"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// createEvent stores what a client has to say of an object.
func (s *Server) createEvent(w http.ResponseWriter, r *http.Request, q request) error {
	dry, err := dryRun(r.URL.Query()["dryRun"])
	if err != nil {
		return err
	}
	object, err := s.decode(w, r, q.resource.gvk())
	if err != nil {
		return err
	}
	event, ok := object.(*corev1.Event)
	if !ok {
		return apierrors.NewBadRequest("the object is no Event")
	}
	if event.Namespace != "" && event.Namespace != q.namespace {
		return apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	if _, err := s.namespace(q.namespace); err != nil {
		return err
	}
	event.Namespace = q.namespace
	event.UID, event.CreationTimestamp, event.ResourceVersion = "", metav1.Time{}, ""
	defaultMeta(event, s.clock.Now())
	if errs := validateEvent(event); len(errs) > 0 {
		return apierrors.NewInvalid(q.resource.gvk().GroupKind(), event.Name, errs)
	}
	if !dry {
		if err := s.store.Create(Events(), event); err != nil {
			return err
		}
	}
	return s.writeOne(w, r, q.resource, http.StatusCreated, event)
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
