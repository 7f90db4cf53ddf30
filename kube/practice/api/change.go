package api

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// part is what may be changed of an object through one path of the API.
type part[T store.Object] interface {
	// take is the object before, with the part of the wanted one.
	take(before, wanted T) T
	// validate tells what is wrong with the wanted change, whose result is after.
	validate(before, wanted, after T) field.ErrorList
	// secure is what Pod Security says of such a change, if it looks at it.
	secure(s *Server, after T) (warnings []string, err error)
	// note notes in the metadata of after which client has made the change.
	note(before, after T, manager string, now metav1.Time)
}

// change answers a PATCH or a PUT of an object.
func change[T store.Object](s *Server, w http.ResponseWriter, r *http.Request, q request, part part[T]) error {
	dry, err := dryRun(r.URL.Query()["dryRun"])
	if err != nil {
		return err
	}
	data, err := body(r)
	if err != nil {
		return err
	}
	want, err := wanted[T](s, w, r, q, data)
	if err != nil {
		return err
	}
	for {
		before, after, err := changed(s, q, part, want)
		if err != nil {
			return err
		}
		warnings, err := part.secure(s, after)
		if err != nil {
			return err
		}
		part.note(before, after, managerOf(r), metav1.NewTime(s.clock.Now()))
		if !dry && !equality.Semantic.DeepEqual(before, after) {
			err := s.store.Replace(q.key(), after)
			if apierrors.IsConflict(err) {
				continue // it was written meanwhile: do it again
			}
			if err != nil {
				return err
			}
			s.kubelet.Changed(q.key())
		}
		warn(w, warnings...)
		return s.writeOne(w, r, q.resource, http.StatusOK, after)
	}
}

// changed is an object before and after a change that may be made.
func changed[T store.Object](s *Server, q request, part part[T], want wantedFunc[T]) (before, after T, err error) {
	object, err := s.store.Get(q.key())
	if err != nil {
		return before, after, err
	}
	if before, err = as[T](object); err != nil {
		return before, after, err
	}
	wanted, err := want(before)
	if err != nil {
		return before, after, err
	}
	if err := sameObject(q, before, wanted); err != nil {
		return before, after, err
	}
	after = part.take(before, wanted)
	errs := part.validate(before, wanted, after)
	if uid := wanted.GetUID(); uid != "" && uid != before.GetUID() {
		errs = append(field.ErrorList{field.Invalid(field.NewPath("metadata", "uid"), uid, "field is immutable")}, errs...)
	}
	if len(errs) > 0 {
		return before, after, apierrors.NewInvalid(q.resource.gvk().GroupKind(), q.name, errs)
	}
	return before, after, nil
}

// sameObject refuses what is meant for another object, or for an earlier version of it.
func sameObject(q request, before, wanted store.Object) error {
	if name := wanted.GetName(); name != before.GetName() {
		return apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", name, before.GetName()))
	}
	if namespace := wanted.GetNamespace(); namespace != "" && namespace != before.GetNamespace() {
		return apierrors.NewBadRequest(fmt.Sprintf("the namespace of the object (%s) does not match the namespace on the URL (%s)",
			namespace, before.GetNamespace()))
	}
	if version := wanted.GetResourceVersion(); version != "" && version != before.GetResourceVersion() {
		return apierrors.NewConflict(q.resource.group(), before.GetName(),
			errors.New("the object has been modified; please apply your changes to the latest version and try again"))
	}
	return nil
}

// ephemeralOnly is the subresource ephemeralcontainers.
type ephemeralOnly struct{}

func (ephemeralOnly) take(before, wanted *corev1.Pod) *corev1.Pod {
	after := before.DeepCopy()
	after.Spec.EphemeralContainers = wanted.DeepCopy().Spec.EphemeralContainers
	defaultEphemeral(&after.Spec)
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		after.Generation++
	}
	return after
}

func (ephemeralOnly) validate(before, _, after *corev1.Pod) field.ErrorList {
	return validateEphemeralChange(before, after)
}

func (ephemeralOnly) secure(s *Server, after *corev1.Pod) ([]string, error) {
	namespace, err := s.namespace(after.Namespace)
	if err != nil {
		return nil, err
	}
	return s.secure(namespace, after)
}

// podSpec is the pod itself, of which the metadata and the deadline can be changed here.
type podSpec struct{}

func (podSpec) take(before, wanted *corev1.Pod) *corev1.Pod {
	after := before.DeepCopy()
	takeMeta(after, wanted)
	if wanted.Spec.ActiveDeadlineSeconds != nil {
		after.Spec.ActiveDeadlineSeconds = ptr.To(*wanted.Spec.ActiveDeadlineSeconds)
	}
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		after.Generation++
	}
	return after
}

// takeMeta gives an object the metadata that clients may change.
func takeMeta(after, wanted store.Object) {
	after.SetLabels(maps.Clone(wanted.GetLabels()))
	after.SetAnnotations(maps.Clone(wanted.GetAnnotations()))
	after.SetFinalizers(slices.Clone(wanted.GetFinalizers()))
	after.SetOwnerReferences(slices.Clone(wanted.GetOwnerReferences()))
}

func (podSpec) validate(before, wanted, after *corev1.Pod) field.ErrorList {
	errs := validateMeta(after)
	if err := validateDeadline(before.Spec.ActiveDeadlineSeconds, wanted.Spec.ActiveDeadlineSeconds); err != nil {
		return append(errs, err)
	}
	wanted = wanted.DeepCopy()
	defaultSpec(&wanted.Spec)
	if !equality.Semantic.DeepEqual(after.Spec, wanted.Spec) {
		errs = append(errs, field.Forbidden(field.NewPath("spec"), "pod updates may not change fields other than "+
			"`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"+
			"`spec.tolerations` (only additions to existing tolerations),"+
			"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"))
	}
	return errs
}

func (podSpec) secure(*Server, *corev1.Pod) ([]string, error) { return nil, nil }
