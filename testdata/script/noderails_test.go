package script

import (
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// TestRefusedWaysFromTheNodeSendNothing: where rules refuse the ways from the node, or any change, nothing leaves that could make a pod on a node: not even
// the question whether it would pass. It is not tried on the screen, either.
func TestRefusedWaysFromTheNodeSendNothing(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "not-from-node")
	node := someNode(t, "not-on-node")
	for name, c := range map[string]struct{ rules, says string }{
		"refused":   {"guard: {refuseWays: [node, join]}\n", "(config.yaml: guard)"},
		"read-only": {"guard: {readOnly: true}\n", "read-only: nothing is changed in context " + scratch.Admin + " (config.yaml: guard)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tapWire(t)
			for _, args := range [][]string{{pod, "--from-node"}, {"node/" + node}, {"node/" + node, "--host-shell"}} {
				args = append(append([]string{"run"}, args...), "--kubeconfig", w.kubeconfig, "--force", "--image", pictures().shell, "--", "echo", "ran")
				code, out, said := runsUnder(t, c.rules, args...)
				if code != 1 || out != "" || !strings.Contains(said, c.says) {
					t.Errorf("%q: exit code %d, printed %q: %s", args, code, out, said)
				}
			}
			if sent, all := w.mutating(); len(sent) > 0 || all == 0 {
				t.Errorf("%d requests have left, and of them %q could change something", all, sent)
			}
			p := desk{cols: 100, rows: 40, config: c.rules}.sit(t, "--kubeconfig", w.kubeconfig, pod)
			p.lookingOnly = name == "read-only"
			p.sees("CONTAINER", "running")
			p.chooses("busybox")
			p.goesFromTheNode(false)
			for _, next := range []string{"tab: on the node itself", "tab: in the pod"} {
				p.sees(next, c.says)
				p.presses("enter")
				p.reads("Nothing that is there is changed", "kind: Job", "namespace: default")
				p.presses("tab")
			}
			p.sees("tab: in a copy of the pod")
			p.leaves()
			sent, _ := w.mutating() // by the other ways, which one comes by on the screen
			for _, one := range sent {
				if name == "read-only" || strings.Contains(one, "/namespaces/default/") {
					t.Errorf("%s has left", one)
				}
			}
			if name == "read-only" {
				untouched(t, pod)
			}
		})
	}
}

// TestWireSeesANodePod: the wire of the test above sees the question for a pod on a node, and all that makes one and takes it away.
func TestWireSeesANodePod(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "from-node-by-wire")
	w := tapWire(t)
	fromNode(t, 0, pod, "--from-node", "--kubeconfig", w.kubeconfig, "--", "true")
	sent, _ := w.mutating()
	for _, want := range []string{"POST /apis/batch/v1/namespaces/" + here.Name + "/jobs", "POST /api/v1/namespaces/" + here.Name + "/pods", "DELETE /api/v1/namespaces/" + here.Name + "/pods/join-" + pod} {
		if !slices.ContainsFunc(sent, func(one string) bool { return strings.HasPrefix(one, want) }) {
			t.Errorf("%s was not sent; all that was sent is %q", want, sent)
		}
	}
}

// TestProtectedAsksForTheNode: in a protected context a pod on a node is made when the name of what it is about has been confirmed: of the node, or of the
// pod that is joined.
func TestProtectedAsksForTheNode(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "guarded-join")
	node := someNode(t, "guarded-node")
	const rules = "contexts:\n- match: " + scratch.Admin + "\n  protected: true\n"
	for _, c := range []struct {
		name string
		args []string
	}{{node, []string{"node/" + node}}, {pod, []string{pod, "--from-node"}}} {
		run := func(more ...string) (int, string, string) {
			args := append([]string{"run"}, c.args...)
			args = append(append(args, "--image", pictures().shell, "--node-namespace", here.Name), more...)
			return runsUnder(t, rules, append(args, "--", "echo", "ran")...)
		}
		code, out, said := run()
		if code != 1 || out != "" || !strings.Contains(said, "add --confirm "+c.name+" to proceed") || nodePodIn(said) != "" {
			t.Errorf("%s without a name: exit code %d, printed %q: %s", c.name, code, out, said)
		}
		if code, out, said = run("--confirm", "another"); code != 2 || out != "" || !strings.Contains(said, "--confirm another does not match") {
			t.Errorf("%s with another name: exit code %d, printed %q: %s", c.name, code, out, said)
		}
		if code, out, said = run("--confirm", c.name); code != 0 || out != "ran\n" {
			t.Errorf("%s with its name: exit code %d, printed %q: %s", c.name, code, out, said)
		}
		noNodePod(t, here.Name, nodePodIn(said))
	}
}

// TestRefusedProfileRefusesTheHost: who may not use profile sysadmin gets no pod that has a node's processes or files by another name, and no way from the
// node; one without them they get.
func TestRefusedProfileRefusesTheHost(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "no-sysadmin")
	node := someNode(t, "no-sysadmin-node")
	const rules = "guard: {refuseProfiles: [sysadmin]}\n"
	run := func(args ...string) (int, string, string) {
		args = append([]string{"run"}, args...)
		return runsUnder(t, rules, append(args, "--image", pictures().shell, "--node-namespace", here.Name, "--force", "--", "echo", "ran")...)
	}
	for _, args := range [][]string{
		{pod, "--from-node"},
		{pod, "--from-node", "--not-joined", "net,pid,ipc,uts"},
		{"node/" + node, "--host-shell"},
		{"node/" + node, "--profile", "sysadmin"},
		{"node/" + node, "--profile", "general"},
		{"node/" + node, "--profile", "legacy"},
		{"node/" + node, "--profile", "netadmin"},
	} {
		code, out, said := run(args...)
		if code != 1 || out != "" || !strings.Contains(said, "(config.yaml: guard)") || nodePodIn(said) != "" {
			t.Errorf("%q: exit code %d, printed %q: %s", args, code, out, said)
		}
	}
	code, out, said := run("node/"+node, "--profile", "baseline")
	if code != 0 || out != "ran\n" {
		t.Errorf("profile baseline: exit code %d, printed %q: %s", code, out, said)
	}
	noNodePod(t, here.Name, nodePodIn(said))
}

// TestFromTheNodeOfWhatIsNotThere: what cannot be joined, or debugged on its node, is told in words that help, and nothing is made.
func TestFromTheNodeOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "wrong")
	node := someNode(t, "wrong-node")
	loops := endlessLoop(t)
	makes(t, here.Name, strings.NewReplacer("IMAGE", pictures().shell).Replace(
		"{apiVersion: v1, kind: Pod, metadata: {name: unscheduled}, spec: {nodeSelector: {none: none}, containers: [{name: app, image: IMAGE}]}}"))
	for name, c := range map[string]struct {
		code int
		args []string
		says []string
	}{
		"no such node":     {1, []string{"node/no-such-node"}, []string{"there is no node no-such-node", "kubectl get nodes lists them"}},
		"container":        {2, []string{"node/" + node, "-c", "app"}, []string{"-c is about a pod: node/" + node + " has no containers of its own"}},
		"both":             {2, []string{"node/" + node, "--from-node"}, []string{"--from-node is about a pod: node/" + node + " is a node itself"}},
		"wrong namespace":  {2, []string{pod, "--from-node", "--not-joined", "user"}, []string{"--not-joined user: use net, pid, ipc or uts"}},
		"wrong container":  {1, []string{pod, "--from-node", "-c", "none"}, []string{`pod wrong has no container "none" to join`}},
		"crash loop":       {1, []string{loops, "--from-node", "-c", "app"}, []string{"app is not running", "no processes whose namespaces could be joined"}},
		"not scheduled":    {1, []string{"unscheduled", "--from-node", "-c", "app"}, []string{"app is not running"}},
		"no rights":        {1, []string{pod, "--from-node", "--context", scratch.Viewer}, []string{"you may not create a pod that joins app of pod wrong from its node: create pods, create pods/attach are not allowed in namespace " + here.Name, "ask for this Role"}},
		"no rights, node":  {1, []string{"node/" + node, "--context", scratch.Viewer}, []string{"you may not create a pod on node " + node + ": create pods, create pods/attach are not allowed"}},
		"no way from such": {2, []string{pod, "--host-shell"}, []string{"--host-shell is about a node: name it as node/NAME"}},
		"namespace gone":   {1, []string{pod, "--from-node", "--node-namespace", here.Name + "-none"}, []string{"which ends the pod: namespaces \"" + here.Name + "-none\" not found", "create it in namespace default with --node-namespace default"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"run"}, c.args...)
			if !strings.Contains(strings.Join(args, " "), "--node-namespace") {
				args = append(args, "--node-namespace", here.Name)
			}
			if name == "both" || name == "no way from such" || name == "container" {
				args = args[:len(args)-2]
			}
			code, out, said := runsUnder(t, "", append(args, "--image", pictures().shell, "--", "echo", "ran")...)
			if code != c.code || out != "" || nodePodIn(said) != "" {
				t.Errorf("exit code %d, want %d, printed %q", code, c.code, out)
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("it is not said: %s", want)
				}
			}
		})
	}
	if left := joining(t, here.Name, here.Name+"/"+pod); left != 0 {
		t.Errorf("%d objects were made", left)
	}
}

// TestToolsThatCannotJoin: an image without the programs that join says which it lacks, and which image has them.
func TestToolsThatCannotJoin(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "lacks")
	for _, c := range []struct {
		image string
		code  int
		says  string
	}{
		{pictures().web, 1, "the image has no shell, and joins nothing without: choose one with sh and nsenter, such as busybox"},
		{"nixery.dev/shell", 125, "dayfly: this image has no nsenter: choose one that has it, such as busybox"},
	} {
		if strings.Contains(c.image, "nixery.dev") && here.internet == nil {
			continue
		}
		if out, said := fromNode(t, c.code, pod, "--from-node", "--image", c.image, "--", "true"); !strings.Contains(out+said, c.says) {
			t.Errorf("with %s it is said\n%s%s", c.image, out, said)
		}
	}
}

// endlessLoop is a pod whose container app does not stay up.
func endlessLoop(t *testing.T) string {
	t.Helper()
	const pod = "loops-on-node"
	makes(t, here.Name, strings.ReplaceAll("{apiVersion: v1, kind: Pod, metadata: {name: "+pod+"}, spec: {containers: [{name: app, image: IMAGE, command: [sh, -c, exit 3]}]}}", "IMAGE", pictures().shell))
	kubectl(t, here.kubeconfig, "wait", "pod/"+pod, "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff", "--timeout=60s")
	return pod
}
