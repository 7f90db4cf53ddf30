package debug_test

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// A plan that is tried is judged as one that is carried out, and nothing comes of it.
func TestDryRun(t *testing.T) {
	for name, test := range map[string]struct {
		context, namespace, pod string
		profile                 kube.Profile
		want                    string // part of the problem; "" is none
	}{
		"allowed":       {"practice", "shop", "crasher", kube.General, ""},
		"not allowed":   {"practice-viewer", "shop", "crasher", kube.General, "cannot patch resource"},
		"Pod Security":  {"practice", "restricted", "safe", kube.Sysadmin, "violates PodSecurity"},
		"within limits": {"practice", "restricted", "safe", kube.Restricted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := kubetest.Practise(t, test.context)
			pod, err := cluster.Pod(t.Context(), test.namespace, test.pod)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := debug.NewPlan(pod, debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Profile: test.profile})
			if err != nil {
				t.Fatal(err)
			}
			err = debug.DryRun(t.Context(), cluster, plan)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("the cluster says %v, want %q", err, test.want)
			}
			after, err := cluster.Pod(t.Context(), test.namespace, test.pod)
			if err != nil {
				t.Fatal(err)
			}
			if before, now := pod.Object().ResourceVersion, after.Object().ResourceVersion; before != now || len(after.Object().Spec.EphemeralContainers) > 0 {
				t.Errorf("the pod has changed from version %s to %s", before, now)
			}
		})
	}
}

// A pod that has been replaced meanwhile is not the one that was looked at.
func TestDryRunOfAReplacedPod(t *testing.T) {
	cluster := kubetest.Practise(t, "practice")
	pod, err := cluster.Pod(t.Context(), "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	pod.Object().UID = "another"
	plan, err := debug.NewPlan(pod, debug.Request{Name: debug.NewName(), Image: "busybox:1.37"})
	if err != nil {
		t.Fatal(err)
	}
	if err := debug.DryRun(t.Context(), cluster, plan); err == nil || !strings.Contains(err.Error(), "replaced by another of the same name") {
		t.Errorf("the cluster says %v", err)
	}
}
