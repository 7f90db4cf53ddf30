package kube

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
)

// guarded makes every request to a cluster pass its guard: those of the REST client, and those that open streams.
func guarded(config *rest.Config, g Guard) {
	s := sentry{guard: g}
	if server, _, err := rest.DefaultServerUrlFor(config); err == nil { // a mistake in it is told by whoever connects
		s.server, s.base = server, strings.TrimSuffix(server.Path, "/")
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		last := s
		last.next = next
		return &last
	})
}

// sentry is the last station before the network. It is asked with the request as it leaves, after redirects and whatever
// credentials add, and it is the first to read an answer.
type sentry struct {
	guard  Guard
	server *url.URL // the API server; nil: not known
	base   string   // path of its URL, which is not always at the root of its host
	next   http.RoundTripper
}

// RoundTrip sends a request, or answers with the [*Problem] that keeps it. What it is answered is bounded.
func (s *sentry) RoundTrip(r *http.Request) (*http.Response, error) {
	problem := s.elsewhere(r.URL)
	if problem == nil {
		problem = s.check(r)
	}
	if problem != nil {
		if r.Body != nil {
			_ = r.Body.Close() // the duty of whoever takes a request
		}
		return nil, problem
	}
	response, err := s.next.RoundTrip(r)
	if err != nil {
		return response, err
	}
	if to, err := response.Location(); err == nil && response.StatusCode/100 == 3 {
		if problem := s.elsewhere(to); problem != nil { // not all that open streams would follow it, and say as much
			_ = response.Body.Close()
			return nil, problem
		}
	}
	s.bound(r, response)
	return response, nil
}

// ErrRefused is the cause of a [*Problem] with what a server has answered, which is not gone on with.
var ErrRefused = errors.New("the answer is refused")

// elsewhere is why nothing is sent to a URL: it is not the API server's, so whoever is there must not get its credentials. nil: it is.
func (s *sentry) elsewhere(to *url.URL) *Problem {
	if s.server == nil || origin(to) == origin(s.server) {
		return nil
	}
	return &Problem{
		What: fmt.Sprintf("the API server %s redirects to another server, %s: nothing has been sent there", origin(s.server), Clean(origin(to))),
		Hint: "if the cluster has moved there, change its server in the kubeconfig",
		Err:  ErrRefused,
	}
}

// origin is scheme, host and port of a URL, in one form. A WebSocket's is that of the request that opens it.
func origin(u *url.URL) string {
	scheme, host, port := strings.ToLower(u.Scheme), strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	switch scheme {
	case "wss":
		scheme = "https"
	case "ws":
		scheme = "http"
	}
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func (s *sentry) check(r *http.Request) *Problem {
	at, known := Locate(r.URL, s.base)
	if !known || !Reads(r, at) {
		if problem := s.guard.Closed(); problem != nil {
			return problem
		}
	}
	if known {
		return s.guard.CheckShown(at.namespace)
	}
	for part := range strings.SplitSeq(r.URL.Path, "/") { // any of them could be a namespace
		if problem := s.guard.CheckShown(part); problem != nil {
			return problem
		}
	}
	return nil
}

// place is what a URL of the API is about.
type place struct {
	group, resource, namespace, name, sub string
}

// Locate reads a URL; ok is false for one that is not as we write them, which a server could read otherwise than we do. A path that is not
// under /api or /apis is no place and ok.
func Locate(u *url.URL, base string) (at place, ok bool) {
	p := u.Path
	if path.Clean("/"+p) != "/"+strings.Trim(p, "/") {
		return at, false
	}
	rest, under := strings.CutPrefix(p, base+"/")
	if !under {
		return at, false
	}
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		parts = parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		at.group, parts = parts[1], parts[3:]
	default:
		return at, true
	}
	if parts[0] == "watch" || parts[0] == "proxy" { // the old forms, before the resource
		return at, false
	}
	if parts[0] == "namespaces" && len(parts) > 1 {
		at.namespace = parts[1]
		if len(parts) > 2 {
			parts = parts[2:]
		}
	}
	at.resource = parts[0]
	if len(parts) > 1 {
		at.name = parts[1]
	}
	if len(parts) > 2 {
		at.sub = strings.Join(parts[2:], "/")
	}
	return at, true
}

// Reads tells whether a request changes nothing. What opens a stream to a container or a node changes things, whatever its method.
func Reads(r *http.Request, at place) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		upgrade := r.Header.Get("Upgrade") + r.Header.Get("Sec-Websocket-Protocol")
		return upgrade == "" && slices.Contains([]string{"", "log", "status", "scale"}, at.sub)
	case http.MethodPost:
		return at.name == "" && at.namespace == "" && slices.Contains([]string{
			"authorization.k8s.io/selfsubjectaccessreviews", "authorization.k8s.io/selfsubjectrulesreviews",
			"authentication.k8s.io/selfsubjectreviews",
		}, at.group+"/"+at.resource)
	}
	return false
}
