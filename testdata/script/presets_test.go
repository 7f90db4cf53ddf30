package script

import (
	"testing"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
)

// Every tool that dayfly brings along is one that the API server would take into a pod, with the pod's container as its target.
func TestShippedPresetsAreAccepted(t *testing.T) {
	t.Parallel()
	name := webPod(t, "presets")
	cluster := opens(t)
	pod, err := cluster.Pod(t.Context(), here.Name, name)
	if err != nil {
		t.Fatal(err)
	}
	list, mistakes := presets.Load(t.TempDir())
	if len(list) == 0 || len(mistakes) > 0 {
		t.Fatalf("%d presets, mistakes: %v", len(list), mistakes)
	}
	for _, preset := range list {
		plan, err := kube.NewPlan(pod, preset.Request(kube.DebugName(), "app"))
		if err == nil {
			err = cluster.DryRun(t.Context(), plan)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", preset.Name, err, plan.Adds)
		}
	}
	after, err := here.Pod(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(after.Spec.EphemeralContainers); n > 0 {
		t.Errorf("there are %d debug containers after dry runs", n)
	}
}

// opens is the cluster as dayfly opens it, for what a test does without a screen.
func opens(t *testing.T) *kube.Cluster {
	t.Helper()
	flags, set := &kube.Flags{}, pflag.NewFlagSet("e2e", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Set("kubeconfig", here.kubeconfig); err != nil {
		t.Fatal(err)
	}
	config, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := config.Open(config.Current())
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}
