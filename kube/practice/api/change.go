package api

import (
	"errors"
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// part is what may be changed of a pod through one path of the API.
type part interface {
	// take is the pod before, with the part of the wanted one.
	take(before, wanted *corev1.Pod) *corev1.Pod
	// validate tells what is wrong with the wanted change, whose result is after.
	validate(before, wanted, after *corev1.Pod) field.ErrorList
	// secured reports whether Pod Security looks at such changes.
	secured() bool
	// note notes in the metadata of after which client has made the change.
	note(before, after *corev1.Pod, manager string, now metav1.Time)
}

// changePod answers a PATCH or a PUT of a pod.
func (s *Server) changePod(w http.ResponseWriter, r *http.Request, q request, part part) error {
	dry, err := dryRun(r.URL.Query()["dryRun"])
	if err != nil {
		return err
	}
	data, err := body(r)
	if err != nil {
		return err
	}
	want, err := s.wanted(w, r, q, data)
	if err != nil {
		return err
	}
	for {
		before, after, err := s.changed(q, part, want)
		if err != nil {
			return err
		}
		var warnings []string
		if part.secured() {
			if warnings, err = s.secureIn(q.namespace, after); err != nil {
				return err
			}
		}
		part.note(before, after, managerOf(r), metav1.NewTime(s.clock.Now()))
		if !dry && !equality.Semantic.DeepEqual(before, after) {
			stored, err := s.replace(q.key(), before.ResourceVersion, after)
			if errors.Is(err, errMeanwhile) {
				continue // it was written meanwhile: do it again
			}
			if err != nil {
				return err
			}
			after = stored
			s.kubelet.Changed(q.namespace, q.name)
		}
		warn(w, warnings...)
		return s.writeOne(w, r, q.resource, http.StatusOK, after)
	}
}

// changed is a pod before and after a change that may be made.
func (s *Server) changed(q request, part part, want wantedFunc) (before, after *corev1.Pod, err error) {
	object, err := s.store.Get(q.key())
	if err != nil {
		return nil, nil, err
	}
	if before, err = podOf(object); err != nil {
		return nil, nil, err
	}
	wanted, err := want(before)
	if err != nil {
		return nil, nil, err
	}
	if err := sameObject(before, wanted); err != nil {
		return nil, nil, err
	}
	after = part.take(before, wanted)
	errs := part.validate(before, wanted, after)
	if wanted.UID != "" && wanted.UID != before.UID {
		errs = append(field.ErrorList{field.Invalid(field.NewPath("metadata", "uid"), wanted.UID, "field is immutable")}, errs...)
	}
	if len(errs) > 0 {
		return nil, nil, apierrors.NewInvalid(q.resource.gvk().GroupKind(), q.name, errs)
	}
	return before, after, nil
}

// sameObject refuses what is meant for another object, or for an earlier version of it.
func sameObject(before, wanted *corev1.Pod) error {
	if wanted.Name != before.Name {
		return apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", wanted.Name, before.Name))
	}
	if wanted.Namespace != "" && wanted.Namespace != before.Namespace {
		return apierrors.NewBadRequest(fmt.Sprintf("the namespace of the object (%s) does not match the namespace on the URL (%s)",
			wanted.Namespace, before.Namespace))
	}
	if wanted.ResourceVersion != "" && wanted.ResourceVersion != before.ResourceVersion {
		return apierrors.NewConflict(Pods(), before.Name,
			errors.New("the object has been modified; please apply your changes to the latest version and try again"))
	}
	return nil
}

// errMeanwhile says that an object is not the one that was read any more.
var errMeanwhile = errors.New("written meanwhile")

// replace stores an object in the place of the version from which it was made, or says errMeanwhile.
func (s *Server) replace(key store.Key, version string, object *corev1.Pod) (*corev1.Pod, error) {
	stored, err := s.store.Update(key, func(current store.Object) error {
		pod, err := podOf(current)
		if err != nil {
			return err
		}
		if pod.ResourceVersion != version {
			return errMeanwhile
		}
		object.DeepCopyInto(pod)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return podOf(stored)
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

func (ephemeralOnly) secured() bool { return true }

// labelsOnly is the pod itself, of which labels and annotations can be changed here.
type labelsOnly struct{}

func (labelsOnly) take(before, wanted *corev1.Pod) *corev1.Pod {
	after := before.DeepCopy()
	wanted = wanted.DeepCopy()
	after.Labels, after.Annotations = wanted.Labels, wanted.Annotations
	after.Finalizers, after.OwnerReferences = wanted.Finalizers, wanted.OwnerReferences
	return after
}

func (labelsOnly) validate(before, wanted, after *corev1.Pod) field.ErrorList {
	errs := validateMeta(after)
	wanted = wanted.DeepCopy()
	defaultSpec(&wanted.Spec)
	if !equality.Semantic.DeepEqual(before.Spec, wanted.Spec) {
		errs = append(errs, field.Forbidden(field.NewPath("spec"), "pod updates may not change fields other than "+
			"`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"+
			"`spec.tolerations` (only additions to existing tolerations),"+
			"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"))
	}
	return errs
}

func (labelsOnly) secured() bool { return false }
