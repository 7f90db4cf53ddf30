package api

import (
	"net/http"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who, ok := s.authenticate(r)
	if !ok {
		s.fail(w, r, apierrors.NewUnauthorized("Unauthorized"))
		return
	}
	who, err := s.impersonated(r, who)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	q := s.read(r)
	q.user = who
	if err := s.authorise(q); err != nil {
		s.fail(w, r, err)
		return
	}
	switch {
	case q.resource != nil:
		s.serveResource(w, r, q)
	case q.review != "":
		s.serveReview(w, r, q)
	default:
		s.serveOther(w, r)
	}
}

// serveResource answers a request for a resource of the table.
func (s *Server) serveResource(w http.ResponseWriter, r *http.Request, q request) {
	if !q.allowed {
		s.notAllowed(w, r)
		return
	}
	var err error
	switch {
	case q.subresource != "":
		err = s.serveSubresource(w, r, q)
	case q.verb == "get":
		err = s.get(w, r, q)
	case q.verb == "list":
		err = s.list(w, r, q)
	case q.verb == "watch":
		err = s.watch(w, r, q)
	case q.verb == "create":
		err = s.create(w, r, q)
	case q.verb == "delete":
		err = s.delete(w, r, q)
	case q.verb == "deletecollection":
		err = s.deleteCollection(w, r, q)
	case q.resource.group() == Jobs(): // update or patch
		err = change(s, w, r, q, part[*batchv1.Job](jobSpec{}))
	default:
		err = change(s, w, r, q, part[*corev1.Pod](podSpec{}))
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// serveSubresource answers a request for a subresource. All of them are those of pods.
func (s *Server) serveSubresource(w http.ResponseWriter, r *http.Request, q request) error {
	switch {
	case q.subresource == "log":
		return s.logs(w, r, q)
	case q.subresource == "attach", q.subresource == "exec":
		container := streams.Container{Namespace: q.namespace, Pod: q.name, Name: r.URL.Query().Get("container")}
		s.stream(w, r, container, q.subresource)
		return nil
	case q.subresource == "eviction":
		return s.evict(w, r, q)
	case q.verb == "get":
		return s.get(w, r, q)
	}
	return change(s, w, r, q, part[*corev1.Pod](ephemeralOnly{}))
}
