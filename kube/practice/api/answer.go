package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// write answers with an object.
func (s *Server) write(w http.ResponseWriter, r *http.Request, code int, object runtime.Object) {
	form, _ := s.codec.form(r) // an answer that is no error has passed form before
	var body bytes.Buffer
	if err := form.info.Serializer.Encode(s.codec.stamped(object), &body); err != nil {
		http.Error(w, "encode the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", form.info.MediaType)
	w.WriteHeader(code)
	_, _ = w.Write(body.Bytes()) // a client that has gone needs no answer
}

// fail answers with an error's Status.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if seconds := status.Details; seconds != nil && seconds.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(seconds.RetryAfterSeconds))
	}
	s.write(w, r, int(status.Code), status)
}

func statusOf(err error) *metav1.Status {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	status.Kind, status.APIVersion = "Status", "v1"
	return &status
}

func (s *Server) notAllowed(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusMethodNotAllowed, Reason: metav1.StatusReasonMethodNotAllowed,
		Message: "the server does not allow this method on the requested resource", Details: &metav1.StatusDetails{},
	}})
}
