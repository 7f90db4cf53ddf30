package quarantine

import (
	"maps"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// without is a set of labels that lacks some keys.
func without(set map[string]string, keys []string) map[string]string {
	after := maps.Clone(set)
	for _, key := range keys {
		delete(after, key)
	}
	return after
}

// newly reports whether something selects labels that did not before.
func newly(one selectors.Selecting, before, after map[string]string) bool {
	return one.Selects(after) && !one.Selects(before)
}

// serviceName names a Service with its ports.
func serviceName(s selectors.Service) string {
	switch len(s.Ports) {
	case 0:
		return s.String()
	case 1:
		return s.String() + " (port " + s.Ports[0] + ")"
	}
	return s.String() + " (ports " + kube.List(s.Ports) + ")"
}

// clean makes texts safe to draw: names in them are whatever somebody has written.
func clean(found []selectors.Effect) []selectors.Effect {
	for i := range found {
		found[i].Text = kube.Sanitize(found[i].Text)
	}
	return found
}

// adoptsName reports whether a controller adopts pods of a name: a StatefulSet only those that are called as its own.
func adoptsName(c selectors.Selecting, pod string) bool {
	return c.Kind != "StatefulSet" || strings.HasPrefix(pod, c.Name+"-")
}

// changed is what a change of labels means to policies and budgets.
func changed(around selectors.Namespace, before, after map[string]string, hostNetwork bool) []selectors.Effect {
	var found []selectors.Effect
	for i := range around.NetworkPolicies {
		p := &around.NetworkPolicies[i]
		if hostNetwork { // for which they do not count
			break
		}
		switch was, is := p.Selects(before), p.Selects(after); {
		case p.Selector == nil:
			found = append(found, selectors.Effect{Warns: true, Text: p.String() + " has a selector that could not be understood: other traffic may get through"})
		case was && !is:
			found = append(found, selectors.Effect{Warns: true, Text: p.String() + " does not apply to it any more: other traffic gets through"})
		case is && !was:
			found = append(found, selectors.Effect{Warns: true, Text: p.String() + " applies to it from then on: less traffic may get through"})
		}
		for _, text := range unadmitted(p, before, after) {
			found = append(found, selectors.Effect{Warns: true, Text: p.String() + text})
		}
	}
	for _, b := range around.DisruptionBudgets {
		switch was, is := b.Selects(before), b.Selects(after); {
		case was && !is:
			found = append(found, selectors.Effect{Text: b.String() + " does not count it any more"})
		case is && !was:
			found = append(found, selectors.Effect{Text: b.String() + " counts it from then on"})
		}
	}
	return found
}

// unadmitted tells of the traffic with pods of a policy that its rules allow with some labels, and not with others.
func unadmitted(p *selectors.NetworkPolicy, before, after map[string]string) []string {
	loses := func(d *selectors.Direction) bool {
		return d.Limits && !slices.ContainsFunc(d.Rules, func(r selectors.Rule) bool { return r.AnyPort && r.Allows(after) }) &&
			slices.ContainsFunc(d.Rules, func(r selectors.Rule) bool { return r.Allows(before) && !r.Allows(after) })
	}
	var found []string
	if loses(&p.In) {
		found = append(found, " does not let it connect to its pods any more")
	}
	if loses(&p.Out) {
		found = append(found, " does not let its pods connect to it any more")
	}
	return found
}
