package nodes

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Taint keeps pods away from a node unless they tolerate it.
type Taint struct {
	Name   string    // key and value, "dedicated=gpu"
	Effect string    // NoSchedule, PreferNoSchedule, NoExecute
	Since  time.Time // zero when nobody says
	Own    bool      // the cluster sets it, because of what the node is or how it is
}

// Words is what the taint means for pods that do not tolerate it.
func (t Taint) Words() string {
	switch corev1.TaintEffect(t.Effect) {
	case corev1.TaintEffectNoSchedule:
		return "new pods need to tolerate it"
	case corev1.TaintEffectPreferNoSchedule:
		return "new pods go elsewhere if they can"
	case corev1.TaintEffectNoExecute:
		return "pods that do not tolerate it are evicted"
	}
	return ""
}

func (t Taint) String() string { return strings.TrimSuffix(t.Name+":"+t.Effect, ":") }

func taintsOf(node *corev1.Node) []Taint {
	var list []Taint
	for i := range node.Spec.Taints {
		t := &node.Spec.Taints[i]
		taint := Taint{Name: kube.Sanitize(t.Key), Effect: kube.Sanitize(string(t.Effect)), Own: setByCluster(t.Key)}
		if t.Value != "" {
			taint.Name += "=" + kube.Sanitize(t.Value)
		}
		if t.TimeAdded != nil {
			taint.Since = t.TimeAdded.Time
		}
		list = append(list, taint)
	}
	return list
}

// setByCluster tells the taints that the node controller and cloud providers set, which say nothing that the conditions do not, and those of
// roles. https://kubernetes.io/docs/reference/labels-annotations-taints/
func setByCluster(key string) bool {
	return strings.HasPrefix(key, "node.kubernetes.io/") || strings.HasPrefix(key, "node.cloudprovider.kubernetes.io/") ||
		strings.HasPrefix(key, "node-role.kubernetes.io/")
}
