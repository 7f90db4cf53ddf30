package script

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
)

// Every tool that dayfly brings along is one that the API server would take into a pod, with the pod's container as its target, and
// with its volumes where the tool wants them: all but a path inside one, which the server refuses.
func TestShippedPresetsAreAccepted(t *testing.T) {
	t.Parallel()
	const name = "presets"
	if err := here.Run(t.Context(), name, withVolumes()); err != nil {
		t.Fatal(err)
	}
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
		plan, err := debug.NewPlan(pod, preset.Request(debug.NewName(), "app"))
		if err == nil {
			err = debug.DryRun(t.Context(), cluster, plan)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", preset.Name, err, plan.Adds)
		}
		if brings := strings.Contains(plan.Adds, "mountPath: /data"); brings != (len(preset.Mounts) > 0) || strings.Contains(plan.Adds, "/etc/pod-name") {
			t.Errorf("%s wants %v and adds\n%s", preset.Name, preset.Mounts, plan.Adds)
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

// withVolumes is the distroless application with two volumes, one of which it has mounted by a path inside it.
func withVolumes() corev1.PodSpec {
	podName := corev1.DownwardAPIVolumeFile{Path: "name", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}
	return corev1.PodSpec{
		Containers: []corev1.Container{{Name: "app", Image: pictures().web, VolumeMounts: []corev1.VolumeMount{
			{Name: "data", MountPath: "/data"}, {Name: "pod", MountPath: "/etc/pod-name", SubPath: "name"},
		}}},
		Volumes: []corev1.Volume{
			{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "pod", VolumeSource: corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{podName}}}},
		},
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
