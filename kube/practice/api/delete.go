package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// deletePod asks the kubelet to end a pod, or takes it away at once when there is nothing to end.
func (s *Server) deletePod(w http.ResponseWriter, r *http.Request, q request) error {
	options, dry, err := s.readDeleteOptions(w, r)
	if err != nil {
		return err
	}
	object, err := s.remove(q.key(), options, dry)
	if err != nil {
		return err
	}
	return s.writeOne(w, r, q.resource, http.StatusOK, object)
}

// deletePods does so with all that the selectors match.
func (s *Server) deletePods(w http.ResponseWriter, r *http.Request, q request) error {
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
		gone, err := s.remove(key, options, dry)
		if apierrors.IsNotFound(err) {
			continue // it went while we were at it
		}
		if err != nil {
			return err
		}
		removed = append(removed, gone)
	}
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
	return options, dry, err
}

// remove is the deletion of one pod. It returns the pod as it is then, or as it last was.
func (s *Server) remove(key store.Key, options *metav1.DeleteOptions, dry bool) (store.Object, error) {
	for {
		object, err := s.store.Get(key)
		if err != nil {
			return nil, err
		}
		pod, err := podOf(object)
		if err != nil {
			return nil, err
		}
		if err := precondition(pod, options.Preconditions); err != nil {
			return nil, err
		}
		ending, now := s.ending(pod, options.GracePeriodSeconds)
		if dry || ending == pod {
			return ending, nil
		}
		if now {
			err = s.store.Delete(key, pod.ResourceVersion)
		} else {
			ending, err = s.replace(key, pod.ResourceVersion, ending)
		}
		if errors.Is(err, errMeanwhile) || apierrors.IsConflict(err) {
			continue // it was written meanwhile: look again
		}
		if err != nil {
			return nil, err
		}
		s.kubelet.Changed(key.Namespace, key.Name)
		return ending, nil
	}
}

func precondition(pod *corev1.Pod, wanted *metav1.Preconditions) error {
	if wanted == nil {
		return nil
	}
	if uid := wanted.UID; uid != nil && *uid != pod.UID {
		return conflict(pod, "UID", string(*uid), string(pod.UID))
	}
	if version := wanted.ResourceVersion; version != nil && *version != pod.ResourceVersion {
		return conflict(pod, "ResourceVersion", *version, pod.ResourceVersion)
	}
	return nil
}

func conflict(pod *corev1.Pod, what, wanted, is string) error {
	return apierrors.NewConflict(schema.GroupResource{Resource: "Pod"}, pod.Name, fmt.Errorf("the %s in the precondition (%s) "+
		"does not match the %s in record (%s). The object might have been deleted and then recreated", what, wanted, what, is))
}

// ending is a pod that is asked to end, and whether it goes at once. A pod that ends already is returned as it is, unless
// it is to end sooner.
func (s *Server) ending(pod *corev1.Pod, asked *int64) (ending *corev1.Pod, now bool) {
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
	end := metav1.NewTime(s.clock.Now().Add(time.Duration(grace) * time.Second).Truncate(time.Second))
	ending.DeletionTimestamp = &end
	if grace > 0 && pod.DeletionTimestamp == nil {
		ending.Generation++
	}
	return ending, grace == 0
}
