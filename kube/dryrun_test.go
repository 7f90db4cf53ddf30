package kube

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// practise opens a context of a practice cluster, whose API server judges for itself.
func practise(t *testing.T, context string) *Cluster {
	t.Helper()
	started, err := practice.Start(t.Context(), practice.Options{Scenes: manifests.FS, Manual: true, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.Close)
	flags, set := &Flags{}, pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Set("kubeconfig", started.Kubeconfig); err != nil {
		t.Fatal(err)
	}
	config, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := config.Open(context)
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// A plan that is tried is judged as one that is carried out, and nothing comes of it.
func TestDryRun(t *testing.T) {
	for name, test := range map[string]struct {
		context, namespace, pod string
		profile                 Profile
		want                    string // part of the problem; "" is none
	}{
		"allowed":       {"practice", "shop", "crasher", General, ""},
		"not allowed":   {"practice-viewer", "shop", "crasher", General, "cannot patch resource"},
		"Pod Security":  {"practice", "restricted", "safe", Sysadmin, "violates PodSecurity"},
		"within limits": {"practice", "restricted", "safe", Restricted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := practise(t, test.context)
			pod, err := cluster.Pod(t.Context(), test.namespace, test.pod)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := NewPlan(pod, Request{Name: DebugName(), Image: "busybox:1.37", Profile: test.profile})
			if err != nil {
				t.Fatal(err)
			}
			err = cluster.DryRun(t.Context(), plan)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("the cluster says %v, want %q", err, test.want)
			}
			after, err := cluster.Pod(t.Context(), test.namespace, test.pod)
			if err != nil {
				t.Fatal(err)
			}
			if before, now := pod.object.ResourceVersion, after.object.ResourceVersion; before != now || len(after.object.Spec.EphemeralContainers) > 0 {
				t.Errorf("the pod has changed from version %s to %s", before, now)
			}
		})
	}
}

// A pod that has been replaced meanwhile is not the one that was looked at.
func TestDryRunOfAReplacedPod(t *testing.T) {
	cluster := practise(t, "practice")
	pod, err := cluster.Pod(t.Context(), "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	pod.object.UID = "another"
	plan, err := NewPlan(pod, Request{Name: DebugName(), Image: "busybox:1.37"})
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.DryRun(t.Context(), plan); err == nil || !strings.Contains(err.Error(), "replaced by another of the same name") {
		t.Errorf("the cluster says %v", err)
	}
}
