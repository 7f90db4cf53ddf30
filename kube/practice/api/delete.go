package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// delete asks for the end of an object, or takes it away at once when there is nothing to end.
func (s *Server) delete(w http.ResponseWriter, r *http.Request, q request) error {
	options, dry, err := s.readDeleteOptions(w, r)
	if err != nil {
		return err
	}
	object, gone, err := s.remove(q.resource, q.key(), options, dry)
	if err != nil {
		return err
	}
	warnOfOrphans(w, q, options)
	if gone && q.resource.group() != Pods() {
		s.write(w, r, http.StatusOK, &metav1.Status{Status: metav1.StatusSuccess, Details: &metav1.StatusDetails{
			Name: q.name, Group: q.resource.version.Group, Kind: q.resource.name, UID: object.GetUID(),
		}})
		return nil
	}
	return s.writeOne(w, r, q.resource, http.StatusOK, object)
}

// deleteCollection does so with all that the selectors match.
func (s *Server) deleteCollection(w http.ResponseWriter, r *http.Request, q request) error {
	list, err := readListOptions(r, q)
	if err != nil {
		return err
	}
	options, dry, err := s.readDeleteOptions(w, r)
	if err != nil {
		return err
	}
	objects, version := s.store.List(q.resource.group(), q.namespace)
	var removed []store.Object
	for _, object := range objects {
		if !list.matches(q.resource, object) {
			continue
		}
		key := store.Key{Resource: q.resource.group(), Namespace: object.GetNamespace(), Name: object.GetName()}
		ending, _, err := s.remove(q.resource, key, options, dry)
		if apierrors.IsNotFound(err) {
			continue // it went while we were at it
		}
		if err != nil {
			return err
		}
		removed = append(removed, ending)
	}
	warnOfOrphans(w, q, options)
	return s.writeList(w, r, q.resource, removed, metav1.ListMeta{ResourceVersion: fmt.Sprint(version)})
}

func (s *Server) readDeleteOptions(w http.ResponseWriter, r *http.Request) (*metav1.DeleteOptions, bool, error) {
	options := &metav1.DeleteOptions{}
	data, err := body(r)
	if err != nil {
		return nil, false, err
	}
	if len(data) > 0 {
		info, err := s.codec.content(r)
		if err != nil {
			return nil, false, err
		}
		kind := schema.GroupVersionKind{Version: "v1", Kind: "DeleteOptions"}
		object, err := s.codec.parse(w, data, info, kind, metav1.FieldValidationIgnore)
		if err != nil {
			return nil, false, err
		}
		if read, ok := object.(*metav1.DeleteOptions); ok {
			options = read
		}
	} else {
		values := r.URL.Query()
		if err := metav1.Convert_url_Values_To_v1_DeleteOptions(&values, options, nil); err != nil {
			return nil, false, apierrors.NewBadRequest(err.Error())
		}
	}
	dry, err := dryRun(options.DryRun)
	if err != nil {
		return nil, false, err
	}
	return options, dry, validatePropagation(options)
}

func validatePropagation(options *metav1.DeleteOptions) error {
	at := field.NewPath("propagationPolicy")
	var errs field.ErrorList
	policies := []metav1.DeletionPropagation{metav1.DeletePropagationForeground, metav1.DeletePropagationBackground, metav1.DeletePropagationOrphan}
	if policy := options.PropagationPolicy; policy != nil && options.OrphanDependents != nil { //nolint:staticcheck // old clients send it
		errs = append(errs, field.Invalid(at, *policy, "orphanDependents and deletionPropagation cannot be both set"))
	} else if policy != nil && !slices.Contains(policies, *policy) {
		errs = append(errs, field.NotSupported(at, *policy, policies))
	}
	if len(errs) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "DeleteOptions"}, "", errs)
	}
	return nil
}

// remove is the deletion of one object. It returns the object as it is then, or as it last was, and whether it is gone.
func (s *Server) remove(resource *resource, key store.Key, options *metav1.DeleteOptions, dry bool) (store.Object, bool, error) {
	for {
		object, err := s.store.Get(key)
		if err != nil {
			return nil, false, err
		}
		if err := precondition(resource, object, options.Preconditions); err != nil {
			return nil, false, err
		}
		ending, gone := s.ending(object, options)
		if dry || ending == object && !gone {
			return ending, gone, nil
		}
		if gone {
			err = s.store.Delete(key, object.GetResourceVersion())
		} else {
			err = s.store.Replace(key, ending)
		}
		if apierrors.IsConflict(err) {
			continue // it was written meanwhile: look again
		}
		if err != nil {
			return nil, false, err
		}
		s.kubelet.Changed(key)
		return ending, gone, nil
	}
}

func precondition(resource *resource, object store.Object, wanted *metav1.Preconditions) error {
	conflict := func(what, wanted, is, fate string) error {
		kind := schema.GroupResource{Group: resource.version.Group, Resource: resource.kind}
		return apierrors.NewConflict(kind, object.GetName(), fmt.Errorf("the %s in the precondition (%s) "+
			"does not match the %s in record (%s). The object might have been %s", what, wanted, what, is, fate))
	}
	if wanted == nil {
		return nil
	}
	if uid := wanted.UID; uid != nil && *uid != object.GetUID() {
		return conflict("UID", string(*uid), string(object.GetUID()), "deleted and then recreated")
	}
	if version := wanted.ResourceVersion; version != nil && *version != object.GetResourceVersion() {
		return conflict("ResourceVersion", *version, object.GetResourceVersion(), "modified")
	}
	return nil
}

// ending is an object whose deletion is asked for, and whether it goes at once.
func (s *Server) ending(object store.Object, options *metav1.DeleteOptions) (ending store.Object, gone bool) {
	if pod, ok := object.(*corev1.Pod); ok {
		return EndingPod(pod, options.GracePeriodSeconds, s.clock.Now())
	}
	return endingOwner(object, options, s.clock.Now())
}

// endingOwner is an object that may own others, when its deletion is asked for. What it owns goes with it, before it or not at all: with finalizers it
// waits until the garbage collector has seen to that.
func endingOwner(object store.Object, options *metav1.DeleteOptions, now time.Time) (ending store.Object, gone bool) {
	finalizers := slices.DeleteFunc(slices.Clone(object.GetFinalizers()), func(name string) bool {
		return name == metav1.FinalizerOrphanDependents || name == metav1.FinalizerDeleteDependents
	})
	switch propagation(options) {
	case metav1.DeletePropagationOrphan:
		finalizers = append(finalizers, metav1.FinalizerOrphanDependents)
	case metav1.DeletePropagationForeground:
		finalizers = append(finalizers, metav1.FinalizerDeleteDependents)
	case metav1.DeletePropagationBackground:
	}
	if len(finalizers) == 0 {
		return object, true
	}
	ending, ok := object.DeepCopyObject().(store.Object)
	if !ok || object.GetDeletionTimestamp() != nil && slices.Equal(finalizers, object.GetFinalizers()) {
		return object, false
	}
	ending.SetFinalizers(finalizers)
	if ending.GetDeletionTimestamp() == nil {
		ending.SetDeletionTimestamp(ptr.To(metav1.NewTime(now.Truncate(time.Second))))
		ending.SetDeletionGracePeriodSeconds(ptr.To(int64(0)))
		ending.SetGeneration(ending.GetGeneration() + 1)
	}
	return ending, false
}

// propagation is what a client wants to become of what an object owns. Pods stay when it does not say, as with all real Jobs of batch/v1, the one kind
// of owner that can be deleted here.
func propagation(options *metav1.DeleteOptions) metav1.DeletionPropagation {
	switch {
	case options.PropagationPolicy != nil:
		return *options.PropagationPolicy
	case options.OrphanDependents != nil && !*options.OrphanDependents: //nolint:staticcheck // old clients send it
		return metav1.DeletePropagationBackground
	}
	return metav1.DeletePropagationOrphan
}

// warnOfOrphans tells a client that does not say what is to become of a Job's pods.
func warnOfOrphans(w http.ResponseWriter, q request, options *metav1.DeleteOptions) {
	if q.resource.group() == Jobs() && options.PropagationPolicy == nil && options.OrphanDependents == nil { //nolint:staticcheck // old clients send it
		warn(w, "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set "+
			"propagationPolicy=Orphan to suppress this warning")
	}
}

// EndingPod is a pod that is asked to end, and whether it goes at once. A pod that ends already is returned as it is, unless it is to end sooner.
func EndingPod(pod *corev1.Pod, asked *int64, now time.Time) (ending *corev1.Pod, gone bool) {
	grace := int64(corev1.DefaultTerminationGracePeriodSeconds)
	if pod.Spec.TerminationGracePeriodSeconds != nil {
		grace = *pod.Spec.TerminationGracePeriodSeconds
	}
	if asked != nil {
		grace = *asked
	}
	ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	if pod.Spec.NodeName == "" || ended {
		grace = 0
	}
	grace = max(grace, 0)
	if before := pod.DeletionGracePeriodSeconds; pod.DeletionTimestamp != nil && before != nil {
		if grace > 0 && (asked == nil || grace >= *before) {
			return pod, false
		}
	}
	ending = pod.DeepCopy()
	ending.DeletionGracePeriodSeconds = &grace
	end := metav1.NewTime(now.Add(time.Duration(grace) * time.Second).Truncate(time.Second))
	ending.DeletionTimestamp = &end
	if grace > 0 && pod.DeletionTimestamp == nil {
		ending.Generation++
	}
	return ending, grace == 0
}
