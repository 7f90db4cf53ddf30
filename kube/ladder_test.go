package kube

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestBelow(t *testing.T) {
	for profile, want := range map[Profile][]Profile{
		Sysadmin:   {Netadmin, General, Legacy, Baseline, Restricted},
		General:    {Legacy, Baseline, Restricted},
		Restricted: {},
		"other":    {},
	} {
		if got := profile.Below(); !slices.Equal(got, want) {
			t.Errorf("below %s are %v, want %v", profile, got, want)
		}
	}
}

// The practice cluster's namespaces have levels of Pod Security.
func TestStrongest(t *testing.T) {
	const (
		perf   = "not root of the node: no perf, no bpftrace"
		strace = "no strace, no gdb: SYS_PTRACE is not allowed here"
		dump   = "no tcpdump: NET_RAW is not allowed here"
		routes = "no change of routes or of the firewall: NET_ADMIN is not allowed here"
		given  = ", unless the node gives it to every container"
		root   = "not root: an image that runs as root does not start"
	)
	cluster := practise(t, "practice")
	for _, test := range []struct {
		namespace, pod string
		asked, want    Profile
		loses          []string
	}{
		{"shop", "crasher", Sysadmin, Sysadmin, nil},
		{"shop", "crasher", Legacy, Legacy, nil},
		{"baseline", "plain", Sysadmin, Baseline, []string{perf, strace, dump + given, routes}},
		{"baseline", "plain", Netadmin, Baseline, []string{dump + given, routes}},
		{"baseline", "plain", General, Baseline, []string{strace}},
		{"baseline", "plain", Baseline, Baseline, nil},
		{"baseline", "plain", "", Legacy, nil},
		{"restricted", "safe", Sysadmin, Restricted, []string{perf, strace, dump, routes, root}},
		{"restricted", "safe", Netadmin, Restricted, []string{dump, routes, root}},
		{"restricted", "safe", General, Restricted, []string{strace, root}},
		{"restricted", "safe", Legacy, Restricted, []string{root}},
		{"restricted", "safe", Restricted, Restricted, nil},
	} {
		pod, err := cluster.Pod(t.Context(), test.namespace, test.pod)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cluster.Strongest(t.Context(), pod, Request{Image: "busybox:1.37", Profile: test.asked})
		if want := (Rung{test.want, strings.Join(test.loses, "; ")}); got != want || err != nil {
			t.Errorf("%s in %s: %+v, %v, want %+v", test.asked, test.namespace, got, err, want)
		}
	}
}

// Preflights of the same plans and a second walk ask nothing again.
func TestStrongestIsKept(t *testing.T) {
	server := &judging{judge: func(w http.ResponseWriter, added map[string]any) {
		if strings.Contains(fmt.Sprint(added["securityContext"]), "SYS_PTRACE") {
			refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `pods "web" is forbidden: no tracing`, nil)
			return
		}
		answer(w, http.StatusOK, runningPod())
	}}
	c := serve(t, server)
	pod := c.newPod(runningPod())
	for range 2 {
		rung, err := c.Strongest(t.Context(), pod, Request{Image: "busybox:1.37", Profile: General})
		if err != nil || rung.Profile != Baseline {
			t.Errorf("%+v, %v", rung, err)
		}
	}
	if f := c.Preflight(t.Context(), flight(t, c, General)); f.Admission != No {
		t.Errorf("%+v", f)
	}
	if _, n := server.counted(t); n != 2 {
		t.Errorf("%d dry-runs, want general and baseline once", n)
	}
}

// Where nothing is known of one profile nothing is promised of another, and where all are refused the last refusal is told.
func TestNoRung(t *testing.T) {
	refused := func(code int, reason metav1.StatusReason, message string) func(http.ResponseWriter, map[string]any) {
		return func(w http.ResponseWriter, added map[string]any) {
			refuse(w, code, reason, fmt.Sprintf(message, added["securityContext"]), nil)
		}
	}
	for name, test := range map[string]struct {
		server  *judging
		want    string
		dryRuns int
	}{
		"not known": {&judging{judge: refused(400, metav1.StatusReasonBadRequest, `admission webhook "x" does not support dry run %v`)}, "not known whether the cluster admits", 1},
		"no right":  {&judging{may: func(r Right, _ string) bool { return r.Verb != "patch" }}, "you may not add a debug container", 0},
		"policy": {&judging{judge: refused(422, metav1.StatusReasonInvalid,
			`pods "web" is forbidden: ValidatingAdmissionPolicy 'frozen' with binding 'frozen' denied request: no debugging %v`)},
			"no profile passes, not even restricted: ", 3},
		"never": {&judging{judge: refused(403, metav1.StatusReasonForbidden, "frozen, whoever asks with %v")}, "runAsNonRoot:true", 3},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, test.server)
			rung, err := c.Strongest(t.Context(), c.newPod(runningPod()), Request{Image: "busybox:1.37", Profile: General})
			if err == nil || rung != (Rung{}) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, %v, want %q", rung, err, test.want)
			}
			if _, n := test.server.counted(t); n != test.dryRuns {
				t.Errorf("%d dry-runs, want %d", n, test.dryRuns)
			}
		})
	}
}
