package script

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// runsCopy runs a command in a copy of a pod to its end, with rules of config.yaml, and returns its code and its outputs.
func runsCopy(t *testing.T, config, pod string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	args = append([]string{"run", pod, "--copy", "--image", pictures().shell}, args...)
	return runsUnder(t, config, append(args, "--timeout", "5m", "--", "echo", "ran")...)
}

// With --read-only no copy is made, and nothing leaves that could make one: not even the question whether it would pass. Neither does it by a rule.
func TestReadOnlyMakesNoCopy(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "not-copied")
	w := tapWire(t)
	p := sitDown(t, nil, "--kubeconfig", w.kubeconfig, "--read-only", pod)
	p.lookingOnly = true
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	const refusal = "✗ read-only: nothing is changed in context " + scratch.Admin + " (--read-only)"
	for _, next := range []string{"tab: in an idle copy", "tab: from the node"} {
		p.goesOnTo("tab", next, refusal)
		p.presses("enter")
		p.reads("kind: Job", "kind: Pod")
	}
	p.leaves()
	code, out, said := runsCopy(t, "guard: {readOnly: true}\n", pod, "--kubeconfig", w.kubeconfig)
	if code != 1 || out != "" || !strings.Contains(said, "read-only: nothing is changed in context "+scratch.Admin) {
		t.Errorf("exit code %d, printed %q: %s", code, out, said)
	}
	if sent, all := w.mutating(); len(sent) > 0 || all == 0 {
		t.Errorf("%d requests have left, and of them %q could change something", all, sent)
	}
	noCopyOf(t, pod)
}

// The wire of the test above sees the question for a copy, and all that makes one and takes it away.
func TestWireSeesACopy(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "copied-by-wire")
	w := tapWire(t)
	code, out, said := runsCopy(t, "", pod, "--kubeconfig", w.kubeconfig)
	if code != 0 || out != "ran\n" {
		t.Fatalf("exit code %d, printed %q: %s", code, out, said)
	}
	space := "/namespaces/" + here.Name
	sent, _ := w.mutating()
	count := map[string]int{}
	for _, one := range sent {
		if at := strings.Index(one, "/"+pod+"-debug-"); at >= 0 {
			one = one[:at]
		}
		count[one]++
	}
	for request, want := range map[string]int{ // twice: to try it, and to do it
		"POST /apis/batch/v1" + space + "/jobs": 2, "POST /api/v1" + space + "/pods": 2,
		"DELETE /apis/batch/v1" + space + "/jobs": 1, "DELETE /api/v1" + space + "/pods": 1,
	} {
		if count[request] < want {
			t.Errorf("%s was sent %d times, want %d; all that was sent is %q", request, count[request], want, sent)
		}
	}
	noCopyOf(t, pod)
}

// In a protected context a copy is made when the pod's name has been typed, or confirmed.
func TestProtectedAsksBeforeACopy(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "guarded-copy")
	rules := "contexts:\n- match: " + scratch.Admin + "\n  protected: true\n"
	code, out, said := runsCopy(t, rules, pod)
	if code != 1 || out != "" || !strings.Contains(said, "add --confirm "+pod+" to proceed") {
		t.Errorf("without a name: exit code %d, printed %q: %s", code, out, said)
	}
	p := desk{cols: 100, rows: 40, config: rules}.sit(t, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesOnTo("tab", "tab: in an idle copy", p.launches())
	p.goesOnTo("enter", "context "+scratch.Admin+" is protected. To continue, type the pod name: "+pod)
	p.types("guarded")
	p.sees("› guarded")
	p.goesOnTo("enter", "that is not the pod name")
	noCopyOf(t, pod)
	p.types("-copy")
	p.sees("› " + pod)
	p.presses("enter")
	p.getsShell()
	copied := strings.TrimSpace(p.runs("hostname"))
	p.types("exit\r")
	p.getsCard("the copy of " + pod)
	p.goesOnTo("e", "is protected. To continue, type the pod name: "+copied, "↵ delete it") // its end is a change, too
	p.types(copied)
	p.sees("› " + copied)
	p.goesOnTo("enter", "nothing: pod "+copied+" was deleted")
	p.leaves()
	noCopyOf(t, pod)
	if code, out, said = runsCopy(t, rules, pod, "--confirm", pod); code != 0 || out != "ran\n" {
		t.Errorf("with its name: exit code %d, printed %q: %s", code, out, said)
	}
	noCopyOf(t, pod)
}
