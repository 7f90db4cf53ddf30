package script

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// TestShellInTheOwnContainer: one key opens a shell in a container of the pod's own. It ends with its exit code, or with dayfly; nothing is added to the pod, nothing in
// it restarts, and nothing of it runs on. A container without a shell says so.
func TestShellInTheOwnContainer(t *testing.T) {
	t.Parallel()
	if err := here.Run(t.Context(), "entered", corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: pictures().shell, Command: []string{"sleep", "36000"}}, {Name: "bare", Image: pictures().web},
	}}); err != nil {
		t.Fatal(err)
	}
	p := desk{cols: 80, rows: 24}.sit(t, "entered")
	p.sees("CONTAINER", "running")
	p.presses("e")
	p.getsShell()
	if got := p.runs("tty"); !strings.HasPrefix(got, "/dev/pts/") {
		t.Errorf("tty says %s", got)
	}
	p.types("exit 7\r")
	p.getsCard("✗ exit 7", "nothing was added to pod entered", "a another shell")
	p.presses("a")
	p.getsShell()
	p.types("sleep 54322\r")
	p.goesOnTo("ctrl+]", "the shell is still running in app", "dayfly ends it on exit")
	p.goesOnTo("esc", "CONTAINER")
	p.goesOnTo("j", "bare")
	p.goesOnTo("e", "entered/bare has no shell")
	p.goesOnTo("q", "A session is still running")
	p.presses("enter")
	p.ends(0)
	pod := kubectl(t, here.kubeconfig, "get", "pod", "entered", "-o", "jsonpath={.spec.ephemeralContainers}{.status.containerStatuses[*].restartCount}")
	if !strings.HasPrefix(pod, "0 0") {
		t.Errorf("the pod has %s", pod)
	}
	var actions []string
	for _, e := range p.journal() {
		actions = append(actions, e.Action)
	}
	if got := strings.Join(actions, " "); got != strings.Join([]string{journal.Attached, journal.Ended, journal.Attached, journal.Detached, journal.Ended}, " ") {
		t.Errorf("the journal has %s", got)
	}
	processes := kubectl(t, here.kubeconfig, "exec", "entered", "-c", "app", "--", "ps")
	if strings.Contains(processes, "sleep 54322") || strings.Contains(processes, "bash") {
		t.Errorf("there still runs\n%s", processes)
	}
}
