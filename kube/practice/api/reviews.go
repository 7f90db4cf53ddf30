package api

import (
	"net/http"
	"slices"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	accessReviews = "selfsubjectaccessreviews"
	rulesReviews  = "selfsubjectrulesreviews"
	selfReviews   = "selfsubjectreviews"
)

// reviews are questions of a user about himself: they are posted, answered, and not stored.
func reviews() []string { return []string{accessReviews, rulesReviews, selfReviews} }

func reviewKind(name string) schema.GroupVersionKind {
	switch name {
	case accessReviews:
		return authorizationv1.SchemeGroupVersion.WithKind("SelfSubjectAccessReview")
	case rulesReviews:
		return authorizationv1.SchemeGroupVersion.WithKind("SelfSubjectRulesReview")
	}
	return authenticationv1.SchemeGroupVersion.WithKind("SelfSubjectReview")
}

func (s *Server) serveReview(w http.ResponseWriter, r *http.Request, q request) {
	if q.verb != "create" {
		s.notAllowed(w, r)
		return
	}
	object, err := s.decode(w, r, reviewKind(q.review))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	switch review := object.(type) {
	case *authorizationv1.SelfSubjectAccessReview:
		err = s.reviewAccess(q.user, review)
	case *authorizationv1.SelfSubjectRulesReview:
		s.reviewRules(q.user, review)
	case *authenticationv1.SelfSubjectReview:
		review.Status.UserInfo = authenticationv1.UserInfo{Username: q.user.name, Groups: q.user.groups}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, r, http.StatusCreated, object)
}

func (s *Server) reviewAccess(who user, review *authorizationv1.SelfSubjectAccessReview) error {
	var asked attributes
	switch spec := review.Spec; {
	case spec.ResourceAttributes != nil && spec.NonResourceAttributes == nil:
		a := spec.ResourceAttributes
		asked = attributes{verb: a.Verb, group: a.Group, resource: a.Resource, sub: a.Subresource, name: a.Name, namespace: a.Namespace}
	case spec.NonResourceAttributes != nil && spec.ResourceAttributes == nil:
		asked = attributes{verb: spec.NonResourceAttributes.Verb, path: spec.NonResourceAttributes.Path}
	default:
		return apierrors.NewBadRequest("exactly one of resourceAttributes and nonResourceAttributes must be specified")
	}
	review.Status.Allowed, review.Status.Reason = s.allows(who, asked)
	return nil
}

func (s *Server) reviewRules(who user, review *authorizationv1.SelfSubjectRulesReview) {
	rules := []rbacv1.PolicyRule{}
	if who.admin() {
		rules = append(rules,
			rbacv1.PolicyRule{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}},
			rbacv1.PolicyRule{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}})
	}
	for _, grant := range s.grants(who, review.Spec.Namespace) {
		rules = slices.Concat(rules, grant.rules)
	}
	review.Status.ResourceRules, review.Status.NonResourceRules = []authorizationv1.ResourceRule{}, []authorizationv1.NonResourceRule{}
	for _, rule := range rules {
		if len(rule.Resources) > 0 {
			review.Status.ResourceRules = append(review.Status.ResourceRules, authorizationv1.ResourceRule{
				Verbs: rule.Verbs, APIGroups: rule.APIGroups, Resources: rule.Resources, ResourceNames: rule.ResourceNames,
			})
		}
		if len(rule.NonResourceURLs) > 0 {
			review.Status.NonResourceRules = append(review.Status.NonResourceRules,
				authorizationv1.NonResourceRule{Verbs: rule.Verbs, NonResourceURLs: rule.NonResourceURLs})
		}
	}
}
