package podcopy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/resource"
	"k8s.io/klog/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// elsewhere is the remedy against a node, where there is one.
func (s *subject) elsewhere() []Remedy {
	if s.place.by != "" {
		return nil
	}
	return []Remedy{{"let the scheduler choose a node", func(c Choices) Choices { c.SameNode = false; return c }}}
}

// node is that on which the copy has to start; nil: there is none, or it is not known.
func (s *subject) node() *Node {
	if n := s.around.Node; n != nil && n.Name == kube.Sanitize(s.place.node) {
		return n
	}
	return nil
}

// checkNode finds that the copy has to start on one node, and that this takes no more pods.
func checkNode(s *subject) []Finding {
	var found []Finding
	add := func(severity Severity, remedies []Remedy, format string, words ...any) {
		found = append(found, Finding{severity, fmt.Sprintf(format, words...), remedies})
	}
	if gates := s.made.Spec.SchedulingGates; len(gates) > 0 {
		add(Blocking, nil, "scheduling gate %s keeps the copy from every node, like the pod", gates[0].Name)
	}
	if s.place.by != "" && s.place.node != "" && !s.place.bound {
		add(Info, nil, "the pod's %s allows no other node than %s: the copy starts there or not at all", s.place.by, s.place.node)
	}
	n := s.node()
	switch {
	case n == nil:
		return found
	case n.Missing:
		add(Blocking, s.elsewhere(), "node %s does not exist any more: the copy cannot start on it", n.Name)
		return found
	case n.Silent:
		add(Blocking, s.elsewhere(), "%s%s: nothing starts on it until it reports again", kube.NotResponding(n.Name), kube.Because(n.Reason))
	case !n.Ready:
		add(Warning, s.elsewhere(), "node %s is not ready%s: the copy may not start on it", n.Name, kube.Because(n.Reason))
	}
	if taint, ok := s.untolerated(n); ok {
		add(Blocking, s.elsewhere(), "node %s has taint %s, which the pod does not tolerate: the copy cannot start on it", n.Name, taint.ToString())
	}
	if n.Cordoned && s.place.bound {
		add(Info, s.elsewhere(), "node %s is cordoned: the copy starts on it all the same, and kubectl drain stops at it unless it has --force", n.Name)
	}
	return found
}

// untolerated finds a taint that keeps the copy from its node. The scheduler looks at more of them than the kubelet, which is all that a copy meets
// that is put past it.
func (s *subject) untolerated(n *Node) (corev1.Taint, bool) {
	taints := n.Taints
	if n.Cordoned {
		taints = append(slices.Clone(taints), corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	}
	at := slices.IndexFunc(taints, func(taint corev1.Taint) bool {
		counts := taint.Effect == corev1.TaintEffectNoExecute || taint.Effect == corev1.TaintEffectNoSchedule && !s.place.bound
		return counts && !slices.ContainsFunc(s.made.Spec.Tolerations, func(t corev1.Toleration) bool {
			return t.ToleratesTaint(klog.Logger{}, &taint, true)
		})
	})
	if at < 0 {
		return corev1.Taint{}, false
	}
	return taints[at], true
}

// checkRoom finds that the copy requests more than is left of the node on which it has to start.
func checkRoom(s *subject) []Finding {
	n := s.node()
	if n == nil || n.Missing || !n.Counted {
		return nil
	}
	var lacks []string
	requests, leaves := resource.PodRequests(s.made, resource.PodResourcesOptions{}), resource.PodRequests(s.original, resource.PodResourcesOptions{})
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		wanted := requests[name]
		free, ok := n.Allocatable[name]
		if !ok || wanted.IsZero() {
			continue
		}
		free = free.DeepCopy()
		free.Sub(n.Requested[name])
		if leaving := leaves[name]; s.leaves(n) {
			free.Add(leaving)
		}
		if wanted.Cmp(free) <= 0 {
			continue
		}
		if free.Sign() < 0 {
			free.Set(0)
		}
		noun := string(name)
		if name == corev1.ResourceCPU {
			noun = "CPU"
		}
		lacks = append(lacks, fmt.Sprintf("%s %s of %s free", amount(name, wanted, true), noun, amount(name, free, false)))
	}
	var why []string
	if len(lacks) > 0 {
		why = append(why, "it requests "+strings.Join(lacks, ", "))
	}
	if most, ok := n.Allocatable[corev1.ResourcePods]; ok && n.Pods >= most.Value() && !s.leaves(n) {
		why = append(why, fmt.Sprintf("%d of %d pods are on it already", n.Pods, most.Value()))
	}
	if len(why) == 0 {
		return nil
	}
	return []Finding{{Blocking, "node " + n.Name + " has no room for the copy: " + strings.Join(why, "; "), s.elsewhere()}}
}

// leaves reports whether the pod makes room on a node. A copy that is put there past the scheduler does not wait for that: its kubelet refuses it at once,
// while the pod still ends.
func (s *subject) leaves(n *Node) bool {
	return s.choices.Replace && !s.place.bound && kube.Sanitize(s.original.Spec.NodeName) == n.Name && !ended(s.original)
}

// checkPorts finds the ports of the node that the pod has, and its copy needs.
func checkPorts(s *subject) []Finding {
	if !s.active || s.choices.Replace && !s.place.bound {
		return nil
	}
	node := kube.Sanitize(s.original.Spec.NodeName)
	switch ports := hostPorts(&s.made.Spec); {
	case len(ports) > 0 && s.place.fixed():
		text := fmt.Sprintf("the pod has %s of node %s: the copy cannot start there while the pod runs", counted("host port", ports), node)
		return []Finding{{Blocking, text, s.elsewhere()}}
	case len(ports) > 0:
		text := fmt.Sprintf("the copy needs %s, like the pod: it starts only on another node than %s, where %s free",
			counted("host port", ports), node, verb(ports, "it is", "they are"))
		return []Finding{{Warning, text, nil}}
	case !s.made.Spec.HostNetwork:
	case s.place.fixed():
		text := fmt.Sprintf("pod and copy are both in the network of node %s: a program of the copy cannot listen on a port that the pod has", node)
		return []Finding{{Warning, text, s.elsewhere()}}
	default:
		text := fmt.Sprintf("the copy is in its node's own network: on node %s, a program of it cannot listen on a port that the pod has", node)
		return []Finding{{Warning, text, nil}}
	}
	return nil
}

// hostPorts are the ports that a pod has of its node. Init containers that end hold none.
func hostPorts(spec *corev1.PodSpec) []string {
	var ports []string
	add := func(c *corev1.Container) {
		for _, p := range c.Ports {
			if p.HostPort == 0 {
				continue
			}
			words := fmt.Sprint(p.HostPort)
			if p.Protocol != "" && p.Protocol != corev1.ProtocolTCP {
				words += "/" + string(p.Protocol)
			}
			ports = append(ports, words)
		}
	}
	for i := range spec.InitContainers {
		if sidecar(&spec.InitContainers[i]) {
			add(&spec.InitContainers[i])
		}
	}
	for i := range spec.Containers {
		add(&spec.Containers[i])
	}
	return ports
}

// sidecar reports whether an init container goes on beside the others.
func sidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}
