package podcopy

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// checkPolicies finds the NetworkPolicies that select one of pod and copy only, so that different traffic gets through to the two.
func checkPolicies(s *subject) []Finding {
	if s.original.Spec.HostNetwork { // for which they do not count
		return nil
	}
	var found []Finding
	for i := range s.around.NetworkPolicies {
		p := &s.around.NetworkPolicies[i]
		switch of, ofCopy := p.Selects(s.original.Labels), p.Selects(s.made.Labels); {
		case of && !ofCopy:
			found = append(found, s.unselected(p)...)
		case ofCopy && !of:
			text := p.String() + " limits the traffic of the copy, but not that of the pod"
			found = append(found, s.wanting(Finding{Severity: Warning, Text: text}, selectors.Excludes(p.Selector)))
		}
	}
	return found
}

// unselected tells what it means that a policy selects the pod, and no longer its copy.
func (s *subject) unselected(p *selectors.NetworkPolicy) []Finding {
	in, out := s.changed(p, inward), s.changed(p, outward)
	switch {
	case in == cut || out == cut:
		text := fmt.Sprintf("%s does not apply to the copy, but others do: the %s that %s allows does not get through", p, traffic(in == cut, out == cut), p.Name)
		return []Finding{s.wanting(Finding{Severity: Warning, Text: text}, selectors.Needs(p.Selector))}
	case in == open || out == open:
		text := p.String() + " does not apply to the copy: all its " + traffic(in == open, out == open) + " is allowed, unlike the pod's"
		return []Finding{s.wanting(Finding{Severity: Info, Text: text}, selectors.Needs(p.Selector))}
	}
	return nil
}

func traffic(in, out bool) string {
	switch {
	case !out:
		return "incoming traffic"
	case !in:
		return "outgoing traffic"
	}
	return "traffic"
}

// wanting completes a finding about labels that the copy lacks. It offers to keep them unless that would disturb others, which it tells instead.
func (s *subject) wanting(f Finding, keys []string) Finding {
	lacks := slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		_, ok := s.original.Labels[key]
		return !ok || s.choices.Keeps(key)
	})
	f.Text += "; the copy lacks " + counted("label", lacks)
	if who := s.disturbed(lacks); len(who) > 0 {
		f.Text += ", with which " + kube.List(who) + " would select it"
		return f
	}
	f.Remedies = []Remedy{s.keep(lacks)}
	return f
}

// effect is what becomes of one direction of a pod's traffic when a policy does not select it any more.
type effect int

const (
	same effect = iota
	open        // nothing limits it any more
	cut         // others limit it, and what the policy allows is missing
)

func inward(p *selectors.NetworkPolicy) *selectors.Direction  { return &p.In }
func outward(p *selectors.NetworkPolicy) *selectors.Direction { return &p.Out }

func (s *subject) changed(p *selectors.NetworkPolicy, of func(*selectors.NetworkPolicy) *selectors.Direction) effect {
	if !of(p).Limits {
		return same
	}
	for i := range s.around.NetworkPolicies {
		if other := &s.around.NetworkPolicies[i]; other.Selects(s.made.Labels) && of(other).Limits {
			if len(of(p).Rules) == 0 {
				return same // nothing gets through in either
			}
			return cut
		}
	}
	return open
}

// checkPeers finds the policies of other pods that allow traffic with the pod by its labels, and so not with the copy.
func checkPeers(s *subject) []Finding {
	if s.original.Spec.HostNetwork {
		return nil
	}
	var found []Finding
	for _, direction := range []struct {
		of     func(*selectors.NetworkPolicy) *selectors.Direction
		allows string
	}{
		{inward, "the pod connect to the pods that %s, but not the copy"},
		{outward, "the pods that %s connect to the pod, but not to the copy"},
	} {
		var names, keys []string
		for i := range s.around.NetworkPolicies {
			p := &s.around.NetworkPolicies[i]
			if needed := s.barred(direction.of(p)); len(needed) > 0 {
				names = append(names, p.Name)
				keys = append(keys, needed...)
			}
		}
		if len(names) == 0 {
			continue
		}
		slices.Sort(keys)
		text := verb(names, "NetworkPolicy ", "NetworkPolicies ") + kube.List(names) + verb(names, " lets ", " let ") +
			fmt.Sprintf(direction.allows, verb(names, "it selects", "they select"))
		found = append(found, s.wanting(Finding{Severity: Warning, Text: text}, slices.Compact(keys)))
	}
	return found
}

// barred are the labels that a direction of a policy wants of its peers, where it allows traffic with the pod and not with the copy.
func (s *subject) barred(d *selectors.Direction) []string {
	if !d.Limits || slices.ContainsFunc(d.Rules, func(r selectors.Rule) bool { return r.AnyPort && r.Allows(s.made.Labels) }) {
		return nil
	}
	for i := range d.Rules {
		r := &d.Rules[i]
		if r.Allows(s.made.Labels) || !r.Allows(s.original.Labels) {
			continue
		}
		at := slices.IndexFunc(r.Peers, func(peer labels.Selector) bool { return peer.Matches(labels.Set(s.original.Labels)) })
		return selectors.Needs(r.Peers[at])
	}
	return nil
}
