package script

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// untouched wants a pod of the scratch namespace without debug containers.
func untouched(t *testing.T, pod string) {
	t.Helper()
	if added := debuggersOf(t, here.Namespace, pod); len(added) > 0 {
		t.Errorf("pod %s has %d debug containers: %+v", pod, len(added), added)
	}
}

// debuggersOf are the debug containers that were added to a pod.
func debuggersOf(t *testing.T, n *scratch.Namespace, pod string) []corev1.EphemeralContainer {
	t.Helper()
	now, err := n.Pod(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	return now.Spec.EphemeralContainers
}

// moment is a pod as it was.
type moment struct {
	in  *scratch.Namespace
	pod *corev1.Pod
}

func asItIs(t *testing.T, n *scratch.Namespace, pod string) moment {
	t.Helper()
	now, err := n.Pod(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	return moment{n, now}
}

// still wants a pod to which nothing has been added, and nobody has written who had not before: a kubelet goes on writing the status.
func (m moment) still(t *testing.T) {
	t.Helper()
	now := asItIs(t, m.in, m.pod.Name).pod
	if len(now.Spec.EphemeralContainers) != len(m.pod.Spec.EphemeralContainers) || now.Generation != m.pod.Generation {
		t.Errorf("pod %s was changed: generation %d before, %d after, debug containers %+v", now.Name, m.pod.Generation, now.Generation, now.Spec.EphemeralContainers)
	}
	if before, after := writers(m.pod), writers(now); !slices.Equal(before, after) {
		t.Errorf("pod %s was written by %q before, and by %q after", now.Name, before, after)
	}
}

// writers are who has written what of a pod.
func writers(pod *corev1.Pod) []string {
	var list []string
	for _, f := range pod.ManagedFields {
		list = append(list, f.Manager+" "+f.Subresource)
	}
	slices.Sort(list)
	return list
}
