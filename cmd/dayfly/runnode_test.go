package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

// What does not go together on a node, or from one, is told before anything is read.
func TestRunOnANodeRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"node/one --copy -- true":                          "--copy cannot be used with --from-node or a node",
		"web --copy --from-node -- true":                   "--copy cannot be used with --from-node or a node",
		"node/one --from-node -- true":                     "--from-node is about a pod: node/one is a node itself",
		"node/one -c app -- true":                          "-c is about a pod: node/one has no containers of its own",
		"web --host-shell -- true":                         "--host-shell is about a node",
		"web --as-target -- true":                          "--as-target and --not-joined are about a container that is joined",
		"web --not-joined net -- true":                     "--as-target and --not-joined are about a container that is joined",
		"web --node-namespace ops -- true":                 "--node-namespace is about a pod on a node",
		"web --from-node --not-joined mnt -- true":         "--not-joined mnt: use net, pid, ipc or uts",
		"web --from-node --node-namespace Not_one -- true": `--node-namespace: "Not_one" is not the name of a namespace`,
		"web --life 1m --timeout 2m -- true":               "--timeout 2m0s is longer than the command may run",
		"node/one --life 1m --timeout 2m -- true":          "--timeout 2m0s is longer than the command may run",
		"web --life -2m -- true":                           "--life -2m0s: use a positive duration",
		"node/one --confirm two -- true":                   "--confirm two does not match node one",
		"node/one --keep-labels app -- true":               "--keep-labels is about a copy of the pod",
		"node/one":                                         "missing command; usage: dayfly run node/one -- COMMAND",
		"node/ -- true":                                    "node/",
		"node/one --preset busybox --image x:1 -- true":    "--preset cannot be used with --image",
	} {
		cmd := newRunCommand()
		cmd.SetArgs(strings.Fields(line))
		cmd.SetOut(&strings.Builder{})
		cmd.SetErr(&strings.Builder{})
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

// What is asked for is the command line's, and where it says nothing, the configuration's.
func TestRunOnANodeAsks(t *testing.T) {
	some := nodepod.Namespaces{IPC: true, HostName: true}
	for name, c := range map[string]struct {
		options   runOptions
		namespace string
		want      debug.Request
	}{
		"a pod": {runOptions{pod: "web"}, "ops", debug.Request{}},
		"from its node": {runOptions{pod: "web", host: nodeFlags{join: true, separate: []string{"net", "pid"}, asTarget: true}}, "ops",
			debug.Request{Way: debug.Join, Own: debug.OwnPod{Namespace: "ops"}, Node: debug.NodeOptions{Namespaces: &some, AsTarget: true}}},
		"all joined": {runOptions{pod: "web", host: nodeFlags{join: true}}, "", debug.Request{Way: debug.Join}},
		"a node": {runOptions{node: "one", host: nodeFlags{namespace: "here"}, copy: copyFlags{limits: true}}, "ops",
			debug.Request{Way: debug.Node, Own: debug.OwnPod{Namespace: "here"}, Node: debug.NodeOptions{Limited: true}}},
		"its own shell": {runOptions{node: "one", host: nodeFlags{shell: true}}, "", debug.Request{Way: debug.Node, Node: debug.NodeOptions{Shell: true}}},
	} {
		got := c.options.host.of(debug.Request{}, &c.options, c.namespace)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(debug.Custom{})); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", name, diff)
		}
	}
}
