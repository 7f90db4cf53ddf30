package script

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// What keeps a pod from starting is told by its own name: before a debug container is added, and while that waits.
func TestPodsThatDoNotStart(t *testing.T) {
	t.Parallel()
	const pod = "blocked"
	shell := pictures().shell
	err := here.Create(t.Context(), pod, corev1.PodSpec{
		Volumes: []corev1.Volume{{Name: "settings", VolumeSource: corev1.VolumeSource{
			ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "nope"}},
		}}},
		Containers: []corev1.Container{{
			Name: "app", Image: shell, Command: []string{"sleep", "1000000"}, VolumeMounts: []corev1.VolumeMount{{Name: "settings", MountPath: "/etc/settings"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := sitDownAt(t, 130, 36, nil)
	p.seesIn(start, pod)
	p.types("/" + pod)
	p.presses("enter")
	p.seesIn(start, "cannot start: a volume cannot be mounted", `configmap "nope"`)
	p.goesOnTo("d", "nothing starts in the pod yet: a volume cannot be mounted")
	p.leaves()
}
