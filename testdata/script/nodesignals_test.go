package script

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// TestSignalKeysInAJoinedContainer: in a shell among the processes of a container a person's keys are the program's, as in any other: Ctrl-C interrupts that and
// not the session, and the size of the terminal comes to it.
func TestSignalKeysInAJoinedContainer(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "keys-joined")
	p := desk{cols: 100, rows: 40, config: "sessions: {nodeNamespace: " + here.Name + "}\n"}.sit(t, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesFromTheNode(false)
	p.presses("enter")
	p.getsShell()
	for key, code := range map[string]string{"ctrl+c": "130", "ctrl+\\": "131"} {
		p.sleeps()
		p.presses(key)
		p.getsShell()
		if out := p.runs("echo code $?"); out != "code "+code+"\n" {
			t.Errorf("after %s the shell says %q, want code %s", key, out, code)
		}
	}
	p.sleeps()
	p.presses("ctrl+z")
	p.sees("Stopped")
	p.getsShell()
	p.runs("kill -KILL %1; wait %1")
	from := p.Written()
	p.types(`sh -c 'trap "stty size" WINCH; echo re""ady; sleep 100 & while :; do wait; done'` + "\r")
	_, err := p.WaitBytes(soon, from, "ready")
	p.must(err)
	p.must(p.Resize(77, 33))
	p.sees("33 77")
	p.presses("ctrl+c")
	p.getsShell()
	p.must(p.Resize(100, 40))
	p.types("exit 9\r")
	p.deletesNodePod(here.Name, "join-"+pod+"-", "✗ exit 9")
}

// catches has the program itself, and no shell before it, take the signal of Ctrl-C as tcpdump does: it finishes with what it has to say.
const catches = `trap "echo caught; exit 7" INT; echo re""ady; while :; do sleep 0.1; done`

// TestCommandFinishesItselfAfterCtrlC: a command that is the first of its session gets Ctrl-C, says what it has to say, and its exit code comes home: from the
// container's processes, from the node's, and without any of them.
func TestCommandFinishesItselfAfterCtrlC(t *testing.T) {
	t.Parallel()
	const pod = "catches"
	err := here.Run(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: pictures().web, SecurityContext: &corev1.SecurityContext{RunAsUser: new(int64(1234))}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	node := someNode(t, "catches-node")
	for name, args := range map[string][]string{
		"joined":         {pod, "--from-node"},
		"its network":    {pod, "--from-node", "--not-joined", "pid"},
		"as target":      {pod, "--from-node", "--as-target"},
		"node":           {"node/" + node},
		"node's own one": {"node/" + node, "--host-shell"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args = append(append([]string{"run"}, args...), "-it", "--node-namespace", here.Name, "--image", pictures().shell, "--", "sh", "-c", catches)
			p := sitDownAt(t, 80, 24, nil, args...)
			p.must(p.WaitFor(start, "the program", func(s terminal.Screen) bool { return s.Has("ready") }))
			p.presses("ctrl+c")
			p.ends(7)
			if out := string(p.Output(0)); !strings.Contains(out, "caught") {
				t.Errorf("the program has not finished itself: %q", out)
			}
			if made := nodePodIn(string(p.Output(0))); made == "" {
				t.Error("no pod is told of")
			} else {
				noNodePod(t, here.Name, made)
			}
		})
	}
}
