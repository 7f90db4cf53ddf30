package podcopy

import (
	corev1 "k8s.io/api/core/v1"
)

// place is where a copy may start.
type place struct {
	node  string // the only one that it can start on; empty: the scheduler chooses, or it is not known
	bound bool   // it is put there past the scheduler
	by    string // what has the scheduler put it there: "node selector"; empty: nothing
}

// fixed reports whether a copy starts on the pod's own node or on none.
func (p place) fixed() bool { return p.bound || p.by != "" }

// placeOf tells where the copy of a pod may start.
func placeOf(original *corev1.Pod, c Choices) place {
	spec := &original.Spec
	at := place{bound: c.SameNode && spec.NodeName != ""}
	if spec.NodeSelector[corev1.LabelHostname] != "" {
		at.by = "node selector"
	}
	if name, ok := affineNode(spec.Affinity); ok {
		at.by, at.node = "node affinity", name
	}
	if at.fixed() && spec.NodeName != "" {
		at.node = spec.NodeName
	}
	return at
}

// affineNode finds the one node that an affinity allows, as that of a DaemonSet's pod does; its name is empty when only its host name is known.
func affineNode(a *corev1.Affinity) (name string, ok bool) {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return "", false
	}
	terms := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	if len(terms) != 1 { // any of them is enough
		return "", false
	}
	single := func(list []corev1.NodeSelectorRequirement, key string) (string, bool) {
		for _, r := range list {
			if r.Key == key && r.Operator == corev1.NodeSelectorOpIn && len(r.Values) == 1 {
				return r.Values[0], true
			}
		}
		return "", false
	}
	if name, ok := single(terms[0].MatchFields, "metadata.name"); ok {
		return name, true
	}
	_, ok = single(terms[0].MatchExpressions, corev1.LabelHostname)
	return "", ok
}
