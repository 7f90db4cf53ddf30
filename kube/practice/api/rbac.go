package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// attributes are what a user is asked to be allowed. Without a resource it is about a path.
type attributes struct {
	verb, path                 string
	group, resource, sub, name string
	namespace                  string
}

func (q *request) attributes() attributes {
	switch {
	case q.resource != nil:
		return attributes{
			verb: q.verb, group: q.resource.version.Group, resource: q.resource.name, sub: q.subresource, name: q.name, namespace: q.scope(),
		}
	case q.review != "":
		return attributes{verb: q.verb, group: q.group, resource: q.review}
	}
	return attributes{verb: q.verb, path: q.path}
}

// authorise is nil, or a Forbidden in the words of the real server.
func (s *Server) authorise(q request) error {
	asked := q.attributes()
	if allowed, _ := s.allows(q.user, asked); allowed {
		return nil
	}
	resource := schema.GroupResource{Group: asked.group, Resource: asked.resource}
	return apierrors.NewForbidden(resource, asked.name, errors.New(asked.refusal(q.user.name)))
}

func (a attributes) refusal(who string) string {
	if a.resource == "" {
		return fmt.Sprintf("User %q cannot %s path %q", who, a.verb, a.path)
	}
	where := "at the cluster scope"
	if a.namespace != "" {
		where = fmt.Sprintf("in the namespace %q", a.namespace)
	}
	return fmt.Sprintf("User %q cannot %s resource %q in API group %q %s", who, a.verb, a.full(), a.group, where)
}

// full is the resource as rules name it.
func (a attributes) full() string {
	if a.sub != "" {
		return a.resource + "/" + a.sub
	}
	return a.resource
}

// allows reports whether a user is allowed something, and by what.
func (s *Server) allows(who user, asked attributes) (allowed bool, reason string) {
	if who.admin() {
		return true, ""
	}
	for _, grant := range s.grants(who, asked.namespace) {
		for _, rule := range grant.rules {
			if asked.coveredBy(rule) {
				return true, grant.reason
			}
		}
	}
	return false, ""
}

// grant is the rules of one binding.
type grant struct {
	rules  []rbacv1.PolicyRule
	reason string
}

// grants are all rules that hold for a user in a namespace.
func (s *Server) grants(who user, namespace string) []grant {
	grants := []grant{everyone()}
	add := func(binding, kind string, subjects []rbacv1.Subject, ref rbacv1.RoleRef, roleNamespace string) {
		i := slices.IndexFunc(subjects, who.is)
		if i < 0 {
			return
		}
		grants = append(grants, grant{
			rules: s.rulesOf(ref, roleNamespace),
			reason: fmt.Sprintf("RBAC: allowed by %s %q of %s %q to %s %q",
				kind, binding, ref.Kind, ref.Name, subjects[i].Kind, subjects[i].Name),
		})
	}
	bindings, _ := s.store.List(rbacResource("clusterrolebindings"), "")
	for _, object := range bindings {
		if b, ok := object.(*rbacv1.ClusterRoleBinding); ok {
			add(b.Name, "ClusterRoleBinding", b.Subjects, b.RoleRef, "")
		}
	}
	if namespace == "" {
		return grants
	}
	bindings, _ = s.store.List(rbacResource("rolebindings"), namespace)
	for _, object := range bindings {
		if b, ok := object.(*rbacv1.RoleBinding); ok {
			add(b.Name+"/"+b.Namespace, "RoleBinding", b.Subjects, b.RoleRef, b.Namespace)
		}
	}
	return grants
}

func rbacResource(name string) schema.GroupResource {
	return schema.GroupResource{Group: rbacv1.GroupName, Resource: name}
}

// rulesOf is the rules of a role; none for one that is not there.
func (s *Server) rulesOf(ref rbacv1.RoleRef, namespace string) []rbacv1.PolicyRule {
	key := store.Key{Resource: rbacResource("roles"), Namespace: namespace, Name: ref.Name}
	if ref.Kind == "ClusterRole" {
		key = store.Key{Resource: rbacResource("clusterroles"), Name: ref.Name}
	}
	object, err := s.store.Get(key)
	if err != nil {
		return nil
	}
	switch role := object.(type) {
	case *rbacv1.ClusterRole:
		return role.Rules
	case *rbacv1.Role:
		return role.Rules
	}
	return nil
}

// everyone is what the roles system:basic-user, system:discovery and system:public-info-viewer allow all users of a real cluster.
func everyone() grant {
	return grant{
		reason: `RBAC: allowed by ClusterRoleBinding "system:basic-user" of ClusterRole "system:basic-user" to Group "system:authenticated"`,
		rules: []rbacv1.PolicyRule{
			{
				Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"},
				Resources: []string{"selfsubjectaccessreviews", "selfsubjectrulesreviews"},
			},
			{Verbs: []string{"create"}, APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"selfsubjectreviews"}},
			{Verbs: []string{"get"}, NonResourceURLs: []string{
				"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/",
			}},
			{Verbs: []string{"get"}, NonResourceURLs: []string{"/healthz", "/livez", "/readyz", "/version", "/version/"}},
		},
	}
}

func (a attributes) coveredBy(rule rbacv1.PolicyRule) bool {
	has := func(list []string, wanted ...string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return s == "*" || slices.Contains(wanted, s) })
	}
	if !has(rule.Verbs, a.verb) {
		return false
	}
	if a.resource == "" {
		return slices.ContainsFunc(rule.NonResourceURLs, func(url string) bool {
			prefix, ok := strings.CutSuffix(url, "*")
			return url == a.path || ok && strings.HasPrefix(a.path, prefix)
		})
	}
	wanted := []string{a.full()}
	if a.sub != "" {
		wanted = append(wanted, "*/"+a.sub)
	}
	return has(rule.APIGroups, a.group) && has(rule.Resources, wanted...) &&
		(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, a.name))
}
