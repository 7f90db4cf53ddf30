package kube

import corev1 "k8s.io/api/core/v1"

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

func nodeOf(object *corev1.Node) *Node {
	info := object.Status.NodeInfo
	n := &Node{Name: Clean(object.Name), OS: Clean(info.OperatingSystem), Arch: Clean(info.Architecture), Ready: true, Bare: object.Labels[BareLabel] == "true"}
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
		return Clean(c.Reason)
	}
	return Clean(c.Message)
}
