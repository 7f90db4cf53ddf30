package debug

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// appID is the ID of container app in [joinable].
const appID = "5f0c2f9c1d3b4a5968778695a4b3c2d1e0f0112233445566778899aabbccddee"

// joinable is a pod whose container app can be joined.
func joinable(changes ...func(*corev1.Pod)) *kube.Pod {
	known := func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "containerd://" + appID }
	return kube.NewPod(apitest.RunningPod(append([]func(*corev1.Pod){known}, changes...)...))
}

// joins is a request to join app of pod web from its node, and onItsNode one to debug that node.
func joins(changes ...func(*Request)) Request {
	return request(append([]func(*Request){func(r *Request) {
		r.Way, r.Target, r.Command, r.EndsAfter = Join, "app", []string{"sh"}, time.Hour
	}}, changes...)...)
}

func onItsNode(changes ...func(*Request)) Request {
	return request(append([]func(*Request){func(r *Request) { r.Way, r.Command, r.EndsAfter = Node, []string{"sh"}, time.Hour }}, changes...)...)
}

func mustPlan(t *testing.T, pod *kube.Pod, r Request) Plan {
	t.Helper()
	plan, err := NewPlan(pod, r)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func runtimeClass(name string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Spec.RuntimeClassName = &name }
}

// What cannot be reached from a node is refused before anything is sent, with what helps.
func TestNodeRefusals(t *testing.T) {
	host := func(h nodes.Host) func(*Request) { return func(r *Request) { r.Node.Host = h } }
	unassigned := func(p *corev1.Pod) { p.Spec.NodeName = "" }
	crashed := func(p *corev1.Pod) {
		p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	}
	nothing := func(*corev1.Pod) {}
	for name, test := range map[string]struct {
		pod     func(*corev1.Pod)
		request Request
		want    string // the problem
		help    kube.Help
	}{
		"no target":         {nothing, joins(func(r *Request) { r.Target = "" }), "from the node one joins a container, and none is chosen", kube.ChooseTarget},
		"unheard of target": {nothing, joins(func(r *Request) { r.Target = "nosuch" }), `pod web has no container "nosuch" to join`, kube.ChooseTarget},
		"not running":       {crashed, joins(), "app is not running (waiting: CrashLoopBackOff): it has no processes whose namespaces could be joined", kube.ChooseTarget},
		"no ID":             {func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "" }, joins(), "the kubelet has not told the ID of container app yet", kube.Retry},
		"an ID that is none": {
			func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "x://$(reboot)" }, joins(), "the kubelet has not told the ID of container app yet", kube.Retry,
		},
		"arguments only": {
			nothing, joins(func(r *Request) { r.ArgumentsOnly = true }),
			"this tool is only arguments to its image's own program, which is not known here", kube.ChooseTool,
		},
		"Windows":       {nothing, joins(host(nodes.Windows)), "node node-1 runs Windows: its containers have no namespaces to join", kube.ChooseWay},
		"virtual":       {nothing, joins(host(nodes.Virtual)), "node node-1 is no machine of its own (virtual node: there are no processes of a host to debug)", kube.ChooseWay},
		"Fargate":       {nothing, joins(host(nodes.Fargate)), "node node-1 is no machine of its own (Fargate node: its host belongs to AWS and cannot be debugged)", kube.ChooseWay},
		"no node":       {unassigned, joins(), "it is on no node yet: there is nothing to debug from", kube.ChooseWay},
		"node: virtual": {nothing, onItsNode(host(nodes.Virtual)), "node node-1 is no machine of its own (virtual node: there are no processes of a host to debug)", kube.ChooseWay},
		"node: Fargate": {nothing, onItsNode(host(nodes.Fargate)), "node node-1 is no machine of its own (Fargate node: its host belongs to AWS and cannot be debugged)", kube.ChooseWay},
		"node: no node": {unassigned, onItsNode(), "it is on no node yet: there is nothing to debug from", kube.ChooseWay},
		"shell of Talos": {
			nothing, onItsNode(host(nodes.Talos), func(r *Request) { r.Node.Shell = true }),
			"node node-1 has no shell of its own to join (Talos: the root file system is read-only, and has no shell)", kube.ChooseTool,
		},
		"shell of Windows": {
			nothing, onItsNode(host(nodes.Windows), func(r *Request) { r.Node.Shell = true }),
			"node node-1 has no shell of its own to join (Windows node: images for Linux do not run on it)", kube.ChooseTool,
		},
		"a sandbox without its network": {
			runtimeClass("gvisor"), joins(func(r *Request) { r.Node.Namespaces = &nodepod.Namespaces{Processes: true} }),
			"of a pod with a kernel of its own (gvisor) only the network can be joined", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewPlan(joinable(test.pod), test.request)
			problem := kube.Explain(err)
			if err == nil || problem.Message != test.want {
				t.Fatalf("it is %v, want %q", err, test.want)
			}
			if test.help == 0 && problem.Hint == "" || test.help != 0 && !slices.Contains(problem.Help, test.help) {
				t.Errorf("what helps is %v, %q", problem.Help, problem.Hint)
			}
		})
	}
	if _, err := NewPlan(&kube.Pod{}, joins()); err == nil || !strings.Contains(err.Error(), "has not been read") {
		t.Errorf("a pod that has not been read: %v", err)
	}
}

// A join is a privileged pod that only sees the node's processes; the script in it gets what was chosen.
func TestJoinPlan(t *testing.T) {
	own := nodepod.Namespaces{Network: true}
	for name, test := range map[string]struct {
		pod    func(*corev1.Pod)
		change func(*Request)
		want   nodepod.Joining
		joins  string
	}{
		"usual":       {func(*corev1.Pod) {}, func(*Request) {}, nodepod.Joining{ContainerID: appID, Namespaces: nodepod.Usual()}, "network, processes, shared memory and host name"},
		"the network": {func(*corev1.Pod) {}, func(r *Request) { r.Node.Namespaces = &own }, nodepod.Joining{ContainerID: appID, Namespaces: own}, "network"},
		"nothing":     {func(*corev1.Pod) {}, func(r *Request) { r.Node.Namespaces = &nodepod.Namespaces{} }, nodepod.Joining{ContainerID: appID}, ""},
		"a user": {
			func(*corev1.Pod) {}, func(r *Request) { r.RunAsUser, r.RunAsGroup = new(int64(7)), new(int64(8)) },
			nodepod.Joining{ContainerID: appID, Namespaces: nodepod.Usual(), UID: new(int64(7)), GID: new(int64(8))}, "network, processes, shared memory and host name",
		},
		"root before a user": {
			func(*corev1.Pod) {}, func(r *Request) { r.Root, r.RunAsUser = true, new(int64(7)) },
			nodepod.Joining{ContainerID: appID, Namespaces: nodepod.Usual()}, "network, processes, shared memory and host name",
		},
		"as the container": {
			func(*corev1.Pod) {}, func(r *Request) { r.Node.AsTarget = true },
			nodepod.Joining{ContainerID: appID, Namespaces: nodepod.Usual(), AsTarget: true}, "network, processes, shared memory and host name",
		},
		"a sandbox": {
			runtimeClass("kata-qemu"), func(*Request) {},
			nodepod.Joining{ContainerID: appID, Sandbox: "0f1e2d3c-0000-4000-8000-00000000000a", Namespaces: own}, "network",
		},
		"a sandbox that tells no ID": {
			func(p *corev1.Pod) { runtimeClass("runsc")(p); p.Status.ContainerStatuses[0].ContainerID = "" }, func(*Request) {},
			nodepod.Joining{Sandbox: "0f1e2d3c-0000-4000-8000-00000000000a", Namespaces: own}, "network",
		},
		"a weaker profile": {func(*corev1.Pod) {}, func(r *Request) { r.Profile = kube.Restricted }, nodepod.Joining{ContainerID: appID, Namespaces: nodepod.Usual()}, "network, processes, shared memory and host name"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := mustPlan(t, joinable(test.pod), joins(func(r *Request) { r.Command = []string{"bash", "-l"} }, test.change))
			c, spec := plan.Change.Container(), plan.Change.Spec()
			if diff := cmp.Diff(test.want.Command([]string{"bash", "-l"}), c.Command); diff != "" {
				t.Errorf("the command (- want, + got):\n%s", diff)
			}
			s := c.SecurityContext
			if s == nil || s.Privileged == nil || !*s.Privileged || s.RunAsUser != nil || s.RunAsGroup != nil || plan.Profile != kube.Sysadmin {
				t.Errorf("it may %+v, with profile %s", s, plan.Profile)
			}
			if spec.NodeName != "node-1" || !spec.HostPID || spec.HostNetwork || spec.HostIPC || len(spec.Volumes) > 0 || *spec.TerminationGracePeriodSeconds != 1 {
				t.Errorf("the pod is %+v", spec)
			}
			if plan.Target.String() != "web/app" || plan.Target.Node != "node-1" || plan.Debug != (kube.Target{Namespace: "default", Pod: "join-web-x2", Container: "debugger-x2"}) {
				t.Errorf("it is about %+v, in %+v", plan.Target, plan.Debug)
			}
			if plan.UID != "0f1e2d3c-0000-4000-8000-00000000000a" || plan.Command != "" || len(plan.Exec) > 0 || !plan.TTY || plan.Inside() || plan.OnHost() != "" || len(plan.Siblings) != 1 {
				t.Errorf("the plan is %+v", plan)
			}
			if plan.Joins() != test.joins || mustPlan(t, joinable(), request()).Joins() != "" {
				t.Errorf("it joins %q", plan.Joins())
			}
		})
	}
}

// In a session that is private it is exec that joins, in a pod that only sleeps.
func TestPrivateJoin(t *testing.T) {
	plan := mustPlan(t, joinable(), joins(func(r *Request) { r.Private, r.Command = true, nil }))
	want := nodepod.Joining{ContainerID: appID, Namespaces: nodepod.Usual()}.Command([]string{"sh"})
	if c := plan.Change.Container(); cmp.Diff(want, plan.Exec) != "" || c.TTY || c.Stdin || strings.Contains(strings.Join(c.Command, " "), "nsenter") {
		t.Errorf("it runs %q, and the container %q", plan.Exec, c.Command)
	}
	if rights := plan.Rights(); slices.Contains(rights, kube.RightToAttach()) || !slices.Contains(rights, kube.RightToExec()) {
		t.Errorf("its rights are %v", rights)
	}
}

// notes of a plan, in one text.
func notesOf(p Plan) string {
	var all []string
	for _, n := range p.Notes {
		text := n.Text
		if n.Warns {
			text = "! " + text
		}
		all = append(all, text)
	}
	return strings.Join(all, "\n")
}

// What a join does not show is told before.
func TestJoinNotes(t *testing.T) {
	const unchanged = "nothing changes in pod web; kubectl debug has no such way"
	only := func(n nodepod.Namespaces) func(*Request) { return func(r *Request) { r.Node.Namespaces = &n } }
	for name, test := range map[string]struct {
		pod    func(*corev1.Pod)
		change func(*Request)
		want   []string
		not    string
	}{
		"usual":     {func(*corev1.Pod) {}, func(*Request) {}, []string{unchanged, "it runs on node node-1, whatever the node's taints and the scheduler say"}, "joined"},
		"processes": {func(*corev1.Pod) {}, only(nodepod.Namespaces{Network: true}), []string{"its processes are not joined: you see those of the whole node; $TARGET_PID is the container's first"}, "!"},
		"nothing":   {func(*corev1.Pod) {}, only(nodepod.Namespaces{}), []string{"! no namespace is joined: you see the node's processes, and the container's files in $TARGET_ROOT"}, "its processes are not"},
		"mounts": {
			func(*corev1.Pod) {}, only(nodepod.Namespaces{Processes: true, Mounts: true}),
			[]string{"! its files are joined: the tools' are out of reach, and the container needs a shell of its own"}, "its processes are not",
		},
		"sandbox": {
			runtimeClass("gVisor\x1b[2J"), func(*Request) {},
			[]string{"! the pod has a kernel of its own (gVisor␛[2J): only its network can be joined, none of its processes is seen, and its localhost may be out of reach"}, "its processes are not",
		},
		"limited": {func(*corev1.Pod) {}, func(r *Request) { r.Node.Limited = true }, []string{"it may use 500m CPU and 256 MiB memory: a tool that needs more memory is killed"}, "!"},
		"timed":   {func(*corev1.Pod) {}, func(*Request) {}, []string{"the cluster deletes the pod 1h after its creation, even if dayfly is gone: the Job runs nothing, and owns the pod"}, "its entry stays"},
		"without a Job": {
			func(*corev1.Pod) {}, func(r *Request) { r.Own.NoTimer = true },
			[]string{"the pod ends 1h after its start, even if dayfly is gone; its entry stays, because no Job deletes it"}, "the cluster deletes",
		},
		"for ever": {func(*corev1.Pod) {}, func(r *Request) { r.EndsAfter = 0 }, []string{unchanged}, "even if dayfly is gone"},
	} {
		got := notesOf(mustPlan(t, joinable(test.pod), joins(test.change)))
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not told:\n%s", name, want, got)
			}
		}
		if strings.Contains(got, test.not) {
			t.Errorf("%s: %q is told:\n%s", name, test.not, got)
		}
		apitest.WantClean(t, strings.ReplaceAll(got, "\n", " "))
	}
}
