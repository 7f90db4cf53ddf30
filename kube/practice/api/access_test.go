package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestUnauthorized tells a client without a token nothing, not even what there is.
func TestUnauthorized(t *testing.T) {
	c := serve(t, pod("web", "app"))
	for _, token := range []string{"none", "Bearer", "Bearer ", "Bearer admin-toke", "Bearer admin-token2", "Basic admin-token"} {
		for _, path := range []string{"/version", "/api", "/healthz", "/nope", "/api/v1/namespaces/shop/pods/web", "/openapi/v3"} {
			a := c.ask(t, call{token: token, path: path})
			if a.code != http.StatusUnauthorized || a.status(t).Message != "Unauthorized" || a.status(t).Details != nil {
				t.Errorf("token %q, %s: %d %s", token, path, a.code, a.body)
			}
		}
	}
}

func TestForbidden(t *testing.T) {
	c := serve(t, append(mayRead(), pod("web", "app"))...)
	const pods = "/api/v1/namespaces/shop/pods"
	for _, test := range []struct {
		method, path string
		want         string // "": allowed
	}{
		{"GET", pods, ""},
		{"GET", pods + "/web", ""},
		{"GET", "/api/v1/pods?watch=1&timeoutSeconds=0", ""},
		{"GET", "/version", ""},
		{"PATCH", pods + "/web/ephemeralcontainers", `pods "web" is forbidden: User "practice-viewer" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"`},
		{"GET", pods + "/web/attach", `pods "web" is forbidden: User "practice-viewer" cannot get resource "pods/attach" in API group "" in the namespace "shop"`},
		{"POST", pods + "/web/attach", `pods "web" is forbidden: User "practice-viewer" cannot create resource "pods/attach" in API group "" in the namespace "shop"`},
		{"POST", pods, `pods is forbidden: User "practice-viewer" cannot create resource "pods" in API group "" in the namespace "shop"`},
		{"DELETE", pods, `pods is forbidden: User "practice-viewer" cannot deletecollection resource "pods" in API group "" in the namespace "shop"`},
		{"GET", "/api/v1/nodes", `nodes is forbidden: User "practice-viewer" cannot list resource "nodes" in API group "" at the cluster scope`},
		{"GET", "/api/v1/namespaces/shop", `namespaces "shop" is forbidden: User "practice-viewer" cannot get resource "namespaces" in API group "" in the namespace "shop"`},
		{"GET", "/apis/apps/v1/deployments", `deployments.apps is forbidden: User "practice-viewer" cannot list resource "deployments" in API group "apps" at the cluster scope`},
		{"GET", "/metrics", `forbidden: User "practice-viewer" cannot get path "/metrics"`},
	} {
		a := c.ask(t, call{token: "Bearer viewer-token", method: test.method, path: test.path})
		if test.want == "" {
			if a.code != http.StatusOK {
				t.Errorf("%s %s: %d %s, want it allowed", test.method, test.path, a.code, a.body)
			}
		} else if got := a.status(t); a.code != http.StatusForbidden || got.Message != test.want {
			t.Errorf("%s %s:\n%d %s, want\n403 %s", test.method, test.path, a.code, got.Message, test.want)
		}
	}
	if heard := c.kubelet.heard(); heard != "" {
		t.Errorf("the kubelet heard of %s", heard)
	}
}

// TestImpersonate makes the admin less than they are, and nobody more.
func TestImpersonate(t *testing.T) {
	c := serve(t, append(mayRead(), pod("web", "app"))...)
	const path = "/api/v1/namespaces/shop/pods"
	for _, test := range []struct {
		token, method, as, want string
	}{
		{"admin-token", "GET", "practice-viewer", ""},
		{"admin-token", "DELETE", "practice-viewer", `pods is forbidden: User "practice-viewer" cannot deletecollection resource "pods" in API group "" in the namespace "shop"`},
		{"admin-token", "GET", "carol", `pods is forbidden: User "carol" cannot list resource "pods" in API group "" in the namespace "shop"`},
		{"viewer-token", "GET", "practice-admin", `users "practice-admin" is forbidden: User "practice-viewer" cannot impersonate resource "users" in API group "" at the cluster scope`},
	} {
		a := c.ask(t, call{token: "Bearer " + test.token, method: test.method, path: path, as: test.as})
		if test.want == "" {
			if a.code != http.StatusOK {
				t.Errorf("%s as %s: %d %s, want it allowed", test.method, test.as, a.code, a.body)
			}
		} else if got := a.status(t); a.code != http.StatusForbidden || got.Message != test.want {
			t.Errorf("%s as %s:\n%d %s, want\n403 %s", test.method, test.as, a.code, got.Message, test.want)
		}
	}
}

func TestReviewAccess(t *testing.T) {
	c := serve(t, mayRead()...)
	for _, test := range []struct {
		token, attributes string
		allowed           bool
		reason            string
	}{
		{"admin-token", `"resourceAttributes":{"verb":"patch","resource":"pods","subresource":"ephemeralcontainers","namespace":"shop"}`, true, ""},
		{"viewer-token", `"resourceAttributes":{"verb":"patch","resource":"pods","subresource":"ephemeralcontainers","namespace":"shop"}`, false, ""},
		{"viewer-token", `"resourceAttributes":{"verb":"get","resource":"pods","subresource":"log","namespace":"shop"}`, true,
			`RBAC: allowed by ClusterRoleBinding "view" of ClusterRole "view" to User "practice-viewer"`},
		{"viewer-token", `"resourceAttributes":{"verb":"get","group":"apps","resource":"pods","namespace":"shop"}`, false, ""},
		{"viewer-token", `"nonResourceAttributes":{"verb":"get","path":"/metrics"}`, false, ""},
	} {
		var review authorizationv1.SelfSubjectAccessReview
		c.ask(t, call{
			token: "Bearer " + test.token, method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
			body: fmt.Sprintf(`{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{%s}}`, test.attributes),
		}).into(t, http.StatusCreated, &review)
		if review.Status.Allowed != test.allowed || review.Status.Reason != test.reason {
			t.Errorf("%s, %s: %+v", test.token, test.attributes, review.Status)
		}
	}
}

// TestReviewJobs lets somebody copy pods who cannot make the Job that ends the copy.
func TestReviewJobs(t *testing.T) {
	c := serve(t,
		&rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "copier", Namespace: "shop"}, Rules: []rbacv1.PolicyRule{
			{Verbs: []string{"create", "get", "patch"}, APIGroups: []string{""}, Resources: []string{"pods", "jobs"}},
			{Verbs: []string{"get"}, APIGroups: []string{"batch"}, Resources: []string{"jobs"}},
		}},
		&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "copier", Namespace: "shop"}, RoleRef: rbacv1.RoleRef{Kind: "Role", Name: "copier"},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, Name: viewer}},
		})
	for _, test := range []struct {
		attributes string
		allowed    bool
	}{
		{`"verb":"create","resource":"pods","namespace":"shop"`, true},
		{`"verb":"get","group":"batch","resource":"jobs","namespace":"shop"`, true},
		{`"verb":"create","group":"batch","resource":"jobs","namespace":"shop"`, false},
		{`"verb":"patch","group":"batch","resource":"jobs","namespace":"shop"`, false},
		{`"verb":"delete","group":"batch","resource":"jobs","namespace":"shop"`, false},
	} {
		var review authorizationv1.SelfSubjectAccessReview
		c.ask(t, call{
			token: "Bearer viewer-token", method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
			body: fmt.Sprintf(`{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{%s}}}`, test.attributes),
		}).into(t, http.StatusCreated, &review)
		if review.Status.Allowed != test.allowed {
			t.Errorf("%s: allowed is %v", test.attributes, review.Status.Allowed)
		}
	}
	for _, refused := range []call{
		{method: "POST", path: "/apis/batch/v1/namespaces/shop/jobs", body: `{}`},
		{method: "PATCH", path: "/apis/batch/v1/namespaces/shop/jobs/x", body: `{}`},
		{method: "DELETE", path: "/apis/batch/v1/namespaces/shop/jobs/x"},
		{path: "/apis/batch/v1/namespaces/shop/jobs"},
	} {
		refused.token = "Bearer viewer-token"
		if a := c.ask(t, refused); a.code != http.StatusForbidden {
			t.Errorf("%s %s: %d %s", refused.method, refused.path, a.code, a.body)
		}
	}
}

func TestReviewRules(t *testing.T) {
	c := serve(t, mayRead()...)
	a := c.ask(t, call{
		token: "Bearer viewer-token", method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
		body: `{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"shop"}}`,
	})
	var review authorizationv1.SelfSubjectRulesReview
	a.into(t, http.StatusCreated, &review)
	if !strings.Contains(string(a.body), `{"verbs":["get","list","watch"],"apiGroups":[""],"resources":["pods","pods/log","events"]}`) {
		t.Errorf("the viewer's rule is not in %s", a.body)
	}
}
