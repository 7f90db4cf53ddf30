package kube

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
)

// guarded makes every request to a cluster pass its guard: those of the REST client, and those that open streams.
func guarded(config *rest.Config, g Guard) {
	base := ""
	if server, _, err := rest.DefaultServerUrlFor(config); err == nil { // a mistake in it is told by whoever connects
		base = strings.TrimSuffix(server.Path, "/")
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &sentry{guard: g, base: base, next: next} })
}

// sentry is the last station before the network. It is asked with the request as it leaves, after redirects and whatever
// credentials add.
type sentry struct {
	guard Guard
	base  string // path of the API server's URL, which is not always at the root of its host
	next  http.RoundTripper
}

// RoundTrip sends a request, or answers with the [*Problem] that keeps it.
func (s *sentry) RoundTrip(r *http.Request) (*http.Response, error) {
	if problem := s.check(r); problem != nil {
		if r.Body != nil {
			_ = r.Body.Close() // the duty of whoever takes a request
		}
		return nil, problem
	}
	return s.next.RoundTrip(r)
}

func (s *sentry) check(r *http.Request) *Problem {
	at, known := locate(r.URL, s.base)
	if !known || !reads(r, at) {
		if problem := s.guard.Closed(); problem != nil {
			return problem
		}
	}
	if known {
		return s.guard.hidden(at.namespace)
	}
	for part := range strings.SplitSeq(r.URL.Path, "/") { // any of them could be a namespace
		if problem := s.guard.hidden(part); problem != nil {
			return problem
		}
	}
	return nil
}

// place is what a URL of the API is about.
type place struct {
	group, resource, namespace, name, sub string
}

// locate reads a URL; ok is false for one that is not as we write them, which a server could read otherwise than we do. A path that is not
// under /api or /apis is no place and ok.
func locate(u *url.URL, base string) (at place, ok bool) {
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

// reads tells whether a request changes nothing. What opens a stream to a container or a node changes things, whatever its method.
func reads(r *http.Request, at place) bool {
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
