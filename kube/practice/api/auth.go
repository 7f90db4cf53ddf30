package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// authenticate finds the user of a request's bearer token.
func (s *Server) authenticate(r *http.Request) (who user, ok bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return user{}, false
	}
	hash := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	for _, t := range s.tokens {
		if subtle.ConstantTimeCompare(hash[:], t.hash[:]) == 1 {
			who, ok = t.user, true
		}
	}
	return who, ok
}

// impersonated is the user for whom a request is made: --as. An error is Forbidden.
func (s *Server) impersonated(r *http.Request, who user) (user, error) {
	name := r.Header.Get("Impersonate-User")
	if name == "" {
		return who, nil
	}
	if !who.admin() {
		return who, apierrors.NewForbidden(schema.GroupResource{Resource: "users"}, name,
			errors.New(attributes{verb: "impersonate", resource: "users"}.refusal(who.name)))
	}
	groups := append(groupsOf(name), r.Header.Values("Impersonate-Group")...)
	return user{name: name, groups: groups}, nil
}
