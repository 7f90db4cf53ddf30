package selectors

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Unknown are the kinds of which not all were read.
func (n Namespace) Unknown() []string {
	kinds := []string{Services, "DaemonSets", "Jobs", "ReplicaSets", "ReplicationControllers", "StatefulSets", Policies, Budgets}
	return slices.DeleteFunc(kinds, func(kind string) bool {
		return !slices.Contains(n.Unread, kind) && !slices.Contains(n.Incomplete, kind)
	})
}

// Budgets are the PodDisruptionBudgets that select a pod, in words: what they allow counts when the pod is evicted, so that another takes its place.
func (n Namespace) Budgets(pod *corev1.Pod) []string {
	var words []string
	for _, b := range n.DisruptionBudgets {
		switch {
		case b.Selector == nil:
			words = append(words, b.String()+" has a selector that could not be understood: it may select the pod")
		case !b.Selects(pod.Labels):
		case b.Allowed <= 0:
			words = append(words, b.String()+" allows no disruption now")
		case b.Allowed == 1:
			words = append(words, b.String()+" allows 1 disruption now")
		default:
			words = append(words, fmt.Sprintf("%s allows %d disruptions now", b, b.Allowed))
		}
	}
	if slices.Contains(n.Unread, Budgets) {
		words = append(words, Budgets+" could not be read: one may forbid to evict the pod")
	}
	return words
}

// Needed tells for each label of a pod who needs it, in words: "Service web". A label that nobody needs is absent.
func (n Namespace) Needed(pod *corev1.Pod) map[string][]string {
	needed := map[string][]string{}
	add := func(who Selecting, s labels.Selector) {
		if s == nil || !s.Matches(labels.Set(pod.Labels)) {
			return
		}
		for _, key := range Needs(s) {
			if words := who.String(); !slices.Contains(needed[key], words) {
				needed[key] = append(needed[key], words)
			}
		}
	}
	for _, s := range n.Services {
		add(s.Selecting, s.Selector)
	}
	for _, s := range n.Controllers {
		add(s, s.Selector)
	}
	for _, p := range n.NetworkPolicies {
		add(p.Selecting, p.Selector)
		for _, r := range slices.Concat(p.In.Rules, p.Out.Rules) {
			for _, peer := range r.Peers {
				add(p.Selecting, peer)
			}
		}
	}
	for _, b := range n.DisruptionBudgets {
		add(b.Selecting, b.Selector)
	}
	return needed
}
