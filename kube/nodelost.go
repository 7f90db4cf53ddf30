package kube

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// nodeLost reports whether the pod's node does not answer any more, by what the node lifecycle controller does to its pods
// (MarkPodsNotReady in kubernetes/pkg/controller/util/node): it says that the pod is not ready, and leaves the statuses of its
// containers as the kubelet has last seen them.
func (p *Pod) nodeLost() bool {
	object := p.object
	if object == nil || object.Spec.NodeName == "" || object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed {
		return false
	}
	if object.Status.Phase == corev1.PodUnknown || object.Status.Reason == "NodeLost" {
		return true
	}
	ready, known := p.condition(corev1.PodReady)
	containers, alsoKnown := p.condition(corev1.ContainersReady)
	if !known || !alsoKnown || ready.Status != corev1.ConditionFalse || containers.Status != corev1.ConditionTrue {
		return ready.Reason == "NodeNotReady" || ready.Reason == "NodeStatusUnknown" || p.evictedFromLostNode()
	}
	return !slices.ContainsFunc(object.Spec.ReadinessGates, func(gate corev1.PodReadinessGate) bool {
		c, ok := p.condition(gate.ConditionType)
		return !ok || c.Status != corev1.ConditionTrue
	})
}

// evictedFromLostNode reports whether the taint of a lost node has the pod deleted, which only its kubelet could carry out.
func (p *Pod) evictedFromLostNode() bool {
	c, ok := p.condition(corev1.DisruptionTarget)
	return ok && c.Status == corev1.ConditionTrue && c.Reason == "DeletionByTaintManager" && p.object.DeletionTimestamp != nil
}

// whyNodeLost is of a pod whose node does not answer: nobody knows how its containers are.
func (p *Pod) whyNodeLost(now time.Time) Why {
	text := "node " + p.Node + " is not responding"
	if c, ok := p.condition(corev1.PodReady); ok && c.Status != corev1.ConditionTrue && !c.LastTransitionTime.IsZero() {
		text += ", for " + ago(now, c.LastTransitionTime.Time)
	}
	return Why{NodeLost, text + ": the state of its containers is not known" + colon(Clean(p.object.Status.Message))}
}
