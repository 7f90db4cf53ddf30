package podcopy

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Environment is what there is around a pod that a copy of it could disturb, or needs. The zero value is one of which nothing is known.
type Environment struct {
	Services          []Service
	Controllers       []Selecting // what adopts pods: ReplicaSets, StatefulSets, DaemonSets, Jobs, ReplicationControllers
	NetworkPolicies   []NetworkPolicy
	DisruptionBudgets []Budget
	Claims            map[string]Claim // the pod's PersistentVolumeClaims, by name; without those of which nothing is known
	Node              *Node            // that the pod is on, or has to be on; nil: not known
	NoServiceAccount  bool             // the pod's service account does not exist
	Unread            []string         // the kinds that could not be read, as most may not: "Services"
	Incomplete        []string         // the kinds of which not all were read, for there are very many
}

// The kinds that are read, as sentences name them.
const (
	kindServices = "Services"
	kindPolicies = "NetworkPolicies"
	kindBudgets  = "PodDisruptionBudgets"
	kindClaims   = "PersistentVolumeClaims"
	kindNodes    = "Nodes"
	kindPods     = "Pods" // of the node
	kindAccounts = "ServiceAccounts"
)

// Selecting is something that selects pods by their labels.
type Selecting struct {
	Kind, Name string
	Selector   labels.Selector // nil: it could not be understood, and may select any pod
}

func (s Selecting) String() string { return kube.Sanitize(s.Kind + " " + s.Name) }

func (s Selecting) selects(set map[string]string) bool {
	return s.Selector != nil && s.Selector.Matches(labels.Set(set))
}

// needs are the keys of the labels that a pod has to have for a selector, in order: without any one of them it is not selected.
func needs(s labels.Selector) []string { return keys(s, includes) }

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

// allows reports whether a rule allows traffic with a pod that has these labels.
func (r *Rule) allows(set map[string]string) bool {
	return r.Everybody || slices.ContainsFunc(r.Peers, func(s labels.Selector) bool { return s.Matches(labels.Set(set)) })
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Selecting
	Allowed int32 // how many of its pods may be evicted now
}

// Claim is a PersistentVolumeClaim of the pod.
type Claim struct {
	Missing bool // there is none of its name
	Deleted bool // it is being deleted
	Lost    bool // its volume is gone
	Volume  string
	Modes   []corev1.PersistentVolumeAccessMode
}

// Node is the pod's node, and how much of it is requested.
type Node struct {
	kube.Node
	Missing     bool // there is none of its name
	Cordoned    bool
	Taints      []corev1.Taint
	Allocatable corev1.ResourceList
	Counted     bool                // Requested and Pods are known
	Requested   corev1.ResourceList // by all pods on it that have not ended
	Pods        int64               // that have not ended
}

// unknownSelectors are the kinds that select pods, and of which not all were read.
func (e Environment) unknownSelectors() []string {
	kinds := []string{kindServices, "DaemonSets", "Jobs", "ReplicaSets", "ReplicationControllers", "StatefulSets", kindPolicies, kindBudgets}
	return slices.DeleteFunc(kinds, func(kind string) bool {
		return !slices.Contains(e.Unread, kind) && !slices.Contains(e.Incomplete, kind)
	})
}

// Budgets are the PodDisruptionBudgets that select a pod, in words: what they allow counts when the pod is evicted, so that another takes its place.
func (e Environment) Budgets(pod *corev1.Pod) []string {
	var words []string
	for _, b := range e.DisruptionBudgets {
		switch {
		case b.Selector == nil:
			words = append(words, b.String()+" has a selector that could not be understood: it may select the pod")
		case !b.selects(pod.Labels):
		case b.Allowed <= 0:
			words = append(words, b.String()+" allows no disruption now")
		case b.Allowed == 1:
			words = append(words, b.String()+" allows 1 disruption now")
		default:
			words = append(words, fmt.Sprintf("%s allows %d disruptions now", b, b.Allowed))
		}
	}
	if slices.Contains(e.Unread, kindBudgets) {
		words = append(words, kindBudgets+" could not be read: one may forbid to evict the pod")
	}
	return words
}

// Needed tells for each label of a pod who needs it, in words: "Service web". A label that nobody needs is absent.
func Needed(original *corev1.Pod, e Environment) map[string][]string {
	needed := map[string][]string{}
	add := func(who Selecting, s labels.Selector) {
		if s == nil || !s.Matches(labels.Set(original.Labels)) {
			return
		}
		for _, key := range needs(s) {
			if words := who.String(); !slices.Contains(needed[key], words) {
				needed[key] = append(needed[key], words)
			}
		}
	}
	for _, s := range e.Services {
		add(s.Selecting, s.Selector)
	}
	for _, s := range e.Controllers {
		add(s, s.Selector)
	}
	for _, p := range e.NetworkPolicies {
		add(p.Selecting, p.Selector)
		for _, r := range slices.Concat(p.In.Rules, p.Out.Rules) {
			for _, peer := range r.Peers {
				add(p.Selecting, peer)
			}
		}
	}
	for _, b := range e.DisruptionBudgets {
		add(b.Selecting, b.Selector)
	}
	return needed
}
