package detail

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// placementOf says which nodes a pod may be on. The tolerations that every pod is given are left out.
func placementOf(spec *corev1.PodSpec) []Fact {
	var f facts
	for _, key := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
		f.add("needs nodes", key+"="+spec.NodeSelector[key])
	}
	if a := spec.Affinity; a != nil {
		if n := a.NodeAffinity; n != nil {
			if required := n.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
				for i := range required.NodeSelectorTerms {
					f.add("needs nodes", nodeTerm(&required.NodeSelectorTerms[i]))
				}
			}
			f.add("prefers", rules(len(n.PreferredDuringSchedulingIgnoredDuringExecution), "node"))
		}
		if n := a.PodAffinity; n != nil {
			f.add("near pods", podTerms(n.RequiredDuringSchedulingIgnoredDuringExecution)...)
			f.add("prefers", rules(len(n.PreferredDuringSchedulingIgnoredDuringExecution), "pod"))
		}
		if n := a.PodAntiAffinity; n != nil {
			f.add("not near", podTerms(n.RequiredDuringSchedulingIgnoredDuringExecution)...)
			f.add("prefers", rules(len(n.PreferredDuringSchedulingIgnoredDuringExecution), "pod"))
		}
	}
	for i := range spec.TopologySpreadConstraints {
		t := &spec.TopologySpreadConstraints[i]
		f.add("spread over", fmt.Sprintf("%s, maxSkew %d, %s", t.TopologyKey, t.MaxSkew, t.WhenUnsatisfiable))
	}
	for i := range spec.Tolerations {
		t := &spec.Tolerations[i]
		if t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable {
			continue
		}
		f.add("tolerates", strings.TrimSpace(t.Key+value(t.Value)+" "+string(t.Effect)))
	}
	if s := spec.SchedulerName; s != "" && s != corev1.DefaultSchedulerName {
		f.add("scheduler", s)
	}
	return f
}

func value(s string) string {
	if s == "" {
		return ""
	}
	return "=" + s
}

func rules(n int, of string) string {
	if n == 0 {
		return ""
	}
	if n == 1 {
		return "1 preferred " + of + " rule"
	}
	return fmt.Sprintf("%d preferred %s rules", n, of)
}

func nodeTerm(t *corev1.NodeSelectorTerm) string {
	var words []string
	for _, list := range [][]corev1.NodeSelectorRequirement{t.MatchExpressions, t.MatchFields} {
		for _, e := range list {
			words = append(words, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Key, e.Operator, strings.Join(e.Values, ", "))))
		}
	}
	return strings.Join(words, " and ")
}

func podTerms(terms []corev1.PodAffinityTerm) []string {
	var words []string
	for i := range terms {
		var labels []string
		if s := terms[i].LabelSelector; s != nil {
			for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
				labels = append(labels, key+"="+s.MatchLabels[key])
			}
			for _, e := range s.MatchExpressions {
				labels = append(labels, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Key, e.Operator, strings.Join(e.Values, ", "))))
			}
		}
		words = append(words, strings.Join(labels, " and ")+" by "+terms[i].TopologyKey)
	}
	return words
}
