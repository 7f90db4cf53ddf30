package debug

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// planOf is the plan of a request for pod web in namespace shop.
func planOf(t *testing.T, changes ...func(*Request)) Plan {
	t.Helper()
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), request(changes...))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Of two rules that contradict each other the stricter counts, whichever comes first.
func TestGuardAnd(t *testing.T) {
	strict := kube.Guard{ReadOnly: true, Protected: true, DigestOnly: true, Why: "strict"}
	lax := kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}, Images: []string{"quay.io/**"}, Hidden: []string{"kube-*"}, Why: "lax"}
	for name, both := range map[string]kube.Guard{"strict and lax": strict.And(lax), "lax and strict": lax.And(strict)} {
		if !both.ReadOnly || !both.Protected || !both.DigestOnly || len(both.Profiles) != 1 || len(both.Images) != 1 || !both.Hides("kube-system") {
			t.Errorf("%s: %+v", name, both)
		}
		if !strings.Contains(both.Why, "strict") || !strings.Contains(both.Why, "lax") {
			t.Errorf("%s: why is %q", name, both.Why)
		}
	}
	for name, got := range map[string]kube.Guard{"and nothing": lax.And(kube.Guard{Why: "nothing"}), "nothing and": kube.Guard{}.And(lax), "itself": lax} {
		if diff := cmp.Diff(lax, got, cmp.AllowUnexported(kube.Guard{})); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", name, diff)
		}
	}
	if g := (kube.Guard{}).And(kube.Guard{}); planOf(t).Forbidden(g) != nil || g.Hides("shop") {
		t.Errorf("two guards of nothing forbid something: %+v", g)
	}
}

// An image has to be allowed by each of the rules, and the one that refuses it is named.
func TestGuardAndImages(t *testing.T) {
	quay := kube.Guard{Images: []string{"quay.io/**", "busybox:1.37"}, Why: "all"}
	team := kube.Guard{Images: []string{"quay.io/team/*", "docker.io/**"}, Why: "prod"}
	pinned := kube.Guard{DigestOnly: true, Why: "eu"}
	const digest = "@sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
	for image, why := range map[string]string{
		"quay.io/team/tool:1" + digest:  "",
		"quay.io/team/tool:1":           "eu",
		"quay.io/other/tool:1" + digest: "prod",
		"alpine:3" + digest:             "all",
		"busybox:1.37":                  "eu",
	} {
		plan := planOf(t, func(r *Request) { r.Image = image })
		for _, g := range []kube.Guard{quay.And(team).And(pinned), pinned.And(quay.And(team)), team.And(pinned).And(quay)} {
			problem := plan.Forbidden(g)
			if why == "" {
				if problem != nil {
					t.Errorf("%s is refused: %v", image, problem)
				}
				continue
			}
			if problem == nil {
				t.Errorf("%s is allowed", image)
			}
		}
		if problem := plan.Forbidden(quay.And(team).And(pinned)); why != "" && !strings.HasSuffix(problem.Message, "("+why+")") {
			t.Errorf("%s: %q does not name %s", image, problem.Message, why)
		}
		if problem := plan.Forbidden(quay.And(team).And(pinned)); why != "" && kube.Reason(problem) != why {
			t.Errorf("%s: the reason is %q, want %s", image, kube.Reason(problem), why)
		}
	}
}

func TestGuardCheck(t *testing.T) {
	custom := func(text string) func(*Request) {
		return func(r *Request) {
			c, err := ParseCustom("tool.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			r.Custom = c
		}
	}
	profile := func(p kube.Profile) func(*Request) { return func(r *Request) { r.Profile = p } }
	for name, test := range map[string]struct {
		guard  kube.Guard
		change func(*Request)
		want   string // the problem; "" is none
	}{
		"nothing forbidden":                {kube.Guard{}, profile(kube.Sysadmin), ""},
		"read-only":                        {kube.Guard{ReadOnly: true, Why: "--read-only"}, profile(kube.Restricted), "read-only: nothing is changed in context prod-eu (--read-only)"},
		"protected is asked for elsewhere": {kube.Guard{Protected: true}, profile(kube.General), ""},
		"profile": {
			kube.Guard{Profiles: []kube.Profile{kube.Sysadmin, kube.Netadmin}, Why: "config.yaml: contexts prod-*"}, profile(kube.Sysadmin),
			"profile sysadmin is not allowed in context prod-eu (config.yaml: contexts prod-*)",
		},
		"another profile": {kube.Guard{Profiles: []kube.Profile{kube.Sysadmin, kube.Netadmin}}, profile(kube.General), ""},
		"what the profile gives": {
			kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, custom("securityContext: {privileged: true}"),
			"the container would have all rights (privileged), as with profile sysadmin, which is not allowed in context prod-eu",
		},
		"a capability of no profile": {
			kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, custom("securityContext: {capabilities: {add: [SYS_ADMIN]}}"),
			"the container would have capability SYS_ADMIN, as with profile sysadmin, which is not allowed in context prod-eu",
		},
		"a capability of a profile": {
			kube.Guard{Profiles: []kube.Profile{kube.Netadmin}}, custom("securityContext: {capabilities: {add: [cap_net_raw]}}"),
			"the container would have capability cap_net_raw, as with profile netadmin, which is not allowed in context prod-eu",
		},
		"a capability of a profile that is allowed": {kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, profile(kube.Netadmin), ""},
		"image": {
			kube.Guard{Images: []string{"quay.io/**"}}, func(r *Request) { r.Image = "alpine:3" },
			"image alpine:3 is not among those allowed in context prod-eu",
		},
		"digest": {
			kube.Guard{DigestOnly: true}, func(r *Request) { r.Image = "alpine:3" },
			"image alpine:3 has no digest, and only images with one are allowed in context prod-eu",
		},
		"hidden": {kube.Guard{Hidden: []string{"sh?p"}}, profile(kube.General), "namespace shop is not shown in context prod-eu"},
	} {
		t.Run(name, func(t *testing.T) {
			problem := planOf(t, test.change).Forbidden(test.guard.In("prod-eu"))
			if problem == nil {
				if test.want != "" {
					t.Fatal("it is allowed")
				}
				return
			}
			if problem.Message != test.want || problem.Hint == "" && len(problem.Help) == 0 || !errors.Is(problem, kube.ErrGuarded) {
				t.Errorf("the problem is\n%q, want\n%q (hint %q)", problem.Message, test.want, problem.Hint)
			}
		})
	}
}

// What counts is the container that is sent, not what a plan says of itself.
func TestGuardLooksAtWhatIsSent(t *testing.T) {
	plan := planOf(t, func(r *Request) { r.Profile, r.Image = kube.Sysadmin, "evil.example/x:1" })
	plan.Profile, plan.Image = kube.General, "quay.io/team/tool:1"
	if plan.Forbidden(kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}) == nil {
		t.Error("the profile is allowed")
	}
	if plan.Forbidden(kube.Guard{Images: []string{"quay.io/**"}}) == nil {
		t.Error("the image is allowed")
	}
	var sent corev1.EphemeralContainer
	if err := yaml.Unmarshal([]byte(plan.Adds), &sent); err != nil || sent.Image != "evil.example/x:1" {
		t.Errorf("sent is %+v, %v", sent, err)
	}
}

func TestImageGlobs(t *testing.T) {
	const digest = "sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
	for _, tt := range []struct {
		glob, image string
		want        bool
	}{
		{"busybox:*", "docker.io/library/busybox:1.37", true},
		{"docker.io/library/busybox:*", "busybox:1.37", true},
		{"docker.io/library/*", "busybox", true},
		{"busybox:1.37", "busybox:1.37", true},
		{"busybox:1.37", "busybox:1.36", false},
		{"busybox:latest", "busybox", true},
		{"busybox", "busybox:1.37", true},
		{"busybox", "quay.io/x/busybox:1.37", false},
		{"busybox*", "busybox-evil/x:1", false},
		{"busybox:1.37", "busybox:1.37@" + digest, false},
		{"busybox:*", "busybox:1.37@" + digest, false},
		{"busybox:1.*", "busybox:1.37@" + digest, false},
		{"registry.corp/*:*", "registry.corp/x@" + digest, false},
		{"b*7", "busybox:1.37", false},
		{"busybox", "busybox:1.37@" + digest, true},
		{"registry.corp/*", "registry.corp/x:1@" + digest, true},
		{"*@sha256:*", "busybox:1.37@" + digest, true},
		{"*@sha256:*", "busybox:1.37", false},
		{"busybox:1.*@" + digest, "busybox:1.37@" + digest, true},
		{"busybox:1.*@" + digest, "busybox:1.37", false},
		{"busybox:1.*@sha256:*", "busybox:2@" + digest, false},
		{"busybox:1.*@sha256:*", "busybox@" + digest, false},
		{"busybox@sha256:c*", "busybox@" + digest, false},
		{"registry.corp:5000/x", "registry.corp:5000/x:1", true},
		{"busybox@" + digest, "busybox:1.37@" + digest, true},
		{"busybox@sha256:*", "busybox@" + digest, true},
		{"registry.corp/*", "registry.corp/tools/x:1", false},
		{"registry.corp/**", "registry.corp/tools/x:1", true},
		{"registry.corp/**/x:1", "registry.corp/a/b/x:1", true},
		{"registry.corp/**", "registry.corp.evil.example/x:1", false},
		{"registry.corp:5000/**", "registry.corp:5000/x:1", true},
		{"**/x:1", "evil.example/x:1", true},
		{"**", "evil.example/a/b:1", true},
		{"*", "evil.example/b:1", false},
		{"[", "busybox", false},
	} {
		plan := planOf(t, func(r *Request) { r.Image = tt.image })
		if got := plan.Forbidden(kube.Guard{Images: []string{tt.glob}}) == nil; got != tt.want {
			t.Errorf("%q allows %s: %v, want %v", tt.glob, tt.image, got, tt.want)
		}
	}
	for glob, want := range map[string]bool{
		"busybox": true, "a.b/**": true, "a.b/x*:1.?": true, "": false, "[": false, "a.b//x": false, "a.b/x**": false, "/a": false,
		"a.b:5000/x": true, "a@sha256:*": true, "a:1@sha256:*": true, "a:": false, "a@": false, "a:@sha256:*": false, "a@*": false,
		"a[:]1": false, "a:[": false, "a@sha256:[": false, ":1": false,
	} {
		if got := kube.CheckImageGlob(glob) == nil; got != want {
			t.Errorf("%q is a pattern: %v, want %v", glob, got, want)
		}
	}
}

// A person who has pinned an image is told why the tag in the list does not do.
func TestTagsAllowNoDigest(t *testing.T) {
	const pinned = "busybox:1.37@sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
	for image, want := range map[string]string{
		pinned:     "allowed: busybox:1.*; a pattern with a tag matches no image with a digest",
		"alpine:3": "allowed: busybox:1.*",
	} {
		problem := planOf(t, func(r *Request) { r.Image = image }).Forbidden(kube.Guard{Images: []string{"busybox:1.*"}})
		if problem == nil || problem.Hint != want {
			t.Errorf("%s: the problem is %v, want the hint %q", image, problem, want)
		}
	}
}

func TestGuardHides(t *testing.T) {
	g := kube.Guard{Hidden: []string{"kube-*", "vault"}}.And(kube.Guard{Hidden: []string{"secret-?"}})
	for namespace, want := range map[string]bool{
		"kube-system": true, "vault": true, "secret-1": true, "secret-12": false, "shop": false, "vault-2": false, "": false,
	} {
		if got := g.Hides(namespace); got != want {
			t.Errorf("%q is hidden: %v, want %v", namespace, got, want)
		}
	}
	if !(kube.Guard{Hidden: []string{"["}}).Hides("shop") {
		t.Error("a pattern that cannot be understood hides nothing")
	}
}

// What gives all includes what gives less.
func TestGuardRefusesWhatIncludesMore(t *testing.T) {
	pod := kube.NewPod(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", UID: "1"},
		Spec:       corev1.PodSpec{NodeName: "n-1", Containers: []corev1.Container{{Name: "app"}}},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning},
	})
	for _, refused := range []kube.Profile{kube.General, kube.Netadmin, kube.Sysadmin} {
		plan, err := NewPlan(pod, Request{Name: "debugger-1", Image: "busybox", Profile: kube.Sysadmin})
		if err != nil {
			t.Fatal(err)
		}
		if p := plan.Forbidden(kube.Guard{Profiles: []kube.Profile{refused}}); p == nil {
			t.Errorf("sysadmin passes where %s is refused", refused)
		}
	}
	plan, err := NewPlan(pod, Request{Name: "debugger-1", Image: "busybox", Profile: kube.General})
	if err != nil {
		t.Fatal(err)
	}
	if p := plan.Forbidden(kube.Guard{Profiles: []kube.Profile{kube.Netadmin, kube.Sysadmin}}); p != nil {
		t.Errorf("general is refused: %v", p)
	}
}
