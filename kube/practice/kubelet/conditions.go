package kubelet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// conditions sets those that the kubelet owns; PodScheduled is the scheduler's, but for pods that came with a node.
func (p *pod) conditions(status *corev1.PodStatus, generation int64) {
	set := func(kind corev1.PodConditionType, is bool, reason, message string) {
		value := corev1.ConditionFalse
		if is {
			value = corev1.ConditionTrue
		}
		setCondition(status, p.k.clock.Now(), corev1.PodCondition{
			Type: kind, Status: value, Reason: reason, Message: message, ObservedGeneration: generation,
		})
	}
	set(corev1.PodReadyToStartContainers, p.ip != "" && !p.done && !p.finished(), "", "")
	p.setInitialized(set)
	ready := unready(slices.Concat(p.sidecars(), p.apps), func(c *container) bool { return c.ready })
	for _, kind := range []corev1.PodConditionType{corev1.PodReady, corev1.ContainersReady} {
		switch {
		case status.Phase == corev1.PodSucceeded:
			set(kind, false, "PodCompleted", "")
		case status.Phase == corev1.PodFailed:
			set(kind, false, "PodFailed", "")
		case len(ready) > 0:
			set(kind, false, "ContainersNotReady", fmt.Sprintf("containers with unready status: [%s]", strings.Join(ready, " ")))
		default:
			set(kind, true, "", "")
		}
	}
	set(corev1.PodScheduled, true, "", "")
	order := conditionOrder()
	slices.SortStableFunc(status.Conditions, func(a, b corev1.PodCondition) int {
		return cmp.Compare(slices.Index(order, a.Type), slices.Index(order, b.Type))
	})
}

// conditionOrder is the order in which the kubelet writes conditions.
func conditionOrder() []corev1.PodConditionType {
	return []corev1.PodConditionType{
		corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled,
	}
}

func (p *pod) setInitialized(set func(kind corev1.PodConditionType, is bool, reason, message string)) {
	waiting := unready(p.inits, (*container).passed)
	switch {
	case len(waiting) > 0:
		set(corev1.PodInitialized, false, "ContainersNotInitialized",
			fmt.Sprintf("containers with incomplete status: [%s]", strings.Join(waiting, " ")))
	case p.phase() == corev1.PodSucceeded:
		set(corev1.PodInitialized, true, "PodCompleted", "")
	default:
		set(corev1.PodInitialized, true, "", "")
	}
}

// finished reports whether the pod's sandbox is no more, since nothing will run in it.
func (p *pod) finished() bool {
	phase := p.phase()
	return phase == corev1.PodSucceeded || phase == corev1.PodFailed
}

// setCondition sets a condition, and the time of its transition when its status changes.
func setCondition(status *corev1.PodStatus, now time.Time, condition corev1.PodCondition) {
	condition.LastTransitionTime = metav1.NewTime(now.Truncate(time.Second))
	for i, old := range status.Conditions {
		if old.Type == condition.Type {
			if old.Status == condition.Status {
				condition.LastTransitionTime = old.LastTransitionTime
			}
			status.Conditions[i] = condition
			return
		}
	}
	status.Conditions = append(status.Conditions, condition)
}

// isReady reports whether a status has the condition Ready.
func isReady(status corev1.PodStatus) bool {
	return slices.ContainsFunc(status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// unready is the names of the containers that are not ready.
func unready(containers []*container, ready func(*container) bool) (names []string) {
	for _, c := range containers {
		if !ready(c) {
			names = append(names, c.spec.Name)
		}
	}
	return slices.Clip(names)
}
