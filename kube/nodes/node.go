package nodes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
)

// Node is one node, read whole.
type Node struct {
	Row
	Detail Detail
	object *corev1.Node
}

// Detail is what a person asks of a node in an incident, beside how it is: what kubectl describe would say.
type Detail struct {
	About       []detail.Fact
	Capacity    []detail.Fact
	Labels      []detail.Fact
	Annotations []detail.Fact // long ones are cut: the YAML has all of them
}

// NodeOf reads a node.
func NodeOf(node *corev1.Node) *Node {
	return &Node{
		Row: rowOf(node),
		Detail: Detail{
			About: aboutOf(node), Capacity: capacityOf(node), Labels: sorted(node.Labels), Annotations: sorted(node.Annotations),
		},
		object: node,
	}
}

// rowOf is the line of a node whose object has been read, in the words that the API server's printer has for it.
func rowOf(node *corev1.Node) Row {
	info := &node.Status.NodeInfo
	return Row{
		Name: kube.Sanitize(node.Name), Status: statusOf(node), Roles: rolesOf(node), Version: kube.Sanitize(info.KubeletVersion),
		Address: addressOf(node, corev1.NodeInternalIP), System: systemOf(node), Kernel: kube.Sanitize(info.KernelVersion),
		Runtime: kube.Sanitize(info.ContainerRuntimeVersion), Created: node.CreationTimestamp.Time, Facts: FactsOf(node),
	}
}

// YAML is the node as the API server has it, and a sentence on what is left out of it. Its lines are cleaned.
func (n *Node) YAML() (text, hidden string) {
	object := n.object.DeepCopy()
	object.APIVersion, object.Kind = "v1", "Node"
	return detail.ObjectYAML(object)
}

// ResourceVersion changes with the node.
func (n *Node) ResourceVersion() string { return n.object.ResourceVersion }

// statusOf is what the API server's printer has in its Status cell.
func statusOf(node *corev1.Node) string {
	status := statusUnknown
	for i := range node.Status.Conditions {
		if c := &node.Status.Conditions[i]; c.Type == corev1.NodeReady {
			status = statusNotReady
			if c.Status == corev1.ConditionTrue {
				status = statusReady
			}
		}
	}
	if node.Spec.Unschedulable {
		status += "," + statusCordoned
	}
	return status
}

func rolesOf(node *corev1.Node) string {
	var roles []string
	for key := range node.Labels {
		if role, ok := strings.CutPrefix(key, "node-role.kubernetes.io/"); ok && role != "" {
			roles = append(roles, kube.Sanitize(role))
		}
	}
	slices.Sort(roles)
	return strings.Join(roles, ",")
}

func addressOf(node *corev1.Node, kind corev1.NodeAddressType) string {
	for _, a := range node.Status.Addresses {
		if a.Type == kind {
			return kube.Sanitize(a.Address)
		}
	}
	return ""
}

// factList collects those that say something.
type factList []detail.Fact

func (f *factList) add(label string, words ...string) {
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	if len(words) > 0 {
		*f = append(*f, detail.Fact{Label: label, Text: kube.Sanitize(strings.Join(words, " · "))})
	}
}

func aboutOf(node *corev1.Node) []detail.Fact {
	info := &node.Status.NodeInfo
	var f factList
	f.add("roles", rolesOf(node))
	f.add("kubelet", info.KubeletVersion)
	f.add("system", systemOf(node), strings.Trim(info.OperatingSystem+"/"+info.Architecture, "/"))
	f.add("kernel", info.KernelVersion)
	f.add("runtime", strings.Replace(info.ContainerRuntimeVersion, "://", " ", 1))
	f.add("host", HostOf(node).Note())
	for _, a := range node.Status.Addresses {
		f.add(addressLabel(a.Type), a.Address)
	}
	f.add("pod network", strings.Join(node.Spec.PodCIDRs, ", "))
	f.add("provider", node.Spec.ProviderID)
	f.add("zone", node.Labels[corev1.LabelTopologyZone], node.Labels[corev1.LabelInstanceTypeStable])
	if t := node.CreationTimestamp.Time; !t.IsZero() {
		f.add("created", t.UTC().Format(time.DateTime+" UTC"))
	}
	if n := len(node.Status.Images); n > 0 {
		f.add("images", imagesWords(node.Status.Images))
	}
	return f
}

func addressLabel(kind corev1.NodeAddressType) string {
	switch kind {
	case corev1.NodeInternalIP:
		return "IP"
	case corev1.NodeExternalIP:
		return "external IP"
	case corev1.NodeHostName:
		return "host name"
	case corev1.NodeInternalDNS, corev1.NodeExternalDNS:
	}
	return "address"
}

// imagesWords counts the images that a kubelet reports. By default it reports the 50 largest only.
func imagesWords(images []corev1.ContainerImage) string {
	var bytes int64
	for i := range images {
		bytes += images[i].SizeBytes
	}
	words := fmt.Sprintf("%d reported, %s", len(images), MemoryWords(bytes))
	if len(images) == 1 {
		words = "1 reported, " + MemoryWords(bytes)
	}
	return words
}

func capacityOf(node *corev1.Node) []detail.Fact {
	var f factList
	for _, name := range slices.Sorted(maps.Keys(node.Status.Capacity)) {
		all, left := node.Status.Capacity[name], node.Status.Allocatable[name]
		words := amountWords(name, all.String(), all.Value(), all.MilliValue())
		if all.Cmp(left) != 0 {
			words = amountWords(name, left.String(), left.Value(), left.MilliValue()) + " of " + words + " for pods"
		}
		f.add(kube.Sanitize(string(name)), words)
	}
	return f
}

func amountWords(name corev1.ResourceName, text string, value, milli int64) string {
	switch {
	case name == corev1.ResourceCPU:
		return CPUWords(milli)
	case name == corev1.ResourceMemory, name == corev1.ResourceEphemeralStorage, strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix):
		return MemoryWords(value)
	}
	return text
}

func sorted(m map[string]string) []detail.Fact {
	var facts []detail.Fact
	for _, key := range slices.Sorted(maps.Keys(m)) {
		facts = append(facts, detail.Fact{Label: kube.Sanitize(key), Text: kube.Brief(m[key])})
	}
	return facts
}
