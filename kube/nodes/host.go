package nodes

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Host is what kind of machine a node is, as far as it decides whether and how it can be debugged.
type Host int

// The kinds of hosts.
const (
	Unknown      Host = iota // it has not said anything yet, or something that is not known here
	Linux                    // with a shell and a package manager, most likely
	Windows                  //
	Bottlerocket             // Linux with a read-only root; its own shell is in an admin container
	Talos                    // Linux with a read-only root and without a shell
	Virtual                  // no machine at all: a virtual kubelet, or a fake node of kwok
	Fargate                  // a micro VM of AWS for one pod: nobody gets on it
)

func (h Host) String() string {
	return [...]string{"unknown", "Linux", "Windows", "Bottlerocket", "Talos", "virtual", "Fargate"}[h]
}

// Bare reports whether there is no host that a person could look at.
func (h Host) Bare() bool { return h == Virtual || h == Fargate }

// Note is what a person has to know of a host before they debug it; empty: nothing.
func (h Host) Note() string {
	switch h {
	case Windows:
		return "Windows node: images for Linux do not run on it"
	case Bottlerocket:
		return "Bottlerocket: the root file system is read-only, and has no shell"
	case Talos:
		return "Talos: the root file system is read-only, and has no shell"
	case Virtual:
		return "virtual node: there are no processes of a host to debug"
	case Fargate:
		return "Fargate node: its host belongs to AWS and cannot be debugged"
	case Unknown, Linux:
	}
	return ""
}

// What marks nodes that are no machines. https://virtual-kubelet.io/docs/usage/, https://docs.aws.amazon.com/eks/latest/userguide/fargate.html,
// https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/
const (
	typeLabel      = "type"
	virtualKubelet = "virtual-kubelet"
	virtualTaint   = "virtual-kubelet.io/provider"
	fargateLabel   = "eks.amazonaws.com/compute-type"
	fargate        = "fargate"
	fakeAnnotation = "kwok.x-k8s.io/node"
	kwok           = "kwok"
)

// HostOf tells what kind of host a node is, from its labels, its taints and what its kubelet says of the operating system.
func HostOf(node *corev1.Node) Host {
	info := &node.Status.NodeInfo
	image := strings.ToLower(info.OSImage)
	switch system := info.OperatingSystem; {
	case node.Labels[fargateLabel] == fargate, tainted(node, fargateLabel):
		return Fargate
	case node.Labels[typeLabel] == virtualKubelet, node.Labels[typeLabel] == kwok, node.Annotations[fakeAnnotation] != "", tainted(node, virtualTaint):
		return Virtual
	case strings.EqualFold(system, "windows"), system == "" && node.Labels[corev1.LabelOSStable] == "windows":
		return Windows
	case strings.HasPrefix(image, "bottlerocket"):
		return Bottlerocket
	case strings.HasPrefix(image, "talos"):
		return Talos
	case strings.EqualFold(system, "linux"):
		return Linux
	}
	return Unknown
}

func tainted(node *corev1.Node, key string) bool {
	for i := range node.Spec.Taints {
		if node.Spec.Taints[i].Key == key {
			return true
		}
	}
	return false
}

// systemOf is the operating system of a node with its own name for it, cleaned.
func systemOf(node *corev1.Node) string {
	if image := node.Status.NodeInfo.OSImage; image != "" {
		return kube.Sanitize(image)
	}
	return kube.Sanitize(node.Status.NodeInfo.OperatingSystem)
}
