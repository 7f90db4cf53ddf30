package debug

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Way is how a person gets beside what is to be debugged. Its text is its name on the command line and in the journal.
type Way string

// InPod puts an ephemeral container into the pod itself, Copy a container into a copy of the pod, and Idle a shell into a container of a copy, in the
// place of its program. Join goes into a container's namespaces from a pod beside it on its node, and Node looks at the node itself.
const (
	InPod Way = ""
	Copy  Way = "copy"
	Idle  Way = "idle"
	Join  Way = "join"
	Node  Way = "node"
)

// Ways lists the ways, in the order in which they are offered.
func Ways() []Way { return []Way{InPod, Copy, Idle, Join, Node} }

// Words say what a person gets by it, in a few words.
func (w Way) Words() string {
	switch w {
	case InPod:
		return "in the pod"
	case Copy:
		return "in a copy of the pod"
	case Idle:
		return "in an idle copy"
	case Join:
		return "from the node"
	case Node:
		return "on the node itself"
	}
	return string(w)
}

// OwnPod reports whether the container gets a pod of its own, which goes with the session.
func (w Way) OwnPod() bool { return w != InPod }

// Copies reports whether that pod is a copy of the one that is debugged.
func (w Way) Copies() bool { return w == Copy || w == Idle }

// FromNode reports whether that pod is made on the node of what is debugged, with rights on all of it.
func (w Way) FromNode() bool { return w == Join || w == Node }

// Try are the commands to begin with in a session by the way; none: those of the tool.
func (w Way) Try() []string {
	if w == Idle {
		return []string{"run-original"}
	}
	return nil
}

// OfferedWay is the way that is offered first for a pod, and why; the reason is empty where it is the usual one.
func OfferedWay(pod *kube.Pod) (way Way, reason string) {
	running := func(c kube.Container) bool { return c.Running && c.Kind != kube.DebugContainer }
	if pod.Static() && slices.ContainsFunc(pod.Containers, running) {
		return Join, "a static pod takes no debug container: this way changes nothing in it"
	}
	return InPod, ""
}
