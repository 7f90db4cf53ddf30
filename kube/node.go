package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Node is what a node says of itself, as far as it decides whether a container starts on it.
type Node struct {
	Name     string
	OS, Arch string   // as images name them: linux, arm64
	Ready    bool     // false only when the node has said so, or has fallen silent
	Silent   bool     // its kubelet does not report any more: what is known of it is old
	Reason   string   // why it is not ready, in its own words
	Bare     bool     // pods on it have no processes or network of their own, as BareLabel says
	Pressure []string // the conditions that are bad: DiskPressure, MemoryPressure, PIDPressure, NetworkUnavailable
}

// BareLabel is a node's label that says, when it is "true", that debug containers on it are plain processes of the node: the target is told them
// in TARGET_PID and TARGET_ROOT, whatever the pod asks for, and nothing listens on the pod's network.
const BareLabel = "dayfly.dev/bare-processes"

// NodeOf reads a node.
func NodeOf(object *corev1.Node) *Node {
	info := object.Status.NodeInfo
	n := &Node{Name: Sanitize(object.Name), OS: Sanitize(info.OperatingSystem), Arch: Sanitize(info.Architecture), Ready: true, Bare: object.Labels[BareLabel] == "true"}
	for i := range object.Status.Conditions {
		switch c := &object.Status.Conditions[i]; c.Type {
		case corev1.NodeReady:
			n.Ready, n.Silent = c.Status == corev1.ConditionTrue, c.Status == corev1.ConditionUnknown
			if !n.Ready {
				n.Reason = conditionWords(c)
			}
		case corev1.NodeDiskPressure, corev1.NodeMemoryPressure, corev1.NodePIDPressure, corev1.NodeNetworkUnavailable:
			if c.Status == corev1.ConditionTrue {
				n.Pressure = append(n.Pressure, string(c.Type))
			}
		}
	}
	return n
}

func conditionWords(c *corev1.NodeCondition) string {
	if c.Message == "" {
		return Sanitize(c.Reason)
	}
	return Sanitize(c.Message)
}

// NotResponding says that a node is silent: of the node itself, and of pods that are on it.
func NotResponding(node string) string { return "node " + node + " is not responding" }

// NodeLost reports whether the pod's node does not answer any more, by what the node lifecycle controller does to its pods
// (MarkPodsNotReady in kubernetes/pkg/controller/util/node): it says that the pod is not ready, and leaves the statuses of its
// containers as the kubelet has last seen them.
func (p *Pod) NodeLost() bool {
	object := p.object
	if object == nil || object.Spec.NodeName == "" || object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed {
		return false
	}
	if object.Status.Phase == corev1.PodUnknown || object.Status.Reason == "NodeLost" {
		return true
	}
	ready, known := p.Condition(corev1.PodReady)
	containers, alsoKnown := p.Condition(corev1.ContainersReady)
	if !known || !alsoKnown || ready.Status != corev1.ConditionFalse || containers.Status != corev1.ConditionTrue {
		return ready.Reason == "NodeNotReady" || ready.Reason == "NodeStatusUnknown" || p.evictedFromLostNode()
	}
	return !slices.ContainsFunc(object.Spec.ReadinessGates, func(gate corev1.PodReadinessGate) bool {
		c, ok := p.Condition(gate.ConditionType)
		return !ok || c.Status != corev1.ConditionTrue
	})
}

// evictedFromLostNode reports whether the taint of a lost node has the pod deleted, which only its kubelet could carry out.
func (p *Pod) evictedFromLostNode() bool {
	c, ok := p.Condition(corev1.DisruptionTarget)
	return ok && c.Status == corev1.ConditionTrue && c.Reason == "DeletionByTaintManager" && p.object.DeletionTimestamp != nil
}
