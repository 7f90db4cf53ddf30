package tools

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// idPod is pod web as the API server sends it, on a node and with the ID of its container.
const idPod = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","uid":"1","resourceVersion":"7"},
 "spec":{"nodeName":"n-1","containers":[{"name":"app","image":"shop/web:1"}]},
 "status":{"phase":"Running","containerStatuses":[{"name":"app","ready":true,"image":"shop/web:1","containerID":"containerd://aaaa","state":{"running":{}}}]}}`

// Each option of a pod on a node is turned by its key, says what follows, and comes back with the others when they are taken.
func TestNodeOptions(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	for way, want := range map[debug.Way][]string{
		debug.Join: {"[x] network", "[x] processes", "[x] shared memory", "[x] host name", "[ ] files", "many have no shell", "[ ] the user of app", "namespace default"},
		debug.Node: {"[ ] its own shell", "the tool's programs", "namespace default"},
	} {
		var chosen *nodeChoice
		s := &nodeOptions{Kit: d.Kit, keys: newCopyOptionsKeys(d.Bindings), title: "web › options", way: way, target: "app", choice: nodeChoice{Namespace: "default"},
			done: func(c nodeChoice) tea.Msg {
				chosen = &c
				return kit.Leave{}
			}}
		text := ansi.Strip(s.View(80, 24))
		for _, words := range want {
			if !strings.Contains(text, words) {
				t.Errorf("%s: %q is not on the screen\n%s", way, words, text)
			}
		}
		for i := range s.options() {
			before := s.options()[i]
			if before.turn == nil {
				s.Update(namespaceMsg{s, "debug"})
				continue
			}
			s.Update(kittest.Press("space"))
			if after := s.options()[i]; after.On == before.On || after.Means == before.Means && before.Words != "files" {
				t.Errorf("%s: %s is not turned: %+v, %+v", way, before.Words, before.CheckItem, after.CheckItem)
			}
			s.Update(kittest.Press("down"))
		}
		s.Update(kittest.Press("enter"))
		if chosen == nil || chosen.Namespace != "debug" || chosen.AsTarget != (way == debug.Join) || chosen.Shell != (way == debug.Node) {
			t.Fatalf("%s: chosen is %+v", way, chosen)
		}
		if way == debug.Join && *chosen.Namespaces != (nodepod.Namespaces{Mounts: true}) {
			t.Errorf("joined are %+v", chosen.Namespaces)
		}
		kittest.CheckEverySize(t, s)
		kittest.CheckPresses(t, s.keys)
	}
}

// From the node a person sees what is joined, that it is root on the node, and where the pod is created, before anything is sent.
func TestFromTheNode(t *testing.T) {
	d := deskOf(t, idPod)
	s := toolsOn(t, d)
	for range slices.Index(debug.Ways(), debug.Join) {
		d.Do(t, kittest.Press("tab"))
	}
	d.Do(t, hostMsg{s, s.readHostAt, debug.NodeEnvironment{By: "ann", Levels: map[string]string{"default": "restricted", "tools": "privileged"}}})
	for _, want := range []string{"from the node, by a pod in namespace default", "app: network, processes, shared memory", "this gives root on node n-1", "nothing changes in pod web"} {
		if !strings.Contains(d.Text(), want) {
			t.Errorf("%q is not on the screen\n%s", want, d.Text())
		}
	}
	refusal := &kube.Problem{Message: "refused", Err: kube.ErrGuarded}
	s.preflight.known, s.preflight.answer = true, debug.Preflight{Admission: kube.No, Problem: refusal}
	d.Do(t, kittest.Press("m"))
	if !strings.Contains(d.Text(), "by a pod in namespace tools") {
		t.Errorf("m does not lead to the namespace that may hold it\n%s", d.Text())
	}
	if s.job().Plan.Debug.Namespace != "tools" {
		t.Errorf("the session is in namespace %s", s.job().Plan.Debug.Namespace)
	}
}

// A static pod takes no debug container: the way that is possible is offered first, with the reason, until a person chooses another.
func TestStaticPodIsOfferedFromItsNode(t *testing.T) {
	d := deskOf(t, strings.Replace(idPod, `"name":"web",`, `"name":"web","annotations":{"kubernetes.io/config.mirror":"x"},`, 1))
	s := toolsOn(t, d)
	d.Do(t, hostMsg{s, s.readHostAt, debug.NodeEnvironment{}})
	if s.way != debug.Join || !strings.Contains(d.Text(), "★ a static pod takes no debug container") {
		t.Fatalf("the way is %q\n%s", s.way, d.Text())
	}
	d.Do(t, kittest.Press("tab"))
	if s.way != debug.Node || strings.Contains(d.Text(), "★ a static pod") {
		t.Errorf("after tab the way is %q\n%s", s.way, d.Text())
	}
	s.offerWay()
	if s.way != debug.Node {
		t.Error("news of the pod take the way back")
	}
}

// The tools for a node are those that are made for nodes, then all others, and the configuration's namespace counts.
func TestNodeTools(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	o := d.options()
	o.Namespace = func(string) string { return "ops" }
	s := NewForNode(t.Context(), d.Kit, kit.OpenNodeTools{Cluster: d.Cluster, Node: "n-1"}, o)
	t.Cleanup(s.Close)
	d.Stack = append(d.Stack, s)
	d.Do(t, environmentMsg{s, debug.PodEnvironment{Arch: "amd64", OS: "linux"}})
	d.Do(t, hostMsg{s, s.readHostAt, debug.NodeEnvironment{}})
	text := d.Text()
	for _, want := range []string{"host       the node's own shell", "on the node itself, by a pod in namespace ops", "n-1: its own shell, in its namespaces"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the screen\n%s", want, text)
		}
	}
	if strings.Contains(text, "tab:") || s.tools[0].Node == "" || !slices.ContainsFunc(s.tools, func(t tool) bool { return t.Name == "busybox" }) {
		t.Errorf("the first tool is %s\n%s", s.tools[0].Name, text)
	}
	plain := toolsOn(t, onePodDesk(t, kittest.Running))
	if slices.ContainsFunc(plain.tools, func(t tool) bool { return t.Node != "" }) {
		t.Error("a pod is offered what is for nodes")
	}
	kittest.CheckEverySize(t, s)
}

// Of a container whose user is not known, the choice says no number.
func TestJoinAsItsUser(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.NodeName = "n-1"
		p.Status.ContainerStatuses[0].ContainerID = "containerd://aaaa"
	}))
	plan, err := debug.NewPlan(pod, debug.Request{Way: debug.Join, Name: "debugger-x", Image: "busybox:1.37", Target: "app", Node: debug.NodeOptions{AsTarget: true}})
	if err != nil || !strings.Contains(plan.Adds, "- target\n") {
		t.Errorf("%v\n%s", err, plan.Adds)
	}
}

// What was read for a namespace that is chosen no more comes late, and does not count.
func TestLateAnswerAboutANamespace(t *testing.T) {
	d := deskOf(t, idPod)
	s := toolsOn(t, d)
	for range slices.Index(debug.Ways(), debug.Join) {
		d.Do(t, kittest.Press("tab"))
	}
	before := s.readHostAt
	d.Do(t, hostMsg{s, before, debug.NodeEnvironment{By: "ann"}})
	d.Do(t, nodeChosenMsg{s, nodeChoice{Namespace: "ops"}})
	d.Do(t, hostMsg{s, s.readHostAt, debug.NodeEnvironment{By: "ann", Jobs: kube.Yes}})
	d.Do(t, hostMsg{s, before, debug.NodeEnvironment{By: "ann", Jobs: kube.No}})
	if s.around.Host.Jobs != kube.Yes || s.job().Plan.Request.Own.NoTimer {
		t.Error("the answer about the namespace of before counts")
	}
}
