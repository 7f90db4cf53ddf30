// Package selectors knows what selects pods by their labels in a namespace: the Services that send them traffic, the controllers that adopt them, the
// NetworkPolicies and the PodDisruptionBudgets. It reads them once ([Read]); what it says of labels after that is pure.
package selectors

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Namespace is what selects pods in one namespace. The zero value is one of which nothing is known.
type Namespace struct {
	Services          []Service
	Controllers       []Selecting // what adopts pods: ReplicaSets, StatefulSets, DaemonSets, Jobs, ReplicationControllers
	NetworkPolicies   []NetworkPolicy
	DisruptionBudgets []Budget
	Unread            []string // the kinds that could not be read, as most may not: "Services"
	Incomplete        []string // the kinds of which not all were read, for there are very many
}

// The kinds that are read, as sentences name them. Controllers are named by theirs: "ReplicaSets".
const (
	Services = "Services"
	Policies = "NetworkPolicies"
	Budgets  = "PodDisruptionBudgets"
)

// Selecting is something that selects pods by their labels.
type Selecting struct {
	Kind, Name string
	Selector   labels.Selector // nil: it could not be understood, and may select any pod
}

func (s Selecting) String() string { return kube.Sanitize(s.Kind + " " + s.Name) }

// Selects reports whether a pod with these labels is selected.
func (s Selecting) Selects(set map[string]string) bool {
	return s.Selector != nil && s.Selector.Matches(labels.Set(set))
}

// Needs are the keys of the labels that a pod has to have for a selector, in order: without any one of them it is not selected.
func Needs(s labels.Selector) []string { return keys(s, includes) }

// Excludes are the keys of the labels that a pod must not have for a selector, or not with certain values, in order.
func Excludes(s labels.Selector) []string { return keys(s, excludes) }

// keys are those that a selector asks for in a way, in order.
func keys(s labels.Selector, way func(selection.Operator) bool) []string {
	if s == nil {
		return nil
	}
	var found []string
	requirements, _ := s.Requirements()
	for _, r := range requirements {
		if way(r.Operator()) {
			found = append(found, r.Key())
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// includes and excludes are the ways to ask for a label: that it is there, perhaps with certain values, or that it is not.
func includes(o selection.Operator) bool { return !excludes(o) }
func excludes(o selection.Operator) bool {
	return o == selection.NotIn || o == selection.NotEquals || o == selection.DoesNotExist
}

// Service sends traffic to the pods that it selects.
type Service struct {
	Selecting
	Ports    []string // "http 80", "53/UDP"
	NotReady bool     // also to those that are not ready
}

// NetworkPolicy limits the traffic of the pods that it selects.
type NetworkPolicy struct {
	Selecting
	In, Out Direction
	Unclear bool // a selector in its rules could not be understood
}

// Direction is what a policy says of one direction of traffic.
type Direction struct {
	Limits bool // only what rules allow gets through
	Rules  []Rule
}

// Rule allows traffic from or to some peers.
type Rule struct {
	Everybody bool              // whoever the peer is
	AnyPort   bool              // on all ports
	Peers     []labels.Selector // of pods in the pod's own namespace
}

// Allows reports whether a rule allows traffic with a pod that has these labels.
func (r *Rule) Allows(set map[string]string) bool {
	return r.Everybody || slices.ContainsFunc(r.Peers, func(s labels.Selector) bool { return s.Matches(labels.Set(set)) })
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Selecting
	Allowed int32 // how many of its pods may be evicted now
	Pods    int32 // that it counts; 0: not known
	Healthy int32 // how many of these have to be ready
	All     bool  // it wants all of them to be, however many there are
}

// Spare is how many pods more it takes for the budget to let one go when all are ready: 0 if it does so with those that there are.
func (b *Budget) Spare() int32 {
	if b.Pods == 0 {
		return 0
	}
	return max(0, b.Healthy+1-b.Pods)
}
