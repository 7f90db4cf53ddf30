package podcopy_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

func resources(pairs ...string) corev1.ResourceList {
	list := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		list[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return list
}

func requesting(pairs ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests = resources(pairs...) }
}

// ofDaemonSet pins a pod to its node, as the DaemonSet controller does.
func ofDaemonSet(p *corev1.Pod) {
	term := corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{"node-1"}}}}
	p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{term}},
	}}
}

const pinned = "tells: the pod's node affinity allows no other node than node-1: the copy starts there or not at all"

func TestCheckNode(t *testing.T) {
	node := func(change func(*podcopy.Node)) *podcopy.Node {
		n := &podcopy.Node{Node: kube.Node{Name: "node-1", Ready: true}}
		change(n)
		return n
	}
	tainted := func(effect corev1.TaintEffect) *podcopy.Node {
		return node(func(n *podcopy.Node) { n.Taints = []corev1.Taint{{Key: "gpu", Value: "yes", Effect: effect}} })
	}
	cordoned := node(func(n *podcopy.Node) { n.Cordoned = true })
	tolerant := func(p *corev1.Pod) {
		p.Spec.Tolerations = []corev1.Toleration{{Key: "gpu", Operator: corev1.TolerationOpExists}, {Key: corev1.TaintNodeUnschedulable, Operator: corev1.TolerationOpExists}}
	}
	unplaced := func(p *corev1.Pod) { p.Spec.NodeName = "" }
	gated := func(p *corev1.Pod) {
		unplaced(p)
		p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "shop/quota"}}
	}
	two := func(p *corev1.Pod) {
		ofDaemonSet(p)
		terms := &p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
		*terms = append(*terms, corev1.NodeSelectorTerm{})
	}
	byHost := func(p *corev1.Pod) {
		ofDaemonSet(p)
		term := &p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0]
		term.MatchFields[0].Key, term.MatchExpressions, term.MatchFields = corev1.LabelHostname, term.MatchFields, nil
	}
	const choose = " [let the scheduler choose a node]"
	plain := func(*corev1.Pod) {}
	for name, tt := range map[string]struct {
		change   func(*corev1.Pod)
		node     *podcopy.Node
		sameNode bool
		want     []string
	}{
		"not known":                {plain, nil, true, nil},
		"well":                     {plain, node(func(*podcopy.Node) {}), true, nil},
		"missing":                  {plain, node(func(n *podcopy.Node) { n.Missing = true }), true, []string{"stops: node node-1 does not exist any more: the copy cannot start on it" + choose}},
		"missing, not needed":      {plain, node(func(n *podcopy.Node) { n.Missing = true }), false, nil},
		"silent":                   {plain, node(func(n *podcopy.Node) { n.Ready, n.Silent = false, true }), true, []string{"stops: node node-1 is not responding: nothing starts on it until it reports again" + choose}},
		"not ready":                {plain, node(func(n *podcopy.Node) { n.Ready, n.Reason = false, "no network" }), true, []string{"warns: node node-1 is not ready (no network): the copy may not start on it" + choose}},
		"cordoned":                 {plain, cordoned, true, []string{"tells: node node-1 is cordoned: the copy starts on it all the same, and kubectl drain stops at it unless it has --force" + choose}},
		"cordoned, not needed":     {plain, cordoned, false, nil},
		"cordoned, pinned":         {ofDaemonSet, cordoned, false, []string{"stops: node node-1 has taint node.kubernetes.io/unschedulable:NoSchedule, which the pod does not tolerate: the copy cannot start on it", pinned}},
		"cordoned, tolerated":      {func(p *corev1.Pod) { ofDaemonSet(p); tolerant(p) }, cordoned, false, []string{pinned}},
		"NoSchedule":               {plain, tainted(corev1.TaintEffectNoSchedule), true, nil},
		"NoSchedule, pinned":       {ofDaemonSet, tainted(corev1.TaintEffectNoSchedule), false, []string{"stops: node node-1 has taint gpu=yes:NoSchedule, which the pod does not tolerate: the copy cannot start on it", pinned}},
		"PreferNoSchedule, pinned": {ofDaemonSet, tainted(corev1.TaintEffectPreferNoSchedule), false, []string{pinned}},
		"NoExecute":                {plain, tainted(corev1.TaintEffectNoExecute), true, []string{"stops: node node-1 has taint gpu=yes:NoExecute, which the pod does not tolerate: the copy cannot start on it" + choose}},
		"NoExecute, tolerated":     {tolerant, tainted(corev1.TaintEffectNoExecute), true, nil},
		"pinned, past scheduler":   {ofDaemonSet, nil, true, nil},
		"pinned, not yet there":    {func(p *corev1.Pod) { ofDaemonSet(p); unplaced(p) }, nil, false, []string{pinned}},
		"pinned by host name":      {byHost, nil, false, []string{pinned}},
		"pinned to nothing known":  {func(p *corev1.Pod) { byHost(p); unplaced(p) }, nil, false, nil},
		"one term of two":          {two, nil, false, nil},
		"gated":                    {gated, nil, true, []string{"stops: scheduling gate shop/quota keeps the copy from every node, like the pod"}},
		"not the pod's":            {plain, &podcopy.Node{Node: kube.Node{Name: "node-2"}}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, apitest.RunningPod(tt.change), podcopy.Choices{SameNode: tt.sameNode}, podcopy.Environment{Node: tt.node}, tt.want...)
		})
	}
	wantFindings(t, apitest.RunningPod(), podcopy.Choices{SameNode: true}, podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"Nodes"}}},
		"tells: node node-1 could not be read: whether there is room for the copy is not known")
	wantFindings(t, apitest.RunningPod(), podcopy.Choices{SameNode: true}, podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"Pods"}}},
		"tells: the pods of node node-1 could not be read: whether there is room for the copy is not known")
	wantFindings(t, apitest.RunningPod(), podcopy.Choices{}, podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"Nodes", "Pods"}}})
	wantFindings(t, apitest.RunningPod(unplaced), podcopy.Choices{SameNode: true}, podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"Nodes", "Pods"}}})
}

func TestCheckRoom(t *testing.T) {
	node := func(pods int64, requested corev1.ResourceList) *podcopy.Node {
		return &podcopy.Node{
			Node: kube.Node{Name: "node-1", Ready: true}, Counted: true, Pods: pods, Requested: requested,
			Allocatable: resources("cpu", "2", "memory", "4Gi", "pods", "110", "example.com/gpu", "1"),
		}
	}
	uncounted := node(110, nil)
	uncounted.Counted = false
	const no, choose = "stops: node node-1 has no room for the copy: ", " [let the scheduler choose a node]"
	sidecars := func(p *corev1.Pod) {
		requesting("cpu", "1")(p)
		p.Spec.InitContainers = []corev1.Container{{
			Name: "proxy", RestartPolicy: new(corev1.ContainerRestartPolicyAlways), Resources: corev1.ResourceRequirements{Requests: resources("cpu", "500m")},
		}}
	}
	for name, tt := range map[string]struct {
		change   func(*corev1.Pod)
		node     *podcopy.Node
		sameNode bool
		want     []string
	}{
		"nothing requested": {func(*corev1.Pod) {}, node(3, resources("cpu", "3", "memory", "5Gi")), true, nil},
		"fits exactly":      {requesting("cpu", "500m", "memory", "1Gi"), node(3, resources("cpu", "1500m", "memory", "3Gi")), true, nil},
		"CPU":               {requesting("cpu", "600m"), node(3, resources("cpu", "1500m")), true, []string{no + "it requests 600m CPU of 500m free" + choose}},
		"memory": {requesting("memory", "1048577Ki"), node(3, resources("memory", "3145729Ki")), true, []string{
			no + "it requests 1025 MiB memory of 1023 MiB free" + choose,
		}},
		"both, and more than all": {requesting("cpu", "2", "memory", "2Gi"), node(3, resources("cpu", "3", "memory", "3Gi")), true, []string{
			no + "it requests 2 CPU of 0 free, 2048 MiB memory of 1024 MiB free" + choose,
		}},
		"device":             {requesting("example.com/gpu", "1"), node(3, resources("example.com/gpu", "1")), true, []string{no + "it requests 1 example.com/gpu of 0 free" + choose}},
		"unknown device":     {requesting("example.com/fpga", "1"), node(3, nil), true, nil},
		"pods":               {func(*corev1.Pod) {}, node(110, nil), true, []string{no + "110 of 110 pods are on it already" + choose}},
		"sidecars count":     {sidecars, node(3, resources("cpu", "600m")), true, []string{no + "it requests 1500m CPU of 1400m free" + choose}},
		"somewhere":          {requesting("cpu", "600m"), node(3, resources("cpu", "1500m")), false, nil},
		"pinned":             {func(p *corev1.Pod) { requesting("cpu", "600m")(p); ofDaemonSet(p) }, node(3, resources("cpu", "1500m")), false, []string{no + "it requests 600m CPU of 500m free", pinned}},
		"pinned, same node":  {func(p *corev1.Pod) { requesting("cpu", "600m")(p); ofDaemonSet(p) }, node(3, resources("cpu", "1500m")), true, []string{no + "it requests 600m CPU of 500m free"}},
		"pods are not known": {requesting("cpu", "600m"), uncounted, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, apitest.RunningPod(tt.change), podcopy.Choices{SameNode: tt.sameNode}, podcopy.Environment{Node: tt.node}, tt.want...)
		})
	}
}

// Without its sidecars a copy needs less.
func TestRoomOfACopyWithoutInitContainers(t *testing.T) {
	pod := apitest.RunningPod(requesting("cpu", "1"))
	pod.Spec.InitContainers = []corev1.Container{{Name: "seed", Resources: corev1.ResourceRequirements{Requests: resources("cpu", "3")}}}
	around := podcopy.Environment{Node: &podcopy.Node{Node: kube.Node{Name: "node-1", Ready: true}, Counted: true, Allocatable: resources("cpu", "2")}}
	wantFindings(t, pod, podcopy.Choices{SameNode: true}, around,
		"stops: node node-1 has no room for the copy: it requests 3 CPU of 2 free [let the scheduler choose a node]",
		"warns: init container seed runs again: what it does is done a second time [leave out the init containers]")
	wantFindings(t, pod, podcopy.Choices{SameNode: true, NoInit: true}, around,
		"tells: init container seed is left out: what it prepares in the pod is missing in the copy [keep the init containers]")
}

func TestCheckPorts(t *testing.T) {
	ports := func(all ...corev1.ContainerPort) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Spec.Containers[0].Ports = all }
	}
	http, dns := corev1.ContainerPort{HostPort: 8080, ContainerPort: 80}, corev1.ContainerPort{HostPort: 53, Protocol: corev1.ProtocolUDP}
	host := func(p *corev1.Pod) { p.Spec.HostNetwork = true }
	init := func(policy *corev1.ContainerRestartPolicy) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Name: "i", RestartPolicy: policy, Ports: []corev1.ContainerPort{http}}}
		}
	}
	ended := func(p *corev1.Pod) { ports(http)(p); p.Status.Phase = corev1.PodSucceeded }
	waits := func(p *corev1.Pod) { ports(http)(p); p.Spec.NodeName = "" }
	const choose = " [let the scheduler choose a node]"
	for name, tt := range map[string]struct {
		change   func(*corev1.Pod)
		sameNode bool
		want     []string
	}{
		"none":              {func(*corev1.Pod) {}, true, nil},
		"of the pod":        {ports(corev1.ContainerPort{ContainerPort: 80}), true, nil},
		"same node":         {ports(http, dns), true, []string{"stops: the pod has host ports 8080 and 53/UDP of node node-1: the copy cannot start there while the pod runs" + choose}},
		"somewhere":         {ports(http), false, []string{"warns: the copy needs host port 8080, like the pod: it starts only on another node than node-1, where it is free"}},
		"two somewhere":     {ports(http, dns), false, []string{"warns: the copy needs host ports 8080 and 53/UDP, like the pod: it starts only on another node than node-1, where they are free"}},
		"pinned":            {func(p *corev1.Pod) { ports(http)(p); ofDaemonSet(p) }, false, []string{"stops: the pod has host port 8080 of node node-1: the copy cannot start there while the pod runs", pinned}},
		"host network":      {host, true, []string{"warns: pod and copy are both in the network of node node-1: a program of the copy cannot listen on a port that the pod has" + choose}},
		"network somewhere": {host, false, []string{"warns: the copy is in its node's own network: on node node-1, a program of it cannot listen on a port that the pod has"}},
		"has ended":         {ended, true, nil},
		"on no node":        {waits, true, nil},
		"of a sidecar": {init(new(corev1.ContainerRestartPolicyAlways)), true, []string{
			"stops: the pod has host port 8080 of node node-1: the copy cannot start there while the pod runs" + choose,
		}},
		"of an init container": {init(nil), true, []string{"warns: init container i runs again: what it does is done a second time [leave out the init containers]"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, apitest.RunningPod(tt.change), podcopy.Choices{SameNode: tt.sameNode}, podcopy.Environment{}, tt.want...)
		})
	}
}
