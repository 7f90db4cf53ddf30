package podcopy_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

func TestCheckPolicies(t *testing.T) {
	everything := []selectors.Rule{{Everybody: true, AnyPort: true}}
	deny, allow := selectors.Direction{Limits: true}, selectors.Direction{Limits: true, Rules: everything}
	none := selectors.Direction{}
	policy := func(name, selector string, in, out selectors.Direction) selectors.NetworkPolicy {
		return selectors.NetworkPolicy{Selecting: selecting(t, "NetworkPolicy", name, selector), In: in, Out: out}
	}
	pod := labelled("app=web", "tier=front")
	host := pod.DeepCopy()
	host.Spec.HostNetwork, host.Spec.NodeName = true, ""
	web := selectors.Service{Selecting: selecting(t, "Service", "web", "app=web")}
	set := selecting(t, "ReplicaSet", "web-7d", "app=web")
	const opened = "tells: NetworkPolicy a does not apply to the copy: all its "
	const cut = "warns: NetworkPolicy a does not apply to the copy, but others do: the "
	unclear := policy("a", "", allow, allow)
	unclear.Unclear = true
	for name, tt := range map[string]struct {
		pod      *corev1.Pod
		choices  podcopy.Choices
		policies []selectors.NetworkPolicy
		want     []string
	}{
		"kept":          {pod, keeping("app"), []selectors.NetworkPolicy{policy("a", "app=web", deny, deny)}, nil},
		"of others":     {pod, keeping(), []selectors.NetworkPolicy{policy("a", "app=api", deny, deny)}, nil},
		"of all":        {pod, keeping(), []selectors.NetworkPolicy{policy("a", "", deny, deny)}, nil},
		"of none":       {pod, keeping(), []selectors.NetworkPolicy{policy("a", "none", deny, deny)}, nil},
		"host network":  {host, keeping(), []selectors.NetworkPolicy{policy("a", "app=web", deny, deny)}, nil},
		"says nothing":  {pod, keeping(), []selectors.NetworkPolicy{policy("a", "app=web", none, none)}, nil},
		"less isolated": {pod, keeping(), []selectors.NetworkPolicy{policy("a", "app=web", deny, none)}, []string{opened + "incoming traffic is allowed, unlike the pod's; the copy lacks label app [keep label app]"}},
		"outwards":      {pod, keeping(), []selectors.NetworkPolicy{policy("a", "app=web", none, allow)}, []string{opened + "outgoing traffic is allowed, unlike the pod's; the copy lacks label app [keep label app]"}},
		"both ways": {pod, keeping("other"), []selectors.NetworkPolicy{policy("a", "app=web,tier", deny, deny)}, []string{
			opened + "traffic is allowed, unlike the pod's; the copy lacks labels app and tier [keep labels app and tier]",
		}},
		"one label is kept": {pod, keeping("app"), []selectors.NetworkPolicy{policy("a", "app=web,tier", deny, deny)}, []string{
			opened + "traffic is allowed, unlike the pod's; the copy lacks label tier [keep label tier]",
		}},
		"denied by others": {pod, keeping(), []selectors.NetworkPolicy{policy("deny-all", "", deny, deny), policy("a", "app=web", allow, none)}, []string{
			cut + "incoming traffic that a allows does not get through; the copy lacks label app [keep label app]",
		}},
		"denied outwards": {pod, keeping(), []selectors.NetworkPolicy{policy("deny-all", "", deny, deny), policy("a", "app=web", none, allow)}, []string{
			cut + "outgoing traffic that a allows does not get through; the copy lacks label app [keep label app]",
		}},
		"denied both ways": {pod, keeping(), []selectors.NetworkPolicy{policy("deny-all", "", deny, deny), policy("a", "app=web", allow, allow)}, []string{
			cut + "traffic that a allows does not get through; the copy lacks label app [keep label app]",
		}},
		"denied by both":    {pod, keeping(), []selectors.NetworkPolicy{policy("deny-all", "", deny, deny), policy("a", "app=web", deny, deny)}, nil},
		"denied one way":    {pod, keeping(), []selectors.NetworkPolicy{policy("deny-all", "", deny, none), policy("a", "app=web", deny, allow)}, []string{opened + "outgoing traffic is allowed, unlike the pod's; the copy lacks label app [keep label app]"}},
		"of copies only":    {pod, keeping(), []selectors.NetworkPolicy{policy("a", "app notin (web),!debug", deny, none)}, []string{"warns: NetworkPolicy a limits the traffic of the copy, but not that of the pod; the copy lacks label app [keep label app]"}},
		"not understood":    {pod, keeping(), []selectors.NetworkPolicy{policy("a", "?", deny, deny)}, []string{"tells: what NetworkPolicy a selects could not be understood: other traffic may get through to the copy than to the pod"}},
		"rules not clear":   {pod, keeping(), []selectors.NetworkPolicy{unclear}, []string{"tells: what NetworkPolicy a selects could not be understood: other traffic may get through to the copy than to the pod"}},
		"not clear, as pod": {pod, keeping(podcopy.All), []selectors.NetworkPolicy{unclear}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, tt.pod, tt.choices, podcopy.Environment{Namespace: selectors.Namespace{NetworkPolicies: tt.policies}}, tt.want...)
		})
	}
	t.Run("a Service and a controller select the label, too", func(t *testing.T) {
		around := podcopy.Environment{
			Namespace: selectors.Namespace{
				NetworkPolicies: []selectors.NetworkPolicy{policy("a", "app=web", deny, none)},
				Services:        []selectors.Service{web},
				Controllers:     []selectors.Selecting{set},
			},
		}
		wantFindings(t, pod, keeping(), around, opened+"incoming traffic is allowed, unlike the pod's; the copy lacks label app, with which Service web and ReplicaSet web-7d would select it")
	})
	t.Run("a Service selects the copy anyway", func(t *testing.T) {
		around := podcopy.Environment{Namespace: selectors.Namespace{NetworkPolicies: []selectors.NetworkPolicy{policy("a", "tier=front", deny, none)}, Services: []selectors.Service{web}}}
		wantFindings(t, pod, keeping("app"), around, "warns: Service web sends the copy traffic as soon as it is ready [leave out label app]",
			opened+"incoming traffic is allowed, unlike the pod's; the copy lacks label tier [keep label tier]")
	})
	t.Run("a Service selects the pod by another label", func(t *testing.T) {
		around := podcopy.Environment{Namespace: selectors.Namespace{NetworkPolicies: []selectors.NetworkPolicy{policy("a", "tier=front", deny, none)}, Services: []selectors.Service{web}}}
		wantFindings(t, pod, keeping(), around, opened+"incoming traffic is allowed, unlike the pod's; the copy lacks label tier [keep label tier]")
	})
}

func TestCheckPeers(t *testing.T) {
	pod := labelled("app=web", "tier=front")
	host := pod.DeepCopy()
	host.Spec.HostNetwork, host.Spec.NodeName = true, ""
	rule := func(anyPort bool, peers ...string) selectors.Rule {
		r := selectors.Rule{AnyPort: anyPort}
		for _, peer := range peers {
			r.Peers = append(r.Peers, parsed(t, peer))
		}
		return r
	}
	limits := func(rules ...selectors.Rule) selectors.Direction {
		return selectors.Direction{Limits: true, Rules: rules}
	}
	policy := func(name string, in, out selectors.Direction) selectors.NetworkPolicy {
		return selectors.NetworkPolicy{Selecting: selecting(t, "NetworkPolicy", name, "app=db"), In: in, Out: out}
	}
	none := selectors.Direction{}
	const lets = "warns: NetworkPolicy db lets the pod connect to the pods that it selects, but not the copy; the copy lacks label app [keep label app]"
	for name, tt := range map[string]struct {
		pod      *corev1.Pod
		choices  podcopy.Choices
		policies []selectors.NetworkPolicy
		want     []string
	}{
		"by label":         {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false, "app=api", "app=web")), none)}, []string{lets}},
		"label kept":       {pod, keeping("app"), []selectors.NetworkPolicy{policy("db", limits(rule(false, "app=web")), none)}, nil},
		"others":           {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false, "app=api")), none)}, nil},
		"all pods":         {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false, "")), none)}, nil},
		"everybody":        {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(selectors.Rule{Everybody: true}), none)}, nil},
		"everybody, too":   {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false, "app=web"), rule(true, "")), none)}, nil},
		"on other ports":   {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false, "app=web"), rule(false, "")), none)}, []string{lets}},
		"not in force":     {pod, keeping(), []selectors.NetworkPolicy{policy("db", selectors.Direction{Rules: []selectors.Rule{rule(true, "app=web")}}, none)}, nil},
		"host network":     {host, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false, "app=web")), none)}, nil},
		"no peers in here": {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(false)), none)}, nil},
		"to the pod": {pod, keeping(), []selectors.NetworkPolicy{policy("db", none, limits(rule(true, "app=web")))}, []string{
			"warns: NetworkPolicy db lets the pods that it selects connect to the pod, but not to the copy; the copy lacks label app [keep label app]",
		}},
		"several": {pod, keeping(), []selectors.NetworkPolicy{policy("db", limits(rule(true, "app=web")), none), policy("cache", limits(rule(true, "tier")), none)}, []string{
			"warns: NetworkPolicies db and cache let the pod connect to the pods that they select, but not the copy; the copy lacks labels app and tier [keep labels app and tier]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, tt.pod, tt.choices, podcopy.Environment{Namespace: selectors.Namespace{NetworkPolicies: tt.policies}}, tt.want...)
		})
	}
	nothing := podcopy.Environment{Namespace: selectors.Namespace{NetworkPolicies: []selectors.NetworkPolicy{policy("db", limits(selectors.Rule{Peers: []labels.Selector{labels.Nothing()}}), none)}}}
	wantFindings(t, pod, keeping(), nothing)
}
