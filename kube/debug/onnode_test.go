package debug

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// A pod on a node is what kubectl debug node makes with the same profile, and its command says so.
func TestNodePlan(t *testing.T) {
	for _, profile := range kube.Profiles() {
		plan := mustPlan(t, joinable(), onItsNode(func(r *Request) { r.Profile, r.Target = profile, "app" }))
		given, spec, c := nodepod.Gives(profile), plan.Change.Spec(), plan.Change.Container()
		if spec.HostPID != given.Namespaces || spec.HostNetwork != given.Namespaces || len(spec.Volumes) > 0 != given.Files || plan.Profile != profile {
			t.Errorf("%s: the pod is %+v", profile, spec)
		}
		if privileged := c.SecurityContext != nil && c.SecurityContext.Privileged != nil; privileged != (profile == kube.Sysadmin) {
			t.Errorf("%s: it may %+v", profile, c.SecurityContext)
		}
		if profile == kube.General && c.SecurityContext != nil {
			t.Errorf("on a node profile general sets %+v", c.SecurityContext)
		}
		if plan.OnHost() != given.Words() || plan.Joins() != "" || cmp.Diff([]string{"sh"}, c.Command) != "" {
			t.Errorf("%s: of the node it has %q, it joins %q and runs %q", profile, plan.OnHost(), plan.Joins(), c.Command)
		}
		want := "kubectl debug -it node/node-1 --namespace=default --container=debugger-x2 --image=busybox:1.37 --profile=" + string(profile)
		if !strings.HasPrefix(plan.Command, want) || !strings.Contains(notesOf(plan), "the pod that the kubectl command makes stays until somebody deletes it") {
			t.Errorf("%s: kubectl's is %q, noted is\n%s", profile, plan.Command, notesOf(plan))
		}
		if plan.Target != (kube.Target{Node: "node-1"}) || plan.Debug.Pod != "node-debugger-node-1-x2" || plan.UID != "" || plan.Request.Target != "" {
			t.Errorf("%s: it is about %+v, in %+v of %q", profile, plan.Target, plan.Debug, plan.UID)
		}
	}
}

// Hosts that are special get what they can take.
func TestHosts(t *testing.T) {
	shell := nodepod.ShellCommand(nodepod.HostShell())
	admin := []string{"apiclient", "exec", "admin"}
	for name, test := range map[string]struct {
		host    nodes.Host
		shell   bool
		command []string
		want    []string
		note    string // in the plan
	}{
		"tool on Linux":            {nodes.Linux, false, []string{"htop"}, []string{"htop"}, ""},
		"tool on Talos":            {nodes.Talos, false, []string{"htop"}, []string{"htop"}, "Talos: the root file system is read-only, and has no shell"},
		"tool on Bottlerocket":     {nodes.Bottlerocket, false, []string{"htop"}, []string{"htop"}, "Bottlerocket: the root file system is read-only"},
		"tool on Windows":          {nodes.Windows, false, []string{"powershell"}, []string{"powershell"}, "! a Windows node: the container runs as a process of the host (HostProcess)"},
		"shell on Linux":           {nodes.Linux, true, []string{"sh"}, shell, "the node's own shell, with its own programs"},
		"shell where none is said": {nodes.Unknown, true, nil, shell, ""},
		"another program":          {nodes.Linux, true, []string{"journalctl", "-f"}, nodepod.ShellCommand([]string{"journalctl", "-f"}), ""},
		"shell on Bottlerocket":    {nodes.Bottlerocket, true, []string{"sh"}, nodepod.ShellCommand(append(slices.Clone(admin), "bash")), ""},
		"program on Bottlerocket":  {nodes.Bottlerocket, true, []string{"sheltie"}, nodepod.ShellCommand(append(slices.Clone(admin), "sheltie")), ""},
	} {
		plan := mustPlan(t, joinable(), onItsNode(func(r *Request) { r.Node.Host, r.Node.Shell, r.Command = test.host, test.shell, test.command }))
		spec, c := plan.Change.Spec(), plan.Change.Container()
		if diff := cmp.Diff(test.want, c.Command); diff != "" || !strings.Contains(notesOf(plan), test.note) {
			t.Errorf("%s: the command (- want, + got):\n%s\nnotes:\n%s", name, diff, notesOf(plan))
		}
		windows := test.host == nodes.Windows
		if got := spec.SecurityContext != nil && spec.SecurityContext.WindowsOptions != nil; got != windows || windows && (c.SecurityContext != nil || plan.Command != "" || spec.HostPID) {
			t.Errorf("%s: the pod is %+v, kubectl's %q", name, spec, plan.Command)
		}
		if test.shell && (len(spec.Volumes) > 0 || !spec.HostPID || spec.HostNetwork || !*c.SecurityContext.Privileged || plan.OnHost() != "its own shell, in its namespaces, with its files") {
			t.Errorf("%s: the pod is %+v, with %q", name, spec, plan.OnHost())
		}
		if windows && plan.OnHost() != "a process of the host, with all its files" {
			t.Errorf("%s: it has %q", name, plan.OnHost())
		}
	}
	restricted := mustPlan(t, joinable(), onItsNode(func(r *Request) { r.Node.Host, r.Profile = nodes.Windows, kube.Restricted }))
	if c := restricted.Change.Container(); c.SecurityContext != nil {
		t.Errorf("on Windows it may %+v", c.SecurityContext)
	}
	arguments := mustPlan(t, joinable(), onItsNode(func(r *Request) { r.Node.Shell, r.ArgumentsOnly, r.Command = true, true, []string{"-h"} }))
	if diff := cmp.Diff(shell, arguments.Change.Container().Command); diff != "" || len(arguments.Change.Container().Args) > 0 {
		t.Errorf("of a tool that is arguments alone (- want, + got):\n%s", diff)
	}
	tool := mustPlan(t, joinable(), onItsNode(func(r *Request) { r.ArgumentsOnly, r.Command = true, []string{"-h"} }))
	if c := tool.Change.Container(); len(c.Command) > 0 || cmp.Diff([]string{"-h"}, c.Args) != "" {
		t.Errorf("a tool on the node runs %q %q", c.Command, c.Args)
	}
}

// What is known of a node and of the namespace fits a request that goes there, and no other.
func TestFitNode(t *testing.T) {
	around := &NodeEnvironment{By: "ann", Jobs: kube.No, Host: nodes.Talos}
	for _, way := range Ways() {
		r := request(func(r *Request) { r.Way = way })
		got := r.FitNode(around)
		if !way.FromNode() {
			if diff := cmp.Diff(r, got, cmp.AllowUnexported(Custom{})); diff != "" {
				t.Errorf("way %q becomes:\n%s", way, diff)
			}
			continue
		}
		if got.Own.By != "ann" || !got.Own.NoTimer || got.Node.Host != nodes.Talos {
			t.Errorf("way %q becomes %+v %+v", way, got.Own, got.Node)
		}
		if same := got.FitNode(nil); same.Own != got.Own || same.Node != got.Node {
			t.Errorf("of nothing it becomes %+v", same)
		}
		for verdict, without := range map[kube.Verdict]bool{kube.Yes: false, kube.Unknown: false} {
			if fitted := r.FitNode(&NodeEnvironment{Jobs: verdict}); fitted.Own.NoTimer != without {
				t.Errorf("Jobs %v: without one is %t", verdict, fitted.Own.NoTimer)
			}
		}
		r.Own.NoTimer = true
		if !r.FitNode(&NodeEnvironment{Jobs: kube.Yes}).Own.NoTimer {
			t.Errorf("way %q: a Job that was not wanted is made", way)
		}
	}
}

// By the same name in the cluster as before nothing is found twice: names are new, and the rest is the same.
func TestNodePlanAgain(t *testing.T) {
	for _, r := range []Request{joins(), onItsNode()} {
		first := mustPlan(t, joinable(), r)
		again := first.Again("debugger-x3")
		second := mustPlan(t, joinable(), again.Request)
		if second.Debug != again.Debug || second.Debug.Pod == first.Debug.Pod || second.Debug.Namespace != "default" || second.Change.Words() != first.Change.Words() {
			t.Errorf("again it is %+v, was to be %+v, and %q", second.Debug, again.Debug, second.Change.Words())
		}
		if strings.ReplaceAll(first.Change.Key(), "x2", "x3") != second.Change.Key() || first.Change.Key() != second.Change.Key() {
			t.Errorf("the cluster is asked anew:\n%s\n%s", first.Change.Key(), second.Change.Key())
		}
		if why := first.Because("ticket 7"); !strings.Contains(why.Adds, "ticket 7") || strings.Contains(first.Adds, "ticket 7") || first.Because("").Adds != first.Adds {
			t.Errorf("with a reason it is\n%s", why.Adds)
		}
	}
	if other := mustPlan(t, joinable(func(p *corev1.Pod) { p.Spec.NodeName = "node-2" }), joins()); other.Change.Key() == mustPlan(t, joinable(), joins()).Change.Key() {
		t.Error("of two nodes the cluster is asked once")
	}
}

// Of the pod on the node is judged what is known of it before it is there: where it will be, and under which level of Pod Security.
func TestNodePodIsKnown(t *testing.T) {
	plan := mustPlan(t, joinable(), joins())
	around := &NodeEnvironment{Levels: map[string]string{"default": "baseline", "shop": "restricted"}}
	before := Facts{Pod: joinable(), Node: &kube.Node{Name: "node-1"}, PodSecurity: "restricted", MemoryLimit: 1, MemoryUsed: 1, Events: []kube.PodEvent{{}}, Host: around}
	known := plan.Change.Known(before)
	if known.Pod.Name != "join-web-x2" || known.Pod.Refusal != nil || known.PodSecurity != "baseline" || known.Node == nil || !known.Unmade || known.MemoryLimit+known.MemoryUsed != 0 || known.Events != nil {
		t.Errorf("known is %+v", known)
	}
	if before.Pod.Name != "web" {
		t.Error("what was known has changed")
	}
}
