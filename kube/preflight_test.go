package kube

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// flight is a plan for the pod of the judging servers, of a container with a new name.
func flight(t *testing.T, c *Cluster, profile Profile) Plan {
	t.Helper()
	plan, err := NewPlan(c.newPod(runningPod()), Request{Name: DebugName(), Image: "busybox:1.37", Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func says(p *Problem) string {
	if p == nil {
		return ""
	}
	return p.What + "\n" + p.Hint + "\n" + p.Ask
}

// What is known is not asked again: not for a container with another name, and not for another plan's rights.
func TestPreflightIsKept(t *testing.T) {
	server := &judging{}
	c := serve(t, server)
	for i, step := range []struct {
		profile Profile
		dryRuns int
	}{{General, 1}, {General, 1}, {Netadmin, 2}, {General, 2}, {Netadmin, 2}} {
		f := c.Preflight(t.Context(), flight(t, c, step.profile))
		if f.Admission != Yes || f.Problem != nil || f.Stops() || len(f.Notes()) > 0 || len(f.Access) != len(DebugRights()) {
			t.Errorf("step %d: %+v", i, f)
		}
		reviews, dryRuns := server.counted(t)
		if reviews != len(DebugRights()) || dryRuns != step.dryRuns {
			t.Errorf("step %d: %d reviews and %d dry-runs, want %d and %d", i, reviews, dryRuns, len(DebugRights()), step.dryRuns)
		}
	}
}

// Another pod of the same name is judged anew.
func TestPreflightOfASuccessor(t *testing.T) {
	server := &judging{}
	c := serve(t, server)
	c.Preflight(t.Context(), flight(t, c, General))
	next := c.newPod(runningPod())
	next.object.UID = "another"
	plan, err := NewPlan(next, Request{Name: DebugName(), Image: "busybox:1.37", Profile: General})
	if err != nil {
		t.Fatal(err)
	}
	c.Preflight(t.Context(), plan)
	if _, n := server.counted(t); n != 2 {
		t.Errorf("%d dry-runs, want one for each", n)
	}
}

func TestPreflightOfRights(t *testing.T) {
	only := func(lacking ...string) func(Right, string) bool {
		return func(r Right, _ string) bool { return !slices.Contains(lacking, r.String()) }
	}
	const patch, create, get = "patch pods/ephemeralcontainers", "create pods/attach", "get pods/attach"
	for name, test := range map[string]struct {
		may       func(Right, string) bool
		admission Verdict
		dryRuns   int
		stops     bool
		want      []string // in the Problem; none is no Problem
		unwanted  string
		notes     string
	}{
		"may not add": {only(patch), Unknown, 0, true,
			[]string{"you may not add a debug container to pod web: patch pods/ephemeralcontainers is not allowed in namespace shop",
				"ask for this Role and RoleBinding in namespace shop", "verbs: [patch]", `name: "alice@example.com"`}, "pods/attach", ""},
		"may add but not attach": {only(create, get), Yes, 1, true,
			[]string{"you could add a debug container to pod web, but not attach to it: create pods/attach is not allowed in namespace shop",
				"resources: [pods/attach]\n  verbs: [create, get]", `"alice@example.com"`}, "ephemeralcontainers", "SPDY"},
		"may only upgrade": {only(create), Yes, 1, false,
			[]string{"not known whether you could attach to pod web", "Kubernetes 1.35", "verbs: [create]"}, "verbs: [create, get]", ""},
		"may only look": {func(r Right, _ string) bool { return r.Resource == "pods" }, Unknown, 0, true,
			[]string{"patch pods/ephemeralcontainers, create pods/attach are not allowed", "resources: [events]", "resources: [pods/log]",
				"verbs: [patch]", "verbs: [create, get]"}, "resources: [pods]", "list events"},
		"may not follow": {only("watch pods"), Yes, 1, true, []string{"you may not debug pod web: watch pods is not allowed in namespace shop"}, "patch", ""},
		"lacks comforts": {only("list events", "get pods/log", get), Yes, 1, false, nil, "", "you may not get pods/log here: what is printed"},
		// A role of a StatefulSet's debugger, say, with resourceNames.
		"may with this pod only": {func(r Right, pod string) bool { return r.Resource == "events" || pod == "web" }, Yes, 1, false, nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := &judging{may: test.may, user: "alice@example.com"}
			c := serve(t, server)
			f := c.Preflight(t.Context(), flight(t, c, General))
			if f.Admission != test.admission || f.Stops() != test.stops || (f.Problem == nil) != (test.want == nil) {
				t.Errorf("admission %s, stops %t, %s", f.Admission, f.Stops(), says(f.Problem))
			}
			if _, n := server.counted(t); n != test.dryRuns {
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
			c := serve(t, &judging{may: func(r Right, _ string) bool { return !slices.Contains(test.lacking, r.String()) }})
			plan, err := NewPlan(c.newPod(runningPod()), Request{Name: DebugName(), Image: "busybox:1.37", Profile: General, Private: true})
			if err != nil {
				t.Fatal(err)
			}
			f := c.Preflight(t.Context(), plan)
			if f.Stops() != test.stops || !strings.Contains(says(f.Problem), test.want) || (test.want == "") != (f.Problem == nil) {
				t.Errorf("stops %v, %s", f.Stops(), says(f.Problem))
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
		want    Verdict
		says    []string
	}{
		"Pod Security": {403, metav1.StatusReasonForbidden, violation, No,
			[]string{`must not include "SYS_PTRACE"`, "the namespace admits profile baseline at most"}},
		"poisoned": {403, metav1.StatusReasonForbidden, `pods "web" is forbidden: violates PodSecurity "baseline:latest": privileged (container "old" must not set securityContext.privileged=true)`, No,
			[]string{`container "old"`, "no debug container can be added before the pod is replaced"}},
		"poisoned, and wanting more": {403, metav1.StatusReasonForbidden, `pods "web" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (containers "old", "%s" must not include "SYS_PTRACE" in securityContext.capabilities.add)`, No,
			[]string{`containers "old"`, "no debug container can be added before the pod is replaced"}},
		"quota": {403, metav1.StatusReasonForbidden, `pods "web" is forbidden: exceeded quota: objects, requested: pods=1, used: pods=4, limited: pods=4`, No,
			[]string{"exceeded quota: objects", "larger quota"}},
		"validation": {422, metav1.StatusReasonInvalid, `Pod "web" is invalid: spec.ephemeralContainers[0].image: Required value`, No, []string{"Required value"}},
		"webhook": {403, metav1.StatusReasonForbidden, `admission webhook "validation.example.com" denied the request: no images of strangers`, No,
			[]string{"no images of strangers", "that webhook has rules of its own"}},
		"webhook with a code of its own": {500, "", `admission webhook "validation.example.com" denied the request: no images of strangers`, No,
			[]string{"no images of strangers", "that webhook has rules of its own"}},
		"webhook without dry-run": {400, metav1.StatusReasonBadRequest, `admission webhook "mutate.example.com" does not support dry run`, Unknown,
			[]string{"not known whether the cluster admits this in pod web", `"mutate.example.com" does not support dry run`, "shows when the container is added"}},
		"webhook that is down": {500, metav1.StatusReasonInternalError,
			`Internal error occurred: failed calling webhook "x.example.com": failed to call webhook: Post "https://x.example.svc": context deadline exceeded`, Unknown,
			[]string{`failed calling webhook "x.example.com"`, "may be down"}},
		"timeout":     {504, metav1.StatusReasonTimeout, "Timeout: request did not complete within requested timeout", Unknown, []string{"did not complete", "as long"}},
		"conflict":    {409, metav1.StatusReasonConflict, "the object has been modified", Unknown, []string{"being changed by others"}},
		"credentials": {401, metav1.StatusReasonUnauthorized, "Unauthorized", Unknown, []string{"does not accept your credentials", "log in again"}},
		"right that the review did not know": {403, metav1.StatusReasonForbidden,
			`pods "web" is forbidden: User "carol" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"`, No,
			[]string{`User "carol" cannot patch`, "verbs: [patch]", `name: "carol"`}},
		"gone": {404, metav1.StatusReasonNotFound, `pods "web" not found`, No, []string{`pods "web" not found`}},
	} {
		t.Run(name, func(t *testing.T) {
			server := &judging{judge: func(w http.ResponseWriter, added map[string]any) {
				details := &metav1.StatusDetails{Name: "web", Kind: "pods"}
				refuse(w, test.code, test.reason, strings.Replace(test.message, "%s", fmt.Sprint(added["name"]), 1), details)
			}}
			c := serve(t, server)
			for range 2 {
				plan := flight(t, c, General)
				f := c.Preflight(t.Context(), plan)
				if f.Admission != test.want || f.Stops() != (test.want == No) || f.Problem == nil {
					t.Fatalf("%s, stops %t, %+v", f.Admission, f.Stops(), f.Problem)
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
			if _, n := server.counted(t); n != 1 {
				t.Errorf("%d dry-runs, want the answer kept", n)
			}
		})
	}
}

// When no review is answered the dry-run tells what it can, and attaching is not known.
func TestPreflightWithoutReviews(t *testing.T) {
	server := &judging{}
	c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == reviewPath {
			refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `User "x" cannot create resource "selfsubjectaccessreviews"`, nil)
			return
		}
		server.ServeHTTP(w, r)
	}))
	f := c.Preflight(t.Context(), flight(t, c, General))
	if f.Admission != Yes || f.Stops() || f.Problem == nil || strings.Contains(f.Problem.What, "patch") ||
		!strings.Contains(f.Problem.What, "create pods/attach in namespace shop: ask for rights") {
		t.Errorf("%s, stops %t: %s", f.Admission, f.Stops(), says(f.Problem))
	}
	if slices.ContainsFunc(f.Access, func(a Access) bool { return a.Verdict != Unknown }) {
		t.Errorf("%+v", f.Access)
	}
}

// An API server that does not answer leaves it open, and whoever leaves does not wait for it.
func TestPreflightGivenUp(t *testing.T) {
	c, requests := converse(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan Preflight)
	go func() { got <- c.Preflight(ctx, flight(t, c, General)) }()
	receive(t, requests, "a review")
	cancel()
	f := receive(t, got, "what is known")
	if f.Admission != Unknown || f.Problem == nil || f.Stops() {
		t.Errorf("%+v: %s", f, says(f.Problem))
	}
}

// A guard rail forbids before anything is asked of admission.
func TestPreflightOfAGuard(t *testing.T) {
	server := &judging{}
	c := serve(t, server)
	c.guard = Guard{Profiles: []Profile{General}, Why: "config.yaml: contexts *"}
	f := c.Preflight(t.Context(), flight(t, c, General))
	if f.Admission != No || !f.Stops() || !strings.Contains(says(f.Problem), "config.yaml: contexts *") {
		t.Errorf("%s: %s", f.Admission, says(f.Problem))
	}
	if _, n := server.counted(t); n != 0 {
		t.Errorf("%d dry-runs", n)
	}
	if rung, err := c.Strongest(t.Context(), c.newPod(runningPod()), Request{Image: "busybox", Profile: General}); err != nil || rung.Profile != Baseline {
		t.Errorf("%+v, %v", rung, err)
	}
}

// What a preflight costs the first time, on the way to a server and back twice, and when its answers are there.
func BenchmarkPreflight(b *testing.B) {
	c := serve(b, &judging{})
	now := time.Now()
	c.rights.now = func() time.Time { return now }
	c.admissions.now = c.rights.now
	pod := c.newPod(runningPod())
	plan := func() Plan {
		p, err := NewPlan(pod, Request{Name: DebugName(), Image: "busybox:1.37", Profile: General})
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			now = now.Add(time.Hour) // nothing holds that long
			c.Preflight(b.Context(), plan())
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			c.Preflight(b.Context(), plan())
		}
	})
}
