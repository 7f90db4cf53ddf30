package api

import (
	"crypto/sha256"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Admin is the user who may do everything; what other users may do is written in the RBAC objects of the store.
const Admin = "practice-admin"

// user is who sends a request.
type user struct {
	name   string
	groups []string
}

func (u user) admin() bool { return slices.Contains(u.groups, "system:masters") }

func (u user) is(subject rbacv1.Subject) bool {
	switch subject.Kind {
	case rbacv1.UserKind:
		return subject.Name == u.name
	case rbacv1.GroupKind:
		return slices.Contains(u.groups, subject.Name)
	}
	return false
}

// token is a bearer token, as its hash: comparing hashes takes the same time for all tokens, whatever their lengths.
type token struct {
	hash [sha256.Size]byte
	user user
}

func tokensOf(names map[string]string) []token {
	var tokens []token
	for secret, name := range names {
		tokens = append(tokens, token{hash: sha256.Sum256([]byte(secret)), user: user{name: name, groups: groupsOf(name)}})
	}
	return tokens
}

func groupsOf(name string) []string {
	if name == Admin {
		return []string{"system:masters", "system:authenticated"}
	}
	return []string{"system:authenticated"}
}
