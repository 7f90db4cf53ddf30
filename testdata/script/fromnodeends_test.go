package script

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// ends has a container run until its file end is there.
const ends = "until [ -e /tmp/end ]; do sleep 0.1; done; exit 3"

// endingPod is a pod whose container ends when somebody wants it, and is restarted.
func endingPod(t *testing.T, pod string) {
	t.Helper()
	if err := here.Run(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", ends}}}}); err != nil {
		t.Fatal(err)
	}
}

// TestTargetEndsWhileItIsJoined: the session ends with the container, its card says why, and again from there joins the container's next instance.
func TestTargetEndsWhileItIsJoined(t *testing.T) {
	t.Parallel()
	const pod = "ends-joined"
	endingPod(t, pod)
	p := desk{cols: 100, rows: 30, config: "sessions: {nodeNamespace: " + here.Name + "}\n"}.sit(t, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesFromTheNode(false)
	p.presses("enter")
	p.getsShell()
	p.types("touch $TARGET_ROOT/tmp/end\r")
	p.getsCard("✗ exit 137", "meanwhile app was restarted: exit 3")
	err := here.AwaitPod(t.Context(), pod, "runs again", func(p *corev1.Pod) bool {
		s := statusOf(p.Status.ContainerStatuses, "app")
		return s.RestartCount == 1 && s.State.Running != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.presses("r")
	p.getsShell()
	if out := p.runs("ls $TARGET_ROOT/tmp; echo in $(hostname)"); out != "in "+pod+"\n" {
		t.Errorf("the container is not the new one: %q", out)
	}
	p.types("exit 4\r")
	p.getsCard("✗ exit 4", "pod join-"+pod)
	p.goesOnTo("q", "2 sessions with a pod to delete", "quit; dayfly deletes the pods")
	p.presses("enter")
	p.ends(0)
	noNodePod(t, here.Name, "join-"+pod)
}

// TestRunTellsOfATargetThatEnds: dayfly run exits with the code of its command, which ends with the container, and tells of that.
func TestRunTellsOfATargetThatEnds(t *testing.T) {
	t.Parallel()
	const pod = "ends-run"
	endingPod(t, pod)
	_, said := fromNode(t, 137, pod, "--from-node", "--", "sh", "-c", "touch $TARGET_ROOT/tmp/end; sleep 1000")
	restarted, ended := "meanwhile app was restarted: exit 3", "meanwhile app has ended: exit 3" // the kubelet may not have come to it
	if !strings.Contains(said, restarted) && !strings.Contains(said, ended) {
		t.Errorf("of the container that has ended nothing is said:\n%s", said)
	}
}

// TestRestartOfAJoinedContainerIsTold: a session that has not joined the container's processes outlives them. It is told of that while it goes on, once, and that
// the pod is gone.
func TestRestartOfAJoinedContainerIsTold(t *testing.T) {
	t.Parallel()
	const pod = "ends-beside"
	endingPod(t, pod)
	p := sitDownAt(t, 100, 24, nil, "run", pod, "--from-node", "--not-joined", "pid", "-it", "--node-namespace", here.Name,
		"--image", pictures().shell, "--", "sh", "-c", "PS1='ready> ' sh")
	p.must(p.WaitFor(start, "the shell", func(s terminal.Screen) bool { return s.Has("ready> ") }))
	p.types("touch $TARGET_ROOT/tmp/end\r")
	p.seesIn(start, "dayfly: app was restarted: exit 3 Error; TARGET_PID and TARGET_ROOT")
	p.must(here.DeletePod(t.Context(), pod))
	p.seesIn(start, "dayfly: pod "+pod+" is gone")
	if told := strings.Count(string(p.Output(0)), "dayfly: app was restarted"); told != 1 {
		t.Errorf("the restart is told %d times:\n%s", told, p.Output(0))
	}
	p.types("exit 4\r")
	p.ends(4)
}
