package debug_test

import (
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

func TestBelow(t *testing.T) {
	for profile, want := range map[kube.Profile][]kube.Profile{
		kube.Sysadmin:   {kube.Netadmin, kube.General, kube.Legacy, kube.Baseline, kube.Restricted},
		kube.General:    {kube.Legacy, kube.Baseline, kube.Restricted},
		kube.Restricted: {},
		"other":         {},
	} {
		if got := debug.Below(profile); !slices.Equal(got, want) {
			t.Errorf("below %s are %v, want %v", profile, got, want)
		}
	}
}

// The practice cluster's namespaces have levels of Pod Security.
func TestStrongest(t *testing.T) {
	const (
		perf   = "not root on the node: no perf, no bpftrace"
		strace = "no strace, no gdb: SYS_PTRACE is not allowed here"
		dump   = "no tcpdump: NET_RAW is not allowed here"
		routes = "no route or firewall changes: NET_ADMIN is not allowed here"
		given  = ", unless the node gives it to every container"
		root   = "not root: an image that runs as root does not start"
	)
	cluster := kubetest.Practise(t, "practice")
	for _, test := range []struct {
		namespace, pod  string
		NoRetries, want kube.Profile
		loses           []string
	}{
		{"shop", "crasher", kube.Sysadmin, kube.Sysadmin, nil},
		{"shop", "crasher", kube.Legacy, kube.Legacy, nil},
		{"baseline", "plain", kube.Sysadmin, kube.Baseline, []string{perf, strace, dump + given, routes}},
		{"baseline", "plain", kube.Netadmin, kube.Baseline, []string{dump + given, routes}},
		{"baseline", "plain", kube.General, kube.Baseline, []string{strace}},
		{"baseline", "plain", kube.Baseline, kube.Baseline, nil},
		{"baseline", "plain", "", kube.Legacy, nil},
		{"restricted", "safe", kube.Sysadmin, kube.Restricted, []string{perf, strace, dump, routes, root}},
		{"restricted", "safe", kube.Netadmin, kube.Restricted, []string{dump, routes, root}},
		{"restricted", "safe", kube.General, kube.Restricted, []string{strace, root}},
		{"restricted", "safe", kube.Legacy, kube.Restricted, []string{root}},
		{"restricted", "safe", kube.Restricted, kube.Restricted, nil},
	} {
		pod, err := cluster.Pod(t.Context(), test.namespace, test.pod)
		if err != nil {
			t.Fatal(err)
		}
		got, err := debug.Strongest(t.Context(), cluster, pod, debug.Request{Image: "busybox:1.37", Profile: test.NoRetries})
		if want := (debug.AdmittedProfile{test.want, strings.Join(test.loses, "; ")}); got != want || err != nil {
			t.Errorf("%s in %s: %+v, %v, want %+v", test.NoRetries, test.namespace, got, err, want)
		}
	}
}

// Preflights of the same plans and a second walk ask nothing again.
func TestStrongestIsKept(t *testing.T) {
	server := &apitest.Judging{Judge: func(w http.ResponseWriter, added map[string]any) {
		if strings.Contains(fmt.Sprint(added["securityContext"]), "SYS_PTRACE") {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `pods "web" is forbidden: no tracing`, nil)
			return
		}
		apitest.Answer(w, http.StatusOK, apitest.RunningPod())
	}}
	c := kubetest.Serve(t, server)
	pod := c.NewPod(apitest.RunningPod())
	for range 2 {
		admitted, err := debug.Strongest(t.Context(), c, pod, debug.Request{Image: "busybox:1.37", Profile: kube.General})
		if err != nil || admitted.Profile != kube.Baseline {
			t.Errorf("%+v, %v", admitted, err)
		}
	}
	if f := debug.RunPreflight(t.Context(), c, flight(t, c, kube.General)); f.Admission != kube.No {
		t.Errorf("%+v", f)
	}
	if _, n := server.Counted(t); n != 2 {
		t.Errorf("%d dry-runs, want general and baseline once", n)
	}
}

// Where nothing is known of one profile nothing is promised of another, and where all are refused the last refusal is told.
func TestNoRung(t *testing.T) {
	refused := func(code int, reason metav1.StatusReason, message string) func(http.ResponseWriter, map[string]any) {
		return func(w http.ResponseWriter, added map[string]any) {
			apitest.Refuse(w, code, reason, fmt.Sprintf(message, added["securityContext"]), nil)
		}
	}
	for name, test := range map[string]struct {
		server  *apitest.Judging
		want    string
		dryRuns int
	}{
		"not known": {&apitest.Judging{Judge: refused(400, metav1.StatusReasonBadRequest, `admission webhook "x" does not support dry run %v`)}, "not known whether the cluster admits", 1},
		"no right":  {&apitest.Judging{May: func(verb, _, _ string) bool { return verb != "patch" }}, "you may not add a debug container", 0},
		"policy": {&apitest.Judging{Judge: refused(422, metav1.StatusReasonInvalid,
			`pods "web" is forbidden: ValidatingAdmissionPolicy 'frozen' with binding 'frozen' denied request: no debugging %v`)},
			"no profile passes, not even restricted: ", 3},
		"never": {&apitest.Judging{Judge: refused(403, metav1.StatusReasonForbidden, "frozen, whoever asks with %v")}, "runAsNonRoot:true", 3},
	} {
		t.Run(name, func(t *testing.T) {
			c := kubetest.Serve(t, test.server)
			admitted, err := debug.Strongest(t.Context(), c, c.NewPod(apitest.RunningPod()), debug.Request{Image: "busybox:1.37", Profile: kube.General})
			if err == nil || admitted != (debug.AdmittedProfile{}) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, %v, want %q", admitted, err, test.want)
			}
			if _, n := test.server.Counted(t); n != test.dryRuns {
				t.Errorf("%d dry-runs, want %d", n, test.dryRuns)
			}
		})
	}
}
