package api

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// request is what a request's method and path ask for.
type request struct {
	user user
	verb string
	path string // of what is no resource

	resource    *resource // nil: a review or a path
	review      string    // the resource name of a review
	group       string
	name        string
	namespace   string
	subresource string
	allowed     bool // the method is, by the server
}

func (q *request) key() store.Key {
	return store.Key{Resource: q.resource.group(), Namespace: q.namespace, Name: q.name}
}

// read reads a request as the real server does: /api/v1/… or /apis/GROUP/VERSION/…, then [namespaces/NAMESPACE/]RESOURCE[/NAME[/SUBRESOURCE]].
func (s *Server) read(r *http.Request) request {
	q := request{verb: strings.ToLower(r.Method), path: r.URL.Path}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	var version string
	switch {
	case parts[0] == "api" && len(parts) > 2:
		version, parts = parts[1], parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		q.group, version, parts = parts[1], parts[2], parts[3:]
	default:
		return q
	}
	if parts[0] == "namespaces" && len(parts) > 1 {
		q.namespace = parts[1]
		if len(parts) > 2 {
			parts = parts[2:]
		}
	}
	if len(parts) > 3 {
		return q
	}
	if q.group == "authorization.k8s.io" || q.group == "authentication.k8s.io" {
		if version == "v1" && len(parts) == 1 && slices.Contains(reviews(), parts[0]) {
			q.review, q.verb = parts[0], verbOf(r, "")
		}
		return q
	}
	q.readResource(r, s.find(q.group, version, parts[0]), parts[1:])
	return q
}

func (s *Server) find(group, version, name string) *resource {
	for _, candidate := range s.resources {
		if candidate.name == name && candidate.version.Group == group && candidate.version.Version == version {
			return candidate
		}
	}
	return nil
}

// readResource reads what follows the resource's name. What is not served leaves the request one for a path.
func (q *request) readResource(r *http.Request, resource *resource, rest []string) {
	if resource == nil || resource.cluster && q.namespace != "" && resource.name != "namespaces" {
		return
	}
	if len(rest) > 0 {
		q.name = rest[0]
	}
	verbs := resource.verbs()
	if len(rest) > 1 {
		q.subresource = rest[1]
		i := slices.IndexFunc(resource.subresources, func(s subresource) bool { return s.name == q.subresource })
		if i < 0 {
			return
		}
		verbs = resource.subresources[i].verbs
	}
	if !resource.cluster && q.namespace == "" && q.name != "" {
		return
	}
	if resource.cluster && resource.name == "namespaces" {
		q.namespace = "" // as a key; authorisation puts it back
	}
	q.resource, q.verb = resource, verbOf(r, q.name)
	if q.verb == "list" || q.verb == "watch" {
		q.name = nameAsked(r)
	}
	q.allowed = slices.Contains(verbs, q.verb)
	switch {
	case q.verb == "create" && q.subresource == "":
		q.allowed = q.allowed && q.name == "" && q.namespace != ""
	case q.verb == "update", q.verb == "patch":
		q.allowed = q.allowed && q.name != ""
	}
}

// verbOf is the verb that RBAC knows a method by.
func verbOf(r *http.Request, name string) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if watch := r.URL.Query()["watch"]; name == "" && len(watch) > 0 && watch[0] != "false" && watch[0] != "0" {
			return "watch"
		} else if name == "" {
			return "list"
		}
		return "get"
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		if name == "" {
			return "deletecollection"
		}
		return "delete"
	}
	return strings.ToLower(r.Method)
}

// nameAsked is the one name that a list's field selector asks for: who may list only that object may do so.
func nameAsked(r *http.Request) string {
	selector, err := fields.ParseSelector(r.URL.Query().Get("fieldSelector"))
	if err != nil {
		return ""
	}
	name, _ := selector.RequiresExactMatch("metadata.name")
	return name
}

// scope is the namespace for authorisation: a namespace is in itself.
func (q *request) scope() string {
	if q.resource != nil && q.resource.group() == Namespaces() {
		return q.name
	}
	return q.namespace
}

const bodyLimit = 3 << 20

// body reads a request's body.
func body(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	if err != nil {
		return nil, apierrors.NewBadRequest("read the body: " + err.Error())
	}
	if len(data) > bodyLimit {
		return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", bodyLimit))
	}
	return data, nil
}

// decode reads a request's body into a new object of a kind.
func (s *Server) decode(w http.ResponseWriter, r *http.Request, kind schema.GroupVersionKind) (runtime.Object, error) {
	data, err := body(r)
	if err != nil {
		return nil, err
	}
	info, err := s.codec.content(r)
	if err != nil {
		return nil, err
	}
	return s.codec.parse(w, data, info, kind, r.URL.Query().Get("fieldValidation"))
}
