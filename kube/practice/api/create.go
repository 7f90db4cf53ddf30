package api

import (
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// createPod stores a new pod and tells the kubelet.
func (s *Server) createPod(w http.ResponseWriter, r *http.Request, q request) error {
	dry, err := dryRun(r.URL.Query()["dryRun"])
	if err != nil {
		return err
	}
	object, err := s.decode(w, r, q.resource.gvk())
	if err != nil {
		return err
	}
	pod, err := podOf(object)
	if err != nil {
		return err
	}
	if err := s.admitPod(w, pod, q); err != nil {
		return err
	}
	if !dry {
		if err := s.store.Create(Pods(), pod); err != nil {
			return err
		}
		s.kubelet.Changed(pod.Namespace, pod.Name)
	}
	return s.writeOne(w, r, q.resource, http.StatusCreated, pod)
}

// admitPod makes what a client has sent a new pod, or refuses it.
func (s *Server) admitPod(w http.ResponseWriter, pod *corev1.Pod, q request) error {
	if pod.Namespace != "" && pod.Namespace != q.namespace {
		return apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	namespace, err := s.namespace(q.namespace)
	if err != nil {
		return err
	}
	pod.Namespace = q.namespace
	pod.UID, pod.CreationTimestamp, pod.ResourceVersion, pod.Generation = "", metav1.Time{}, "", 0
	pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = nil, nil
	pod.Status = corev1.PodStatus{}
	Default(pod, s.clock.Now())
	if errs := validatePod(pod); len(errs) > 0 {
		return apierrors.NewInvalid(q.resource.gvk().GroupKind(), pod.Name, errs)
	}
	warnings, err := s.secure(namespace, pod)
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
