package selectors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
)

// named is what is read of the metadata of an object.
type named struct {
	Name              string
	DeletionTimestamp *metav1.Time
}

// set reads a selector that is plain labels. Without any it selects nothing.
func set(spec json.RawMessage) labels.Selector {
	var wanted map[string]string
	switch {
	case len(spec) > 0 && json.Unmarshal(spec, &wanted) != nil:
		return nil
	case len(wanted) == 0:
		return labels.Nothing()
	}
	return labels.SelectorFromSet(wanted)
}

// expression reads a selector that may have expressions. One that is absent selects nothing, and an empty one everything.
func expression(spec json.RawMessage) labels.Selector {
	if absent(spec) {
		return labels.Nothing()
	}
	var wanted metav1.LabelSelector
	if json.Unmarshal(spec, &wanted) != nil {
		return nil
	}
	selector, err := metav1.LabelSelectorAsSelector(&wanted)
	if err != nil {
		return nil
	}
	return selector
}

func absent(spec json.RawMessage) bool { return len(spec) == 0 || bytes.Equal(spec, []byte("null")) }

func (r *reader) services(ctx context.Context) {
	type object struct {
		Metadata named
		Spec     struct {
			Type                     corev1.ServiceType
			Selector                 json.RawMessage
			PublishNotReadyAddresses bool
			Ports                    []struct {
				Name, Protocol string
				Port           int32
			}
		}
	}
	var found []Service
	for _, o := range listOf[object](ctx, r, Services, "/api/v1/services") {
		s := Service{Selecting: Selecting{"Service", kube.Sanitize(o.Metadata.Name), set(o.Spec.Selector)}, NotReady: o.Spec.PublishNotReadyAddresses}
		if o.Spec.Type == corev1.ServiceTypeExternalName { // which has no endpoints, whatever it selects
			s.Selector = labels.Nothing()
		}
		for _, p := range o.Spec.Ports {
			words := fmt.Sprint(p.Port)
			if p.Name != "" {
				words = p.Name + " " + words
			}
			if p.Protocol != "" && p.Protocol != string(corev1.ProtocolTCP) {
				words += "/" + p.Protocol
			}
			s.Ports = append(s.Ports, kube.Sanitize(words))
		}
		found = append(found, s)
	}
	r.put(func(n *Namespace) { n.Services = found })
}

func (r *reader) controllers(ctx context.Context, kind string) {
	type object struct {
		Metadata named
		Spec     struct{ Selector json.RawMessage }
		Status   struct {
			Conditions []struct{ Type, Status string } // of a Job
		}
	}
	var found []Selecting
	for _, o := range listOf[object](ctx, r, kind+"s", controllers()[kind]) {
		over := o.Metadata.DeletionTimestamp != nil || kind == "Job" && slices.ContainsFunc(o.Status.Conditions, func(c struct{ Type, Status string }) bool {
			return (c.Type == "Complete" || c.Type == "Failed") && c.Status == string(metav1.ConditionTrue)
		})
		if over { // it adopts nothing any more
			continue
		}
		one := Selecting{Kind: kind, Name: kube.Sanitize(o.Metadata.Name)}
		if kind == "ReplicationController" {
			one.Selector = set(o.Spec.Selector)
		} else if one.Selector = expression(o.Spec.Selector); one.Selector != nil && one.Selector.Empty() {
			one.Selector = labels.Nothing() // the API server lets none through
		}
		found = append(found, one)
	}
	r.put(func(n *Namespace) { n.Controllers = append(n.Controllers, found...) })
}

func (r *reader) budgets(ctx context.Context) {
	type object struct {
		Metadata named
		Spec     struct {
			Selector                     json.RawMessage
			MinAvailable, MaxUnavailable json.RawMessage
		}
		Status struct{ DisruptionsAllowed, ExpectedPods, DesiredHealthy int32 }
	}
	var found []Budget
	for _, o := range listOf[object](ctx, r, Budgets, "/apis/policy/v1/poddisruptionbudgets") {
		found = append(found, Budget{
			Selecting: Selecting{"PodDisruptionBudget", kube.Sanitize(o.Metadata.Name), expression(o.Spec.Selector)}, Allowed: o.Status.DisruptionsAllowed,
			Pods: o.Status.ExpectedPods, Healthy: o.Status.DesiredHealthy,
			All: !absent(o.Spec.MaxUnavailable) || string(o.Spec.MinAvailable) == `"100%"`,
		})
	}
	r.put(func(n *Namespace) { n.DisruptionBudgets = found })
}

// peerObject is whom a rule of a policy is about; ruleObject has From when it is of traffic that comes in, otherwise To.
type (
	peerObject struct{ PodSelector, NamespaceSelector, IPBlock json.RawMessage }
	ruleObject struct {
		From, To []peerObject
		Ports    []json.RawMessage
	}
)

func (r *reader) policies(ctx context.Context) {
	type object struct {
		Metadata named
		Spec     struct {
			PodSelector     json.RawMessage
			PolicyTypes     []string
			Ingress, Egress []ruleObject
		}
	}
	var found []NetworkPolicy
	for _, o := range listOf[object](ctx, r, Policies, "/apis/networking.k8s.io/v1/networkpolicies") {
		p := NetworkPolicy{Selecting: Selecting{Kind: "NetworkPolicy", Name: kube.Sanitize(o.Metadata.Name), Selector: labels.Everything()}}
		if !absent(o.Spec.PodSelector) {
			p.Selector = expression(o.Spec.PodSelector)
		}
		// What types it has when it does not say so: https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
		p.In.Limits = len(o.Spec.PolicyTypes) == 0 || slices.Contains(o.Spec.PolicyTypes, "Ingress")
		p.Out.Limits = len(o.Spec.PolicyTypes) == 0 && len(o.Spec.Egress) > 0 || slices.Contains(o.Spec.PolicyTypes, "Egress")
		for _, rule := range o.Spec.Ingress {
			p.In.add(&rule, r.namespace, &p.Unclear)
		}
		for _, rule := range o.Spec.Egress {
			p.Out.add(&rule, r.namespace, &p.Unclear)
		}
		found = append(found, p)
	}
	r.put(func(n *Namespace) { n.NetworkPolicies = found })
}

// add reads a rule; what it says of pods in other namespaces and of addresses is left out.
func (d *Direction) add(from *ruleObject, namespace string, unclear *bool) {
	peers := slices.Concat(from.From, from.To)
	rule := Rule{Everybody: len(peers) == 0, AnyPort: len(from.Ports) == 0}
	for _, peer := range peers {
		if !absent(peer.IPBlock) {
			continue
		}
		here, pods := labels.Everything(), labels.Everything()
		if !absent(peer.NamespaceSelector) {
			here = expression(peer.NamespaceSelector)
		}
		if !absent(peer.PodSelector) {
			pods = expression(peer.PodSelector)
		}
		switch {
		case here == nil || pods == nil:
			*unclear = true
		case mayInclude(here, namespace):
			rule.Peers = append(rule.Peers, pods)
		}
	}
	d.Rules = append(d.Rules, rule)
}

// mayInclude reports whether a selector of namespaces may include one. Of its labels only the one that every namespace has is known.
func mayInclude(s labels.Selector, namespace string) bool {
	requirements, selectable := s.Requirements()
	if !selectable {
		return false
	}
	for _, r := range requirements {
		if r.Key() == corev1.LabelMetadataName && !r.Matches(labels.Set{corev1.LabelMetadataName: namespace}) {
			return false
		}
	}
	return true
}
