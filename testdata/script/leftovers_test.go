package script

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// leftover is what dayfly leftovers -o json says of one.
type leftover struct {
	Kind, Tool, Because, Pod, Container, Danger, State, Of, Client string
	Certain, Running                                               bool
	Gives                                                          []string
}

func (l leftover) name() string { return strings.Trim(l.Pod+"/"+l.Container, "/") }

// String is what a test says of a leftover: what it is, and how sure that is.
func (l leftover) String() string {
	return fmt.Sprintf("%s of %s, certain=%t, %s %v", l.Kind, l.Tool, l.Certain, l.Danger, l.Gives)
}

// leftovers lists what is left in the namespace of the tests.
func leftovers(t *testing.T) (list []leftover) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), here.binary, "leftovers", "-o", "json", "-n", here.Name, "--kubeconfig", here.kubeconfig)
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &list)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return list
}

// handmade are manifests of pods as other tools make them, on no node, for nobody schedules them: it is their marks that count. What has to be on a
// node is on NODE.
const handmade = `
- {metadata: {name: nsenter-lf7k2a}, spec: {schedulerName: nobody, hostPID: true, hostNetwork: true, containers: [{name: nsenter, image: IMAGE, securityContext: {privileged: true}}]}}
- {metadata: {name: k9s-shell-777001}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: k9s-shell, image: IMAGE, securityContext: {privileged: true}}]}}
- {metadata: {name: node-shell-d5314890-ee4f-11e8-9684-8c164500a77e}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: shell, image: IMAGE, securityContext: {privileged: true}}]}}
- {metadata: {name: lfk-node-shell-lf7k2}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: shell, image: IMAGE}]}}
- {metadata: {name: node-debugger-NODE-lf7k2}, spec: {nodeName: NODE, terminationGracePeriodSeconds: 1, containers: [{name: debugger, image: IMAGE, stdin: true, stdinOnce: true, tty: true, volumeMounts: [{name: host-root, mountPath: /host}]}], volumes: [{name: host-root, hostPath: {path: /}}]}}
- {metadata: {name: ksniff-x9z2b}, spec: {schedulerName: nobody, containers: [{name: ksniff-privileged, image: IMAGE, securityContext: {privileged: true}, volumeMounts: [{name: s, mountPath: /s}]}], volumes: [{name: s, hostPath: {path: /var/run/docker.sock}}]}}
- {metadata: {name: left-oc-debug, labels: {debug.openshift.io/managed-by: oc-debug}, annotations: {debug.openshift.io/source-resource: pods/web}}, spec: {schedulerName: nobody, containers: [{name: app, image: IMAGE}]}}
- {metadata: {name: debux-copy-x2k4b, labels: {app.kubernetes.io/managed-by: debux, debux.clement-tourriere/mode: copy}, annotations: {debux.clement-tourriere/source-pod: web}}, spec: {schedulerName: nobody, containers: [{name: app, image: IMAGE}]}}
- {metadata: {name: left-podbench, labels: {podbench.dev/devpod: "true"}}, spec: {schedulerName: nobody, containers: [{name: app, image: IMAGE}]}}
- {metadata: {name: mirrord-agent-q1w2e3r4t5-x2k4b, labels: {app: mirrord}}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: mirrord-agent, image: IMAGE}]}}
- {metadata: {name: kubectl-trace-left, labels: {iovisor.org/kubectl-trace: left}}, spec: {schedulerName: nobody, containers: [{name: trace, image: IMAGE, securityContext: {capabilities: {add: [SYS_ADMIN]}}}]}}
`

// ordinary are manifests of pods that have something of a leftover, and are none.
const ordinary = `
- {metadata: {name: nsenter-left-tools}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: nsenter, image: IMAGE}]}}
- {metadata: {name: node-debugger-left-dashboard-x2k4b}, spec: {schedulerName: nobody, containers: [{name: debugger, image: IMAGE, stdin: true, tty: true}]}}
- {metadata: {name: k9s-shell-left}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: k9s-shell, image: IMAGE}]}}
- {metadata: {name: ksniff-left}, spec: {schedulerName: nobody, containers: [{name: ksniff, image: IMAGE}]}}
- {metadata: {name: left-mirrord-operator, labels: {app: mirrord-operator}}, spec: {schedulerName: nobody, containers: [{name: mirrord-operator, image: IMAGE}]}}
- {metadata: {name: left-helm, labels: {app.kubernetes.io/managed-by: Helm}, annotations: {note: made with dayfly}}, spec: {schedulerName: nobody, shareProcessNamespace: true, containers: [{name: debugger-x2k4b, image: IMAGE}]}}
- {metadata: {name: left-agent}, spec: {schedulerName: nobody, hostPID: true, containers: [{name: agent, image: IMAGE, securityContext: {privileged: true}}]}}
`

// creates makes pods of a list of manifests, as kubectl create does, and deletes them when the test has ended. It returns their names.
func creates(t *testing.T, manifests, node string) (names []string) {
	t.Helper()
	manifests = strings.NewReplacer("IMAGE", pictures().shell, "NODE", node).Replace(manifests)
	var all strings.Builder
	for line := range strings.Lines(strings.TrimSpace(manifests)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "- "))
		all.WriteString("---\n{apiVersion: v1, kind: Pod, " + strings.TrimPrefix(line, "{") + "\n")
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "{metadata: {name: "), ",")
		names = append(names, strings.TrimRight(name, "}"))
	}
	if out := kubectlWith(t.Context(), t, here.kubeconfig, all.String(), "create", "-n", here.Name, "-f", "-"); !strings.Contains(out, "exit code 0") {
		t.Fatal(out)
	}
	deletesAfter(t, names...)
	return names
}

// deletesAfter deletes pods when the test has ended. The namespace goes in any case.
func deletesAfter(t *testing.T, names ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		for _, name := range names {
			_ = here.DeletePod(ctx, name)
		}
	})
}

// kubectlDebugs runs kubectl debug, and returns what it has printed.
func kubectlDebugs(t *testing.T, args ...string) string {
	t.Helper()
	out := kubectl(t, here.kubeconfig, append([]string{"debug", "-n", here.Name, "--image", pictures().shell, "--profile", "general"}, append(args, "--", "sleep", "1000")...)...)
	if !strings.Contains(out, "exit code 0") {
		t.Fatal(out)
	}
	return out
}

// word is the word of a text that begins so.
func word(t *testing.T, text, prefix string) string {
	t.Helper()
	for field := range strings.FieldsSeq(text) {
		if strings.HasPrefix(field, prefix) {
			return strings.TrimRight(field, ".")
		}
	}
	t.Fatalf("there is no %s… in %q", prefix, text)
	return ""
}

// TestLeftoversOfEveryTool: what kubectl debug leaves in its three modes, and pods with the marks of other tools, are found and rightly attributed, the
// dangerous first. Ordinary pods are not listed, whatever they are called.
func TestLeftoversOfEveryTool(t *testing.T) {
	t.Parallel()
	web := webPod(t, "left-web")
	node := someNode(t, "left-other")
	entry := web + "/" + word(t, kubectlDebugs(t, web, "--target", "app"), "debugger-")
	kubectlDebugs(t, web, "--copy-to", "left-copy")
	onNode := word(t, kubectlDebugs(t, "node/"+node), "node-debugger-")
	deletesAfter(t, "left-copy", onNode)
	creates(t, handmade, node)
	none := creates(t, ordinary, node)
	out := kubectl(t, here.kubeconfig, "patch", "pod", "left-other", "-n", here.Name, "--subresource", "ephemeralcontainers", "-p", strings.ReplaceAll(
		`{"spec":{"ephemeralContainers":[{"name":"headlamp-debug","image":"IMAGE","command":["sleep","1000"]},{"name":"mirrord-agent-q1w2e3r4t5","image":"IMAGE","command":["true"]}]}}`,
		"IMAGE", pictures().shell))
	if !strings.Contains(out, "exit code 0") {
		t.Fatal(out)
	}
	err := here.AwaitPod(t.Context(), web, "has its debug container running", func(p *corev1.Pod) bool {
		list := p.Status.EphemeralContainerStatuses
		return len(list) == 1 && list[0].State.Running != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := here.AwaitPod(t.Context(), "left-other", "has an ended container", func(p *corev1.Pod) bool {
		return slices.ContainsFunc(p.Status.EphemeralContainerStatuses, func(s corev1.ContainerStatus) bool {
			return s.Name != "headlamp-debug" && s.State.Terminated != nil
		})
	}); err != nil {
		t.Fatal(err)
	}

	list := leftovers(t)
	found := map[string]leftover{}
	for _, l := range list {
		found[l.name()] = l
	}
	for name, want := range map[string]string{
		entry:                                 "debug container of kubectl debug, certain=true, elevated [SYS_PTRACE processes of app]",
		"left-copy":                           "copy of kubectl debug, certain=true, elevated [SYS_PTRACE]",
		onNode:                                "node pod of kubectl debug, certain=true, root on node [hostPID hostNetwork hostIPC mounts / of the node]",
		"nsenter-lf7k2a":                      "node pod of kubectl node-shell, certain=true, root on node [privileged hostPID hostNetwork]",
		"k9s-shell-777001":                    "node pod of k9s, certain=true, root on node [privileged hostPID]",
		"lfk-node-shell-lf7k2":                "node pod of lfk, certain=true, root on node [hostPID]",
		"node-debugger-" + node + "-lf7k2":    "node pod of Headlamp, certain=false, root on node [mounts / of the node]",
		"ksniff-x9z2b":                        "tool pod of ksniff, certain=true, root on node [privileged socket /var/run/docker.sock of the node]",
		"left-oc-debug":                       "copy of oc debug, certain=true, running []",
		"debux-copy-x2k4b":                    "copy of debux, certain=true, running []",
		"left-podbench":                       "copy of podbench, certain=true, running []",
		"mirrord-agent-q1w2e3r4t5-x2k4b":      "tool pod of mirrord, certain=true, root on node [hostPID]",
		"kubectl-trace-left":                  "tool pod of kubectl trace, certain=true, root on node [SYS_ADMIN]",
		"left-other/headlamp-debug":           "debug container of Headlamp, certain=true, running []",
		"left-other/mirrord-agent-q1w2e3r4t5": "debug container of mirrord, certain=true, over []",
		"node-shell-d5314890-ee4f-11e8-9684-8c164500a77e": "node pod of Lens, certain=true, root on node [privileged hostPID]",
	} {
		if l, ok := found[name]; !ok || l.String() != want {
			t.Errorf("%s is\n%s (%t, because of %s), want\n%s", name, l, ok, l.Because, want)
		}
	}
	for _, name := range append(none, web, "left-other") {
		if l, ok := found[name]; ok {
			t.Errorf("%s is listed as %s, because of %s", name, l, l.Because)
		}
	}
	order := []string{"root on node", "elevated", "running", "over"}
	if !slices.IsSortedFunc(list, func(a, b leftover) int { return slices.Index(order, a.Danger) - slices.Index(order, b.Danger) }) {
		t.Errorf("the most dangerous are not first: %v", list)
	}
	if l := found[entry]; !l.Running || l.Client != "kubectl" || l.Of != "container app of pod "+here.Name+"/"+web {
		t.Errorf("the debug container is %+v", l)
	}
}
