package kubelet

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// unschedulableRetry is when the scheduler tries a pod again that fits nowhere.
const unschedulableRetry = 5 * time.Minute

// schedule binds a pod to the node with the fewest pods of those it fits on, or tells why it fits on none.
func (k *Kubelet) schedule(name types.NamespacedName) {
	object := k.get(name)
	if object == nil || object.Spec.NodeName != "" || object.DeletionTimestamp != nil {
		return
	}
	best, why := k.choose(object)
	if best == "" {
		k.unschedulable(object, why)
		k.after(unschedulableRetry, func() { k.schedule(name) })
		return
	}
	bound, err := k.store.Update(key(name), func(o store.Object) error {
		pod := o.(*corev1.Pod) //nolint:forcetypeassert // pods only are stored as pods
		pod.Spec.NodeName = best
		setCondition(&pod.Status, k.clock.Now(), corev1.PodCondition{
			Type: corev1.PodScheduled, Status: corev1.ConditionTrue, ObservedGeneration: pod.Generation,
		})
		return nil
	})
	if err != nil {
		return // deleted meanwhile
	}
	object = bound.(*corev1.Pod) //nolint:forcetypeassert // see above
	k.events.scheduler(object, corev1.EventTypeNormal, "Scheduled", "Binding",
		fmt.Sprintf("Successfully assigned %s/%s to %s", name.Namespace, name.Name, best))
	k.adopt(object)
}

// choose is the best node, or why there is none.
func (k *Kubelet) choose(pod *corev1.Pod) (best, why string) {
	objects, _ := k.store.List(api.Nodes(), "")
	if claim := k.missingClaim(pod); claim != "" {
		return "", fmt.Sprintf("0/%[1]d nodes are available: persistentvolumeclaim %[2]q not found. preemption: "+
			"0/%[1]d nodes are available: %[1]d Preemption is not helpful for scheduling.", len(objects), claim)
	}
	load := map[string]int{}
	for _, p := range k.pods {
		load[p.node.name]++
	}
	reasons := map[string]int{}
	for _, object := range objects {
		node := object.(*corev1.Node) //nolint:forcetypeassert // nodes only are stored as nodes
		if reason := unfit(pod, node); reason != "" {
			reasons[reason]++
		} else if best == "" || load[node.Name] < load[best] {
			best = node.Name
		}
	}
	if best != "" {
		return best, ""
	}
	var texts []string
	for reason, n := range reasons {
		texts = append(texts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(texts)
	return "", fmt.Sprintf("0/%[1]d nodes are available: %[2]s. no new claims to deallocate, preemption: "+
		"0/%[1]d nodes are available: %[1]d Preemption is not helpful for scheduling.", len(objects), strings.Join(texts, ", "))
}

// missingClaim is the first claim that a pod wants and that is not there; "": all are.
func (k *Kubelet) missingClaim(pod *corev1.Pod) string {
	for _, v := range pod.Spec.Volumes {
		if claim := v.PersistentVolumeClaim; claim != nil {
			name := store.Key{Resource: corev1.Resource("persistentvolumeclaims"), Namespace: pod.Namespace, Name: claim.ClaimName}
			if _, err := k.store.Get(name); err != nil {
				return claim.ClaimName
			}
		}
	}
	return ""
}

// unfit is what is against a node, in the scheduler's words.
func unfit(pod *corev1.Pod, node *corev1.Node) string {
	if node.Spec.Unschedulable {
		return "node(s) were unschedulable"
	}
	for _, taint := range node.Spec.Taints {
		tolerated := slices.ContainsFunc(pod.Spec.Tolerations, func(t corev1.Toleration) bool {
			return (t.Key == taint.Key || t.Key == "" && t.Operator == corev1.TolerationOpExists) &&
				(t.Effect == "" || t.Effect == taint.Effect) && (t.Operator == corev1.TolerationOpExists || t.Value == taint.Value)
		})
		if !tolerated && taint.Effect != corev1.TaintEffectPreferNoSchedule {
			return fmt.Sprintf("node(s) had untolerated taint {%s: %s}", taint.Key, taint.Value)
		}
	}
	for label, value := range pod.Spec.NodeSelector {
		if node.Labels[label] != value {
			return "node(s) didn't match Pod's node affinity/selector"
		}
	}
	return ""
}

func (k *Kubelet) unschedulable(pod *corev1.Pod, message string) {
	condition := corev1.PodCondition{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, ObservedGeneration: pod.Generation,
		Reason: corev1.PodReasonUnschedulable, Message: message,
	}
	k.events.scheduler(pod, corev1.EventTypeWarning, "FailedScheduling", "Scheduling", message)
	if slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == condition.Type && c.Message == condition.Message
	}) {
		return
	}
	_, err := k.store.Update(key(nameOf(pod)), func(o store.Object) error {
		setCondition(&o.(*corev1.Pod).Status, k.clock.Now(), condition) //nolint:forcetypeassert // pods only are stored as pods
		return nil
	})
	if err != nil {
		return // deleted meanwhile
	}
}
