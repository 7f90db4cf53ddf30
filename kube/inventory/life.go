package inventory

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// stateOf is how it is with a pod: its phase, or what the container that a person gets into says beyond it. Over: nothing of it runs, or will.
func stateOf(pod *corev1.Pod, main string) (words string, running, over bool) {
	switch pod.Status.Phase {
	case corev1.PodSucceeded, corev1.PodFailed:
		over = true
		words = "ended"
		for _, c := range kube.ContainersOf(pod) {
			if c.Name == main && c.Ended() {
				words = c.State
			}
		}
		if reason := pod.Status.Reason; reason != "" {
			words = "ended: " + kube.Brief(reason)
		}
	default:
		words = "pending"
		for _, c := range kube.ContainersOf(pod) {
			if c.Kind != kube.DebugContainer && c.Running {
				running, words = true, "running"
			}
		}
		for _, c := range kube.ContainersOf(pod) {
			if c.Name == main && !c.Running && c.State != "waiting" {
				words = c.State
			}
		}
	}
	if pod.DeletionTimestamp != nil {
		words = "terminating"
	}
	return words, running, over
}

// mainContainer is the container of a pod that a person gets into, as far as it shows: the one with an input that was added last, else the first.
func mainContainer(pod *corev1.Pod) *corev1.Container {
	list := pod.Spec.Containers
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Stdin || isDebuggerName(list[i].Name) {
			return &list[i]
		}
	}
	if len(list) == 0 {
		return &corev1.Container{}
	}
	return &list[0]
}

// ends says when and how a pod ends by itself.
func (i *Item) ends(pod *corev1.Pod, now time.Time) {
	if at, err := time.Parse(time.RFC3339, pod.Annotations[leftovers.UntilAnnotation]); err == nil && i.Tool == "dayfly" {
		i.Until = at
	}
	if seconds := pod.Spec.ActiveDeadlineSeconds; seconds != nil && i.Until.IsZero() && i.Danger != Over {
		started := pod.CreationTimestamp.Time
		if pod.Status.StartTime != nil {
			started = pod.Status.StartTime.Time
		}
		i.Until, i.Ending = started.Add(time.Duration(*seconds)*time.Second), "its processes end then; the pod stays"
	}
	for _, owner := range pod.OwnerReferences {
		if owner.Kind == "Job" && i.Tool != "dayfly" {
			i.Ending = "Job " + kube.Brief(owner.Name) + " owns it"
		}
	}
	if words := terminating(&pod.ObjectMeta, now); words != "" {
		i.Ending, i.Terminating = words, true
	}
}

// terminating says since when something is deleted, and what holds it; empty: it is not.
func terminating(o *metav1.ObjectMeta, now time.Time) string {
	if o.DeletionTimestamp == nil {
		return ""
	}
	since := o.DeletionTimestamp.Time // the end of its grace
	if grace := o.DeletionGracePeriodSeconds; grace != nil {
		since = since.Add(-time.Duration(*grace) * time.Second)
	}
	words := "terminating for " + duration.HumanDuration(max(now.Sub(since), 0))
	if len(o.Finalizers) > 0 {
		words += fmt.Sprintf(", held by finalizer %s", kube.Brief(strings.Join(o.Finalizers, ", ")))
	}
	return words
}

// controllerOf is the controller that would make a pod anew; empty: none.
func controllerOf(pod *corev1.Pod) string {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return ""
	}
	return kube.Brief(owner.Kind + " " + owner.Name)
}
