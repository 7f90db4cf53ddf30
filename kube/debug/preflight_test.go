package debug_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// flight is a plan for the pod of the judging servers, of a container with a new name.
func flight(t *testing.T, c *kube.Cluster, profile kube.Profile) debug.Plan {
	t.Helper()
	plan, err := debug.NewPlan(c.NewPod(apitest.RunningPod()), debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func says(p *kube.Problem) string {
	if p == nil {
		return ""
	}
	return p.Message + "\n" + p.Hint + "\n" + p.RequiredRBAC
}

// What is known is not asked again: not for a container with another name, and not for another plan's rights.
func TestPreflightIsKept(t *testing.T) {
	server := &apitest.Judging{}
	c := kubetest.Serve(t, server)
	for i, step := range []struct {
		profile kube.Profile
		dryRuns int
	}{{kube.General, 1}, {kube.General, 1}, {kube.Netadmin, 2}, {kube.General, 2}, {kube.Netadmin, 2}} {
		f := debug.RunPreflight(t.Context(), c, flight(t, c, step.profile))
		if f.Admission != kube.Yes || f.Problem != nil || f.Blocks() || len(f.Notes()) > 0 || len(f.Access) != len(kube.DebugRights()) {
			t.Errorf("step %d: %+v", i, f)
		}
		reviews, dryRuns := server.Counted(t)
		if reviews != len(kube.DebugRights()) || dryRuns != step.dryRuns {
			t.Errorf("step %d: %d reviews and %d dry-runs, want %d and %d", i, reviews, dryRuns, len(kube.DebugRights()), step.dryRuns)
		}
	}
}

// Another pod of the same name is judged anew.
func TestPreflightOfASuccessor(t *testing.T) {
	server := &apitest.Judging{}
	c := kubetest.Serve(t, server)
	debug.RunPreflight(t.Context(), c, flight(t, c, kube.General))
	next := c.NewPod(apitest.RunningPod())
	next.Object().UID = "another"
	plan, err := debug.NewPlan(next, debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Profile: kube.General})
	if err != nil {
		t.Fatal(err)
	}
	debug.RunPreflight(t.Context(), c, plan)
	if _, n := server.Counted(t); n != 2 {
		t.Errorf("%d dry-runs, want one for each", n)
	}
}

func TestPreflightOfRights(t *testing.T) {
	only := func(lacking ...string) func(verb, resource, pod string) bool {
		return func(verb, resource, _ string) bool { return !slices.Contains(lacking, verb+" "+resource) }
	}
	const patch, create, get = "patch pods/ephemeralcontainers", "create pods/attach", "get pods/attach"
	for name, test := range map[string]struct {
		may       func(verb, resource, pod string) bool
		admission kube.Verdict
		dryRuns   int
		stops     bool
		want      []string // in the Problem; none is no Problem
		unwanted  string
		notes     string
	}{
		"may not add": {only(patch), kube.Unknown, 0, true,
			[]string{"you may not add a debug container to pod web: patch pods/ephemeralcontainers is not allowed in namespace shop",
				"ask for this Role and RoleBinding in namespace shop", "verbs: [patch]", `name: "alice@example.com"`}, "pods/attach", ""},
		"may add but not attach": {only(create, get), kube.Yes, 1, true,
			[]string{"you could add a debug container to pod web, but not attach to it: create pods/attach is not allowed in namespace shop",
				"resources: [pods/attach]\n  verbs: [create, get]", `"alice@example.com"`}, "ephemeralcontainers", "SPDY"},
		"may only upgrade": {only(create), kube.Yes, 1, false,
			[]string{"not known whether you could attach to pod web", "Kubernetes 1.35", "verbs: [create]"}, "verbs: [create, get]", ""},
		"may only look": {func(_, resource, _ string) bool { return resource == "pods" }, kube.Unknown, 0, true,
			[]string{"patch pods/ephemeralcontainers, create pods/attach are not allowed", "resources: [events]", "resources: [pods/log]",
				"verbs: [patch]", "verbs: [create, get]"}, "resources: [pods]", "list events"},
		"may not follow": {only("watch pods"), kube.Yes, 1, true, []string{"you may not debug pod web: watch pods is not allowed in namespace shop"}, "patch", ""},
		"lacks comforts": {only("list events", "get pods/log", get), kube.Yes, 1, false, nil, "", "you may not get pods/log here: output from before the attach"},
		// A role of a StatefulSet's debugger, say, with resourceNames.
		"may with this pod only": {func(_, resource, pod string) bool { return resource == "events" || pod == "web" }, kube.Yes, 1, false, nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := &apitest.Judging{May: test.may, User: "alice@example.com"}
			c := kubetest.Serve(t, server)
			f := debug.RunPreflight(t.Context(), c, flight(t, c, kube.General))
			if f.Admission != test.admission || f.Blocks() != test.stops || (f.Problem == nil) != (test.want == nil) {
				t.Errorf("admission %s, stops %t, %s", f.Admission, f.Blocks(), says(f.Problem))
			}
			if _, n := server.Counted(t); n != test.dryRuns {
				t.Errorf("%d dry-runs, want %d", n, test.dryRuns)
			}
			for _, want := range test.want {
				if !strings.Contains(says(f.Problem), want) {
					t.Errorf("the problem does not say %q:\n%s", want, says(f.Problem))
				}
			}
			if test.unwanted != "" && strings.Contains(says(f.Problem), test.unwanted) {
				t.Errorf("the problem says %q:\n%s", test.unwanted, says(f.Problem))
			}
			if notes := fmt.Sprint(f.Notes()); !strings.Contains(notes, test.notes) {
				t.Errorf("the notes are %s, want %q", notes, test.notes)
			}
		})
	}
}

// A refusal is a no in the server's words. When somebody could not be asked it is not known, which is never a yes.
// A private session runs by exec: that right is asked for before the container is there, and the one to attach is not.
func TestPreflightOfAPrivatePlan(t *testing.T) {
	for name, test := range map[string]struct {
		lacking []string
		stops   bool
		want    string
	}{
		"all is well":             {nil, false, ""},
		"may attach but not exec": {[]string{"create pods/exec", "get pods/exec"}, true, "you could add a debug container to pod web, but not run the private shell in it: create pods/exec"},
		"may only upgrade":        {[]string{"create pods/exec"}, false, "not known whether you could run a shell in pod web"},
		"may exec but not attach": {[]string{"create pods/attach", "get pods/attach"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := kubetest.Serve(t, &apitest.Judging{May: func(verb, resource, _ string) bool { return !slices.Contains(test.lacking, verb+" "+resource) }})
			plan, err := debug.NewPlan(c.NewPod(apitest.RunningPod()), debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Profile: kube.General, Private: true})
			if err != nil {
				t.Fatal(err)
			}
			f := debug.RunPreflight(t.Context(), c, plan)
			if f.Blocks() != test.stops || !strings.Contains(says(f.Problem), test.want) || (test.want == "") != (f.Problem == nil) {
				t.Errorf("stops %v, %s", f.Blocks(), says(f.Problem))
			}
		})
	}
}

func TestPreflightOfAdmission(t *testing.T) {
	const violation = `pods "web" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "%s" must not include "SYS_PTRACE" in securityContext.capabilities.add)`
	for name, test := range map[string]struct {
		code    int
		reason  metav1.StatusReason
		message string
		want    kube.Verdict
		says    []string
	}{
		"Pod Security": {403, metav1.StatusReasonForbidden, violation, kube.No,
			[]string{`must not include "SYS_PTRACE"`, "the namespace allows no more than profile baseline"}},
		"poisoned": {403, metav1.StatusReasonForbidden, `pods "web" is forbidden: violates PodSecurity "baseline:latest": privileged (container "old" must not set securityContext.privileged=true)`, kube.No,
			[]string{`container "old"`, "no profile helps until the pod is replaced"}},
		"poisoned, and wanting more": {403, metav1.StatusReasonForbidden, `pods "web" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (containers "old", "%s" must not include "SYS_PTRACE" in securityContext.capabilities.add)`, kube.No,
			[]string{`containers "old"`, "no profile helps until the pod is replaced"}},
		"quota": {403, metav1.StatusReasonForbidden, `pods "web" is forbidden: exceeded quota: objects, requested: pods=1, used: pods=4, limited: pods=4`, kube.No,
			[]string{"quota objects has too little left: 4 of 4 pods used, and this takes 1", "larger quota"}},
		"validation": {422, metav1.StatusReasonInvalid, `Pod "web" is invalid: spec.ephemeralContainers[0].image: Required value`, kube.No, []string{"Required value"}},
		"webhook": {403, metav1.StatusReasonForbidden, `admission webhook "validation.example.com" denied the request: no images of strangers`, kube.No,
			[]string{"no images of strangers", "that webhook has rules of its own"}},
		"webhook with a code of its own": {500, "", `admission webhook "validation.example.com" denied the request: no images of strangers`, kube.No,
			[]string{"no images of strangers", "that webhook has rules of its own"}},
		"webhook without dry-run": {400, metav1.StatusReasonBadRequest, `admission webhook "mutate.example.com" does not support dry run`, kube.Unknown,
			[]string{"not known whether the cluster admits this in pod web", `"mutate.example.com" does not support dry run`, "you see its answer when you go on"}},
		"webhook that is down": {500, metav1.StatusReasonInternalError,
			`Internal error occurred: failed calling webhook "x.example.com": failed to call webhook: Post "https://x.example.svc": context deadline exceeded`, kube.Unknown,
			[]string{`failed calling webhook "x.example.com"`, "may be down"}},
		"timeout":     {504, metav1.StatusReasonTimeout, "Timeout: request did not complete within requested timeout", kube.Unknown, []string{"did not complete", "as long"}},
		"conflict":    {409, metav1.StatusReasonConflict, "the object has been modified", kube.Unknown, []string{"being changed by others"}},
		"credentials": {401, metav1.StatusReasonUnauthorized, "Unauthorized", kube.Unknown, []string{"does not accept your credentials", "log in again"}},
		"right that the review did not know": {403, metav1.StatusReasonForbidden,
			`pods "web" is forbidden: User "carol" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"`, kube.No,
			[]string{`User "carol" cannot patch`, "verbs: [patch]", `name: "carol"`}},
		"gone": {404, metav1.StatusReasonNotFound, `pods "web" not found`, kube.No, []string{`pods "web" not found`}},
	} {
		t.Run(name, func(t *testing.T) {
			server := &apitest.Judging{Judge: func(w http.ResponseWriter, added map[string]any) {
				details := &metav1.StatusDetails{Name: "web", Kind: "pods"}
				apitest.Refuse(w, test.code, test.reason, strings.Replace(test.message, "%s", fmt.Sprint(added["name"]), 1), details)
			}}
			c := kubetest.Serve(t, server)
			for range 2 {
				plan := flight(t, c, kube.General)
				f := debug.RunPreflight(t.Context(), c, plan)
				if f.Admission != test.want || f.Blocks() != (test.want == kube.No) || f.Problem == nil {
					t.Fatalf("%s, stops %t, %+v", f.Admission, f.Blocks(), f.Problem)
				}
				for _, want := range test.says {
					if !strings.Contains(says(f.Problem), want) {
						t.Errorf("the problem does not say %q:\n%s", want, says(f.Problem))
					}
				}
				// The second time the words are those of the first, but about this plan's container.
				for _, word := range strings.FieldsFunc(says(f.Problem), func(r rune) bool { return strings.ContainsRune("\" :\n", r) }) {
					if strings.HasPrefix(word, "debugger-") && word != plan.Debug.Container {
						t.Errorf("the problem of %s speaks of %s:\n%s", plan.Debug.Container, word, says(f.Problem))
					}
				}
			}
			if _, n := server.Counted(t); n != 1 {
				t.Errorf("%d dry-runs, want the answer kept", n)
			}
		})
	}
}

// When no review is answered the dry-run tells what it can, and attaching is not known.
func TestPreflightWithoutReviews(t *testing.T) {
	server := &apitest.Judging{}
	c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == apitest.ReviewPath {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `User "x" cannot create resource "selfsubjectaccessreviews"`, nil)
			return
		}
		server.ServeHTTP(w, r)
	}))
	f := debug.RunPreflight(t.Context(), c, flight(t, c, kube.General))
	if f.Admission != kube.Yes || f.Blocks() || f.Problem == nil || strings.Contains(f.Problem.Message, "patch") ||
		!strings.Contains(f.Problem.Message, "create pods/attach in namespace shop: ask for rights") {
		t.Errorf("%s, stops %t: %s", f.Admission, f.Blocks(), says(f.Problem))
	}
	if slices.ContainsFunc(f.Access, func(a kube.Access) bool { return a.Verdict != kube.Unknown }) {
		t.Errorf("%+v", f.Access)
	}
}

// An API server that does not answer leaves it open, and whoever leaves does not wait for it.
func TestPreflightGivenUp(t *testing.T) {
	c, requests := kubetest.Converse(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan debug.Preflight)
	go func() { got <- debug.RunPreflight(ctx, c, flight(t, c, kube.General)) }()
	apitest.Receive(t, requests, "a review")
	cancel()
	f := apitest.Receive(t, got, "what is known")
	if f.Admission != kube.Unknown || f.Problem == nil || f.Blocks() {
		t.Errorf("%+v: %s", f, says(f.Problem))
	}
}

// A guard rail forbids before anything is asked of admission.
func TestPreflightOfAGuard(t *testing.T) {
	server := &apitest.Judging{}
	c, _ := kubetest.ServeGuarded(t, kube.Guard{Profiles: []kube.Profile{kube.General}, Why: "config.yaml: contexts *"}, server, "")
	f := debug.RunPreflight(t.Context(), c, flight(t, c, kube.General))
	if f.Admission != kube.No || !f.Blocks() || !strings.Contains(says(f.Problem), "config.yaml: contexts *") {
		t.Errorf("%s: %s", f.Admission, says(f.Problem))
	}
	if _, n := server.Counted(t); n != 0 {
		t.Errorf("%d dry-runs", n)
	}
	if admitted, err := debug.Strongest(t.Context(), c, c.NewPod(apitest.RunningPod()), debug.Request{Image: "busybox", Profile: kube.General}); err != nil || admitted.Profile != kube.Baseline {
		t.Errorf("%+v, %v", admitted, err)
	}
}

// What a preflight costs the first time, on a connection of its own, and when its answers are there.
func BenchmarkPreflight(b *testing.B) {
	url := apitest.Serve(b, &apitest.Judging{})
	plan := func(c *kube.Cluster) debug.Plan {
		p, err := debug.NewPlan(c.NewPod(apitest.RunningPod()), debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Profile: kube.General})
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			c := kubetest.OpenAt(b, url)
			debug.RunPreflight(b.Context(), c, plan(c))
		}
	})
	b.Run("again", func(b *testing.B) {
		c := kubetest.OpenAt(b, url)
		for b.Loop() {
			debug.RunPreflight(b.Context(), c, plan(c))
		}
	})
}
