package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// reclaims is how often a kubelet that is short of disk space tells that it looks for some.
const reclaims = 10 * time.Minute

// report dates the conditions of a new node that have no time, and tells of those that are not as they should be, as its kubelet and the node
// controller do.
func (k *Kubelet) report(node *corev1.Node) {
	now := metav1.NewTime(k.clock.Now().Truncate(time.Second))
	for i := range node.Status.Conditions {
		c := &node.Status.Conditions[i]
		if c.LastTransitionTime.IsZero() {
			c.LastTransitionTime, c.LastHeartbeatTime = now, now
		}
		switch {
		case c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue:
			k.events.node(node, "node-controller", corev1.EventTypeNormal, "NodeNotReady", "Node "+node.Name+" status is now: NodeNotReady")
		case c.Type == corev1.NodeDiskPressure && c.Status == corev1.ConditionTrue:
			k.reclaim(node)
		}
	}
}

// reclaim tells, now and again, that a node looks for disk space.
func (k *Kubelet) reclaim(node *corev1.Node) {
	k.events.node(node, "kubelet", corev1.EventTypeWarning, "EvictionThresholdMet", "Attempting to reclaim ephemeral-storage")
	k.after(reclaims, func() { k.reclaim(node) })
}

// node tells of a node. Events of what is in no namespace are in the default one.
func (r *recorder) node(node *corev1.Node, component, kind, reason, message string) {
	id := eventKey{node.UID, "", reason, message}
	event := r.known[id]
	now := metav1.NewTime(r.k.clock.Now().Truncate(time.Second))
	if event == nil {
		event = r.event(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceDefault, Name: node.Name}}, reason, message, kind)
		event.InvolvedObject = corev1.ObjectReference{Kind: "Node", Name: node.Name, UID: node.UID}
		event.FirstTimestamp = now
		event.Source = corev1.EventSource{Component: component, Host: node.Name}
		event.ReportingController, event.ReportingInstance = component, node.Name
		r.known[id] = event
	}
	event.Count++
	event.LastTimestamp = now
	r.write(id, event)
}
