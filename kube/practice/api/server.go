// Package api is the API server of the practice cluster: an [http.Handler] that speaks the part of the Kubernetes API that
// dayfly and kubectl's get, describe, logs, attach, exec, debug, create and delete use, in the words of a real server.
//
// A request passes the same stations as there: authentication (a bearer token), reading of the path, authorisation (the
// RBAC objects of the store), admission (Pod Security), validation, the store. What runs a pod is a [Kubelet]; it hears
// of what clients have written through [Kubelet.Changed].
package api

import (
	"context"
	"fmt"
	"io"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// Kubelet is what runs the pods.
type Kubelet interface {
	// Changed tells that a client has written a pod: created it, patched its ephemeral containers, asked for its deletion, or
	// deleted it at once, when the store has it no more. It is called after the write, without locks; it only makes appointments.
	Changed(namespace, name string)

	// Logs writes the log of a container; with opts.Follow until the container ends or ctx does. An error before the first
	// byte is an API Status error in the kubelet's words.
	Logs(ctx context.Context, c streams.Container, opts *corev1.PodLogOptions, w io.Writer) error

	// Attach joins a client with a running container until the container's program or the client ends.
	Attach(ctx context.Context, c streams.Container, s streams.Streams) error

	// Exec runs a command in a container. The end of a command that was no success is a [*streams.ExitError].
	Exec(ctx context.Context, c streams.Container, command []string, s streams.Streams) error
}

// Admin is the user who may do everything; what other users may do is written in the RBAC objects of the store.
const Admin = "practice-admin"

// Options are what a server is made of. All are required.
type Options struct {
	Store   *store.Store
	Clock   *clock.Clock
	Kubelet Kubelet
	Tokens  map[string]string // the user's name for each bearer token
}

// Server is the API server. Make one with [New]. It may be called from any goroutine.
type Server struct {
	store     *store.Store
	clock     *clock.Clock
	kubelet   Kubelet
	tokens    []token
	resources []*resource
	codec     *codec
	security  policy.Evaluator
}

// New is a server that answers from a store.
func New(o Options) (*Server, error) {
	codec, err := newCodec()
	if err != nil {
		return nil, fmt.Errorf("API types: %w", err)
	}
	version := psa.MajorMinorVersion(major, minor)
	security, err := policy.NewEvaluator(policy.DefaultChecks(), &version)
	if err != nil {
		return nil, fmt.Errorf("pod security: %w", err)
	}
	return &Server{
		store: o.Store, clock: o.Clock, kubelet: o.Kubelet, tokens: tokensOf(o.Tokens),
		resources: resources(), codec: codec, security: security,
	}, nil
}

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
	case q.verb == "create" && q.resource.group() == Events():
		err = s.createEvent(w, r, q)
	case q.verb == "create":
		err = s.createPod(w, r, q)
	case q.verb == "update", q.verb == "patch":
		err = s.changePod(w, r, q, labelsOnly{})
	case q.verb == "delete":
		err = s.deletePod(w, r, q)
	case q.verb == "deletecollection":
		err = s.deletePods(w, r, q)
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
	case q.verb == "get":
		return s.get(w, r, q)
	}
	return s.changePod(w, r, q, ephemeralOnly{})
}
