package quarantine

import (
	"math/bits"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// outing is a pod that is about to go out of its Services.
type outing struct {
	facts         Facts
	services      []selectors.Service // that select it
	adopts        labels.Selector     // its controller's; nil: it has none, or that is not known
	before, after map[string]string
}

// mostKeys bounds how many labels are tried in all combinations. Selectors of Services have one or two.
const mostKeys = 12

// keys are the labels to remove, in order: as few of those that the Services need as do, and without leave none that the controller needs, if that is
// possible. Of those that do, it takes the ones that change the least for policies and budgets.
func (o *outing) keys(leave bool) []string {
	var lose []labels.Selector
	for _, s := range o.services {
		lose = append(lose, s.Selector)
	}
	if leave && o.adopts != nil {
		lose = append(lose, o.adopts)
	}
	var all []string
	for _, s := range lose {
		all = append(all, selectors.Needs(s)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > mostKeys {
		return all // they do for sure
	}
	var best []string
	var least []int
	for set := 1; set < 1<<len(all); set++ {
		var keys []string
		for i, key := range all {
			if set&(1<<i) != 0 {
				keys = append(keys, key)
			}
		}
		after := labels.Set(without(o.before, keys))
		if slices.ContainsFunc(lose, func(s labels.Selector) bool { return s.Matches(after) }) {
			continue
		}
		cost := o.cost(after, bits.OnesCount(uint(set)), leave)
		for _, key := range keys {
			if ofMachine(key) { // which tells the least to people
				cost[len(cost)-1]--
			}
		}
		if c := slices.Compare(cost, least); best == nil || c < 0 {
			best, least = keys, cost
		}
	}
	return best
}

// cost is what is changed besides, the worst first.
func (o *outing) cost(after labels.Set, keys int, leave bool) []int {
	cost := make([]int, 5)
	lost := o.adopts != nil && !o.adopts.Matches(after)
	if lost && !leave {
		cost[0]++
	}
	for _, c := range o.facts.Around.Controllers {
		if newly(c, o.before, after) && (lost || o.facts.Controller == nil) {
			cost[1]++
		}
	}
	for i := range o.facts.Around.NetworkPolicies {
		p := &o.facts.Around.NetworkPolicies[i]
		if p.Selects(o.before) != p.Selects(after) || len(unadmitted(p, o.before, after)) > 0 {
			cost[2]++
		}
	}
	for _, b := range o.facts.Around.DisruptionBudgets {
		if b.Selects(o.before) != b.Selects(after) {
			cost[3]++
		}
	}
	cost[4] = 2 * keys
	return cost
}

// ofMachine reports whether a label is one that a controller tells its own pods by.
func ofMachine(key string) bool {
	switch key {
	case "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name":
		return true
	}
	return strings.HasPrefix(key, "batch.kubernetes.io/") || strings.HasPrefix(key, "statefulset.kubernetes.io/")
}

// choice is what there is to choose about the pod's controller.
func (o *outing) choice() Choice {
	if o.adopts == nil || len(o.services) == 0 {
		return NoChoice
	}
	if !o.adopts.Matches(labels.Set(without(o.before, o.keys(false)))) {
		return MustLeave
	}
	return MayLeave
}
