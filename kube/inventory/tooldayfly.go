package inventory

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// ofDayfly knows dayfly's own pods: see [leftovers.ManagedByLabel] and what stands beside it.
func ofDayfly() tool {
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool { return managedBy(o, leftovers.ManagedBy) },
		made: func(pod *corev1.Pod) (mark, bool) {
			return dayflyMark(&pod.ObjectMeta), managedBy(&pod.ObjectMeta, leftovers.ManagedBy)
		},
	}
}

// dayflyMark is the mark of something with dayfly's label. Who has copied the label alone has not copied the annotations.
func dayflyMark(o *metav1.ObjectMeta) mark {
	m := mark{kind: ToolPod, tool: "dayfly", because: "label " + leftovers.ManagedByLabel + "=" + leftovers.ManagedBy}
	m.certain = o.Annotations[leftovers.SessionAnnotation] != ""
	switch {
	case o.Annotations[leftovers.JoinsAnnotation] != "":
		m.kind, m.of = Join, joined(o.Annotations[leftovers.JoinsAnnotation])
	case o.Annotations[leftovers.NodeAnnotation] != "":
		m.kind, m.of = NodePod, "node "+kube.Brief(o.Annotations[leftovers.NodeAnnotation])
	case o.Annotations[leftovers.CopyOfAnnotation] != "":
		m.kind, m.of = Copy, podInWords(o.Namespace, o.Annotations[leftovers.CopyOfAnnotation])
	}
	return m
}

// joined puts the container that a pod joins into words: namespace/pod/container.
func joined(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 3 {
		return kube.Brief(name)
	}
	return "container " + kube.Brief(parts[2]) + " of " + podInWords(parts[0], parts[1])
}
