package replacement

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Surplus is a pod that its controller deletes, for it has more than it wants. Its texts are safe to draw.
type Surplus struct {
	Name string
	UID  types.UID
	Why  string // it, and not one that stays: "it is not ready"; empty: for nothing that a person would look for
	Sure bool   // that does not depend on the time, or on pods that are not known here
}

// SurplusOf are those of the pods that a ReplicaSet deletes if they are more than it wants, by the order in which its controller picks them.
func SurplusOf(pods []corev1.Pod, wanted int32, now time.Time) []Surplus {
	active := slices.DeleteFunc(slices.Clone(pods), func(p corev1.Pod) bool { return !Active(&p) })
	excess := len(active) - int(max(wanted, 0))
	if excess <= 0 {
		return nil
	}
	crowd := map[string]int{}
	for i := range active {
		crowd[active[i].Spec.NodeName]++
	}
	rules := rulesOf(crowd, now)
	slices.SortFunc(active, func(a, b corev1.Pod) int {
		order, _ := compare(rules, &a, &b)
		return order
	})
	var found []Surplus
	for i := range active[:excess] {
		one := Surplus{Name: kube.Sanitize(active[i].Name), UID: active[i].UID, Sure: true}
		if excess < len(active) { // else all go, and there is nothing to compare with
			_, by := compare(rules, &active[i], &active[excess])
			one.Why, one.Sure = by.why, by.sure
		}
		found = append(found, one)
	}
	return found
}

// YoungestOf are those of the pods of one node that a DaemonSet deletes: all but the oldest.
func YoungestOf(pods []corev1.Pod) []Surplus {
	active := slices.DeleteFunc(slices.Clone(pods), func(p corev1.Pod) bool { return !Active(&p) })
	slices.SortFunc(active, func(a, b corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	var found []Surplus
	for i := range active[min(1, len(active)):] {
		found = append(found, Surplus{Name: kube.Sanitize(active[i+1].Name), UID: active[i+1].UID, Why: "it is younger"})
	}
	return found
}

// Says is what happens to the pod, called as a sentence calls it: "this one is deleted, for it is not ready".
func (s *Surplus) Says(name string) string {
	text := name + " is deleted"
	if !s.Sure {
		text = "most likely " + text
	}
	if s.Why != "" {
		text += ", for " + s.Why
	}
	return text
}

// Active reports whether a pod counts as one that its controller has.
func Active(p *corev1.Pod) bool {
	return p.DeletionTimestamp == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed
}

// rule is what one of two pods is deleted before the other for: order is less than zero if it is the first.
type rule struct {
	order func(a, b *corev1.Pod) int
	why   string // the first is
	sure  bool
}

// rulesOf are those of ActivePodsWithRanks, the most important first. Crowd is how many of the pods there are on each node.
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/controller_utils.go
func rulesOf(crowd map[string]int, now time.Time) []rule {
	lot := func(a, b *corev1.Pod) int { return cmp.Compare(a.UID, b.UID) }
	younger := func(since func(*corev1.Pod) metav1.Time) func(a, b *corev1.Pod) int {
		return func(a, b *corev1.Pod) int { return cmp.Compare(magnitude(since(a), now), magnitude(since(b), now)) }
	}
	return []rule{
		{func(a, b *corev1.Pod) int { return last(a.Spec.NodeName != "", b.Spec.NodeName != "") }, "it has no node", true},
		{func(a, b *corev1.Pod) int { return cmp.Compare(stage(a), stage(b)) }, "it has not started", true},
		{func(a, b *corev1.Pod) int { return last(Ready(a), Ready(b)) }, "it is not ready", true},
		{func(a, b *corev1.Pod) int { return cmp.Compare(deletionCost(a), deletionCost(b)) }, "its pod-deletion-cost is lower", true},
		{func(a, b *corev1.Pod) int { return cmp.Compare(crowd[b.Spec.NodeName], crowd[a.Spec.NodeName]) }, "more of them are on its node", false},
		{younger(readySince), "it became ready later", false},
		{func(a, b *corev1.Pod) int {
			if s, t := readySince(a), readySince(b); s.Equal(&t) {
				return 0
			}
			return lot(a, b)
		}, "", false},
		{func(a, b *corev1.Pod) int { return cmp.Compare(restarts(b), restarts(a)) }, "it has restarted more often", false},
		{younger(created), "it is younger", false},
		{lot, "", false},
	}
}

// compare is the order of two pods, and the rule that has decided it.
func compare(rules []rule, a, b *corev1.Pod) (int, rule) {
	for _, r := range rules {
		if order := r.order(a, b); order != 0 {
			return order, r
		}
	}
	return 0, rule{}
}

// last puts what is behind what is not.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func stage(p *corev1.Pod) int {
	return slices.Index([]corev1.PodPhase{corev1.PodPending, corev1.PodUnknown, corev1.PodRunning}, p.Status.Phase)
}

// Ready reports whether a pod is ready.
func Ready(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue })
}

// readySince is since when a pod is ready; zero: it is not, or nobody says.
func readySince(p *corev1.Pod) metav1.Time {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			return c.LastTransitionTime
		}
	}
	return metav1.Time{}
}

func created(p *corev1.Pod) metav1.Time { return p.CreationTimestamp }

func deletionCost(p *corev1.Pod) int64 {
	cost, err := strconv.ParseInt(p.Annotations[corev1.PodDeletionCost], 10, 32)
	if err != nil {
		return 0
	}
	return cost
}

func restarts(p *corev1.Pod) (most int32) {
	for i := range p.Status.ContainerStatuses {
		most = max(most, p.Status.ContainerStatuses[i].RestartCount)
	}
	return most
}

// magnitude is how long ago a time is, in powers of two: of what is of about the same age the controller takes any.
func magnitude(t metav1.Time, now time.Time) int {
	ago := now.Sub(t.Time)
	if t.IsZero() || ago <= 0 {
		return -1
	}
	return int(math.Log2(float64(ago)))
}
