package nodes

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Facts are what the object of a node tells beyond its row in a table.
type Facts struct {
	kube.Node
	Host        Host
	Cordoned    bool
	Conditions  []Condition // those first that are not as they should be
	Taints      []Taint
	Allocatable Amounts
}

// Condition is one condition of a node.
type Condition struct {
	Name    string
	Is      string // "true", "false", "unknown"
	Good    bool   // it is as it is on a node that is well
	Reason  string
	Message string
	Since   time.Time // zero when nobody says
}

// Ready reports whether it is the one that says whether the node takes pods.
func (c *Condition) ready() bool { return c.Name == string(corev1.NodeReady) }

// FactsOf reads a node.
func FactsOf(node *corev1.Node) *Facts {
	return &Facts{
		Node: *kube.NodeOf(node), Host: HostOf(node), Cordoned: node.Spec.Unschedulable, Conditions: conditionsOf(node), Taints: taintsOf(node),
		Allocatable: amountsOf(node.Status.Allocatable),
	}
}

func conditionsOf(node *corev1.Node) []Condition {
	var list []Condition
	for i := range node.Status.Conditions {
		c := &node.Status.Conditions[i]
		is := map[corev1.ConditionStatus]string{corev1.ConditionTrue: "true", corev1.ConditionFalse: "false"}[c.Status]
		if is == "" {
			is = "unknown"
		}
		want := "false" // all but one tell of trouble
		if c.Type == corev1.NodeReady {
			want = "true"
		}
		list = append(list, Condition{
			Name: kube.Sanitize(string(c.Type)), Is: is, Good: is == want, Reason: kube.Sanitize(c.Reason), Message: kube.Sanitize(c.Message),
			Since: c.LastTransitionTime.Time,
		})
	}
	slices.SortStableFunc(list, func(a, b Condition) int { return order(&a) - order(&b) })
	return list
}

func order(c *Condition) int {
	switch {
	case c.Good:
		return 2
	case c.ready():
		return 0
	}
	return 1
}

// condition is the one of a name; nil when the node has none.
func (f *Facts) condition(name string) *Condition {
	i := slices.IndexFunc(f.Conditions, func(c Condition) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &f.Conditions[i]
}

// foreign are the taints that somebody has set.
func (f *Facts) foreign() []Taint {
	return slices.DeleteFunc(slices.Clone(f.Taints), func(t Taint) bool { return t.Own })
}
