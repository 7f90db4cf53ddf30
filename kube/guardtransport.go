package kube

import (
	"errors"
	"fmt"
	"io"
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
	s := guardTransport{guard: g}
	if server, _, err := rest.DefaultServerUrlFor(config); err == nil { // a mistake in it is told by whoever connects
		s.server, s.base = server, strings.TrimSuffix(server.Path, "/")
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		last := s
		last.next = next
		return &last
	})
}

// guardTransport is the last station before the network. It is asked with the request as it leaves, after redirects and whatever
// credentials add, and it is the first to read an answer.
type guardTransport struct {
	guard  Guard
	server *url.URL // the API server; nil: not known
	base   string   // path of its URL, which is not always at the root of its host
	next   http.RoundTripper
}

// RoundTrip sends a request, or answers with the [*Problem] that keeps it. What it is answered is bounded.
func (s *guardTransport) RoundTrip(r *http.Request) (*http.Response, error) {
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
func (s *guardTransport) elsewhere(to *url.URL) *Problem {
	if s.server == nil || origin(to) == origin(s.server) {
		return nil
	}
	return &Problem{
		Message: fmt.Sprintf("the API server %s redirects to another server, %s: nothing has been sent there", origin(s.server), Sanitize(origin(to))),
		Hint:    "if the cluster has moved there, change its server in the kubeconfig",
		Err:     ErrRefused,
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

func (s *guardTransport) check(r *http.Request) *Problem {
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

// Reads reports whether a request changes nothing. What opens a stream to a container or a node changes things, whatever its method.
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

// How much of an answer is read, unpacked. A server that sends more is broken or hostile, and this machine's memory is not its to fill. The API
// server itself keeps no object larger than a few megabytes.
const (
	boundObject = 8 << 20
	boundList   = 32 << 20  // read whole, as those of events and namespaces are
	boundTable  = 512 << 20 // read row by row: how much is kept of it its reader bounds
	boundStatus = 256 << 10 // of an answer that refuses something
	BoundValue  = 4 << 20   // of one value or row of a table, or event of a watch
)

// bound bounds the body of an answer, by what has been asked for. Streams have no end: who reads a log or a watch bounds its lines and events.
func (s *guardTransport) bound(r *http.Request, response *http.Response) {
	at, known := Locate(r.URL, s.base)
	streams := r.URL.Query().Get("watch") != "" || known && at.sub == "log"
	most := int64(boundList)
	switch {
	case response.StatusCode == http.StatusSwitchingProtocols:
		return
	case response.StatusCode >= http.StatusBadRequest: // what is left out of it is not missed
		response.Body = cutBody{io.LimitReader(response.Body, boundStatus), response.Body}
		return
	case streams:
		return
	case at.name != "":
		most = boundObject
	case r.Method == http.MethodGet && at.resource == "pods":
		most = boundTable
	}
	response.Body = &boundedBody{ReadCloser: response.Body, left: most, most: most}
}

// cutBody is the beginning of a body.
type cutBody struct {
	io.Reader
	io.Closer
}

// boundedBody is a body that ends with a [*Problem] where it would be longer than is read.
type boundedBody struct {
	io.ReadCloser
	left, most int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, TooLong("an answer", b.most)
	}
	if int64(len(p)) > b.left+1 { // one more than may come, to tell the end from more
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, TooLong("an answer", b.most)
	}
	return n, err
}

// TooLong tells that what a server has sent is not read to its end; most is in bytes.
func TooLong(what string, most int64) *Problem {
	return &Problem{
		Message: fmt.Sprintf("the API server sent %s of more than %d MiB, and the rest is not read", what, most>>20),
		Hint:    "it, or a proxy in front of it, may be broken: ask whoever runs the cluster",
		Err:     ErrRefused,
	}
}
