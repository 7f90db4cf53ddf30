package script

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// A crash loop of a real kubelet stands at the top; the pane beside the list, its log and its inspection say why.
func TestWhyIsBesideTheList(t *testing.T) {
	t.Parallel()
	const pod = "boom"
	shell := pictures().shell
	err := here.Create(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: shell, Command: []string{"sh", "-c", "echo cannot reach the db; exit 3"}},
		{Name: "sidecar", Image: shell, Command: []string{"sh", "-c", "echo the sidecar is up; exec sleep 1000000"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	p := sitDownAt(t, 130, 36, nil)
	p.seesIn(start, "✗  "+pod)
	p.types("/" + pod)
	p.presses("enter")
	// Whether the list has Error or CrashLoopBackOff at the moment is the kubelet's affair.
	p.seesIn(start, "container app exited with code 3", "last exit", "cannot reach the db", "sidecar  running", "Scheduled")

	p.goesOnTo("l", "cannot reach the db", "following")
	p.goesOnTo("a", "the sidecar is up", "all 2 containers")
	p.goesOnTo("esc", "1 of")
	p.goesOnTo("i", "Containers", "exit 3")
	p.goesOnTo("v", "kind: Pod", "name: "+pod, "managedFields hidden")
	if p.Screen().Has("fieldsType") {
		t.Errorf("managed fields are on the screen\n%s", p.Screen())
	}
	p.leaves()
}
