package kube_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
)

func TestAskFor(t *testing.T) {
	for name, test := range map[string]struct {
		user    string
		missing []kube.Right
		rules   []rbacv1.PolicyRule
		subject rbacv1.Subject
	}{
		"one right of a user": {"alice", []kube.Right{kube.RightToAttach()},
			[]rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods/attach"}, Verbs: []string{"create"}}},
			rbacv1.Subject{Kind: "User", APIGroup: "rbac.authorization.k8s.io", Name: "alice"}},
		"some of a resource, in the order of use": {"oidc:b@example.com #1\"\n", []kube.Right{kube.RightToUpgrade(), {"watch", "pods"}, {"get", "pods"}, kube.RightToAttach()},
			[]rbacv1.PolicyRule{
				{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "watch"}},
				{APIGroups: []string{""}, Resources: []string{"pods/attach"}, Verbs: []string{"create", "get"}},
			},
			rbacv1.Subject{Kind: "User", APIGroup: "rbac.authorization.k8s.io", Name: "oidc:b@example.com #1\"\n"}},
		"an account of pods": {"system:serviceaccount:ci:runner", []kube.Right{kube.RightToAdd()},
			[]rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods/ephemeralcontainers"}, Verbs: []string{"patch"}}},
			rbacv1.Subject{Kind: "ServiceAccount", Namespace: "ci", Name: "runner"}},
		"what debugging does not use": {"alice", []kube.Right{{Verb: "create", Resource: "pods/eviction"}, {Verb: "list", Resource: "poddisruptionbudgets.policy"}, {Verb: "get", Resource: "pods"}},
			[]rbacv1.PolicyRule{
				{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}},
				{APIGroups: []string{""}, Resources: []string{"pods/eviction"}, Verbs: []string{"create"}},
				{APIGroups: []string{"policy"}, Resources: []string{"poddisruptionbudgets"}, Verbs: []string{"list"}},
			},
			rbacv1.Subject{Kind: "User", APIGroup: "rbac.authorization.k8s.io", Name: "alice"}},
		"nobody knows who": {"", []kube.Right{kube.RightToAdd()},
			[]rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods/ephemeralcontainers"}, Verbs: []string{"patch"}}},
			rbacv1.Subject{Kind: "User", APIGroup: "rbac.authorization.k8s.io"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := kube.AskFor("shop", test.user, test.missing)
			first, second, _ := strings.Cut(text, "---\n")
			var role rbacv1.Role
			var binding rbacv1.RoleBinding
			if err := yaml.UnmarshalStrict([]byte(first), &role); err != nil {
				t.Fatal(err)
			}
			if err := yaml.UnmarshalStrict([]byte(second), &binding); err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprintf("%q", role.Rules), fmt.Sprintf("%q", test.rules); got != want || role.Namespace != "shop" {
				t.Errorf("rules %s in %s, want %s", got, role.Namespace, want)
			}
			if len(binding.Subjects) != 1 || binding.Subjects[0] != test.subject || binding.Namespace != "shop" ||
				binding.RoleRef != (rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: role.Name}) {
				t.Errorf("the binding is %+v", binding)
			}
		})
	}
	if text := kube.AskFor("shop", "alice", nil); text != "" {
		t.Errorf("nothing is missing, and it asks for\n%s", text)
	}
}

// Whatever a namespace and a user are called, they are text in what is applied.
func TestAskForKeepsNamesText(t *testing.T) {
	for _, name := range []string{
		"shop", "n-1", "123", "1e3", "0x1f", "0b1", "0o7", "2001-01-01", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "1-2", "a: b", "x\nkind: y",
	} {
		denial := kube.Explain((&kube.Cluster{}).Denied("add it", kube.Target{Namespace: name}, errors.New(`pods is forbidden: User "x" cannot patch`)))
		for _, text := range append(strings.Split(kube.AskFor(name, name, kube.DebugRights()), "---\n"), denial.RequiredRBAC) {
			var written struct {
				Metadata struct{ Namespace any }
				Subjects []struct{ Name any }
			}
			if err := yaml.Unmarshal([]byte(text), &written); err != nil || written.Metadata.Namespace != any(name) {
				t.Errorf("namespace %q is %v (%v) in\n%s", name, written.Metadata.Namespace, err, text)
			}
			for _, s := range written.Subjects {
				if s.Name != any(name) {
					t.Errorf("user %q is %v in\n%s", name, s.Name, text)
				}
			}
		}
	}
	if text := kube.AskFor("shop", "", kube.DebugRights()); strings.Count(text, "  namespace: shop\n") != 2 {
		t.Errorf("a plain name is not written plainly:\n%s", text)
	}
}

// What is asked for a second time does not replace what was asked for before.
func TestAskForNames(t *testing.T) {
	seen := map[string]string{}
	for _, user := range []string{"alice", "bob"} {
		for _, right := range kube.DebugRights() {
			text := kube.AskFor("shop", user, []kube.Right{right})
			_, binding, _ := strings.Cut(text, "kind: RoleBinding")
			_, name, _ := strings.Cut(binding, "name: ")
			name, _, _ = strings.Cut(name, "\n")
			if other, taken := seen[name]; taken {
				t.Errorf("%s has the binding of\n%s", text, other)
			}
			seen[name] = text
			if again := kube.AskFor("shop", user, []kube.Right{right}); again != text {
				t.Errorf("the same is asked for as\n%s\nand\n%s", text, again)
			}
		}
	}
}
