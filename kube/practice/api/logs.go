package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// logs answers with the log of a container, as it is written.
func (s *Server) logs(w http.ResponseWriter, r *http.Request, q request) error {
	options, err := readLogOptions(r.URL.Query())
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	if errs := validateLogOptions(options); len(errs) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Kind: "PodLogOptions"}, q.name, errs)
	}
	object, err := s.store.Get(q.key())
	if err != nil {
		return err
	}
	pod, err := podOf(object)
	if err != nil {
		return err
	}
	container, err := containerOf(pod, options.Container)
	if err != nil {
		return err
	}
	out := &flushing{to: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/plain")
	if pod.Spec.NodeName != "" { // the log of a pod without a node is empty
		target := streams.Container{Namespace: q.namespace, Pod: q.name, Name: container}
		if err := s.kubelet.Logs(r.Context(), target, options, out); err != nil && !out.begun {
			w.Header().Del("Content-Type")
			return err
		}
	}
	return nil
}

// containerOf is the container that a request without a name can only mean, or the named one, if there is one.
func containerOf(pod *corev1.Pod, name string) (string, error) {
	var names []string
	for _, c := range pod.Spec.InitContainers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.EphemeralContainers {
		names = append(names, c.Name)
	}
	switch {
	case name == "" && len(pod.Spec.Containers) == 1:
		return pod.Spec.Containers[0].Name, nil
	case name == "":
		return "", apierrors.NewBadRequest(fmt.Sprintf("a container name must be specified for pod %s, choose one of: %s", pod.Name, names))
	case !slices.Contains(names, name):
		return "", apierrors.NewBadRequest(fmt.Sprintf("container %s is not valid for pod %s", name, pod.Name))
	}
	return name, nil
}

func readLogOptions(values url.Values) (*corev1.PodLogOptions, error) {
	o := &corev1.PodLogOptions{Container: values.Get("container")}
	for name, to := range map[string]*bool{"follow": &o.Follow, "previous": &o.Previous, "timestamps": &o.Timestamps} {
		if value, ok := values[name]; ok {
			*to = value[0] != "false" && value[0] != "0"
		}
	}
	for name, to := range map[string]**int64{"tailLines": &o.TailLines, "sinceSeconds": &o.SinceSeconds, "limitBytes": &o.LimitBytes} {
		if value := values.Get(name); value != "" {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return nil, err
			}
			*to = &n
		}
	}
	if value := values.Get("sinceTime"); value != "" {
		t, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return nil, err
		}
		o.SinceTime = &metav1.Time{Time: t}
	}
	return o, nil
}

func validateLogOptions(o *corev1.PodLogOptions) field.ErrorList {
	var errs field.ErrorList
	if o.TailLines != nil && *o.TailLines < 0 {
		errs = append(errs, field.Invalid(field.NewPath("tailLines"), *o.TailLines, "must be greater than or equal to 0"))
	}
	if o.LimitBytes != nil && *o.LimitBytes < 1 {
		errs = append(errs, field.Invalid(field.NewPath("limitBytes"), *o.LimitBytes, "must be greater than 0"))
	}
	switch {
	case o.SinceSeconds != nil && o.SinceTime != nil:
		errs = append(errs, field.Forbidden(field.NewPath(""), "at most one of `sinceTime` or `sinceSeconds` may be specified"))
	case o.SinceSeconds != nil && *o.SinceSeconds < 1:
		errs = append(errs, field.Invalid(field.NewPath("sinceSeconds"), *o.SinceSeconds, "must be greater than 0"))
	}
	return errs
}

// flushing lets a client see each write at once.
type flushing struct {
	to      http.ResponseWriter
	control *http.ResponseController
	begun   bool
}

func (f *flushing) Write(p []byte) (int, error) {
	f.begun = true
	n, err := f.to.Write(p)
	if err == nil {
		err = f.control.Flush()
	}
	return n, err
}
