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

	corev1 "k8s.io/api/core/v1"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// Kubelet is what runs the pods, and the controllers with them.
type Kubelet interface {
	// Changed tells that a client has written an object: created it, changed it, asked for its deletion, or deleted it at once, when the store has
	// it no more. It is called after the write, without locks; it only makes appointments.
	Changed(key store.Key)

	// Logs writes the log of a container; with opts.Follow until the container ends or ctx does. An error before the first
	// byte is an API Status error in the kubelet's words.
	Logs(ctx context.Context, c streams.Container, opts *corev1.PodLogOptions, w io.Writer) error

	// Attach joins a client with a running container until the container's program or the client ends.
	Attach(ctx context.Context, c streams.Container, s streams.Streams) error

	// Exec runs a command in a container. The end of a command that was no success is a [*streams.ExitError].
	Exec(ctx context.Context, c streams.Container, command []string, s streams.Streams) error
}

// The version of Kubernetes whose words the server speaks.
const (
	major, minor = 1, 34
	gitVersion   = "v1.34.4+practice"
)

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
