package batch

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

const (
	windows   = "windows"
	onWindows = "is on a Windows node: the command's image is for Linux"
)

// Judge makes an item of each subject, and tells which are to be skipped by what is known of them already. It is pure.
func Judge(g kube.Guard, subjects []Subject, o Options) []Item {
	items := make([]Item, len(subjects))
	known := make([]bool, len(subjects)) // all is said by an earlier run
	first := map[string]string{}         // of each workload, the pod in which it runs
	for i, s := range subjects {
		items[i] = Item{Subject: s, OnNode: s.on()}
		if s.Node == "" && o.Way.Copies() { // the scheduler chooses
			items[i].OnNode = ""
		}
		if known[i] = o.Earlier != nil && s.Missing == "" && items[i].take(o.Earlier(s)); known[i] {
			first[s.of()] = s.Name()
		}
	}
	for i, s := range subjects {
		if known[i] {
			continue
		}
		if items[i].Skip = refused(g, s, o); items[i].Skip != "" {
			continue
		}
		if o.Exec {
			items[i].Target = kube.Target{Namespace: s.Pod.Namespace, Pod: s.Pod.Name, Container: container(s.Pod, o)}
		}
		if !o.OnePerWorkload || s.Workload == "" {
			continue
		}
		if other, taken := first[s.of()]; taken {
			items[i].Skip = "one pod of " + s.Workload + " is enough: " + other
			continue
		}
		first[s.of()] = s.Name()
	}
	return items
}

// of is the workload that the subject is of, which no other is called.
func (s Subject) of() string { return s.Namespace + "/" + s.Workload }

// refused is why nothing is done with a subject, as far as is known without asking; empty: nothing is known against it.
func refused(g kube.Guard, s Subject, o Options) string {
	switch {
	case s.Missing != "":
		return "is not there"
	case s.Node != "" && o.Exec:
		return "is a node, which has no container"
	case s.Node != "":
		return refusedNode(s)
	}
	if problem := g.Closed(); problem != nil {
		return problem.Message
	}
	if why := finished(s.Pod); why != "" {
		return why
	}
	if o.Exec {
		return refusedExec(g, s.Pod, o)
	}
	switch {
	case runsWindows(s.Pod.Object()):
		return onWindows
	case o.Way.OwnPod(): // nothing is added to the pod itself
		return ""
	case s.Pod.Static():
		return "is static: nothing can be added to it"
	case s.Pod.Refusal != nil:
		return s.Pod.Refusal.Message
	}
	if _, taken := s.Pod.Container(o.Name); taken && o.Name != "" {
		return "has debug container " + kube.Sanitize(o.Name) + " already"
	}
	return ""
}

func refusedNode(s Subject) string {
	switch {
	case s.Bare != "":
		return s.Bare
	case s.Facts.OS == windows:
		return onWindows
	case !s.Facts.Ready:
		return "is not ready" + kube.Colon(s.Facts.Reason)
	}
	return ""
}

// finished is why nothing runs in a pod any more, or yet.
func finished(pod *kube.Pod) string {
	switch {
	case pod.Phase == string(corev1.PodSucceeded):
		return "has completed"
	case pod.Phase == string(corev1.PodFailed):
		return "has failed"
	case pod.Deleting:
		return "is being deleted"
	case pod.OnNode() == "":
		return "is not scheduled to a node"
	}
	return ""
}

// refusedExec is why nothing can be executed in the container of a pod.
func refusedExec(g kube.Guard, pod *kube.Pod, o Options) string {
	name := container(pod, o)
	c, ok := pod.Container(name)
	switch {
	case !ok:
		return fmt.Sprintf("has no container %q", kube.Sanitize(name))
	case !c.Running:
		return "container " + c.Name + " is not running (" + c.State + ")"
	}
	if problem := g.CheckEntry(pod.Object(), name); problem != nil {
		return problem.Message
	}
	return ""
}

// container is the one that the command is executed in.
func container(pod *kube.Pod, o Options) string { return cmp.Or(o.Container, pod.Default) }

// runsWindows reports whether a pod asks for a Windows node.
func runsWindows(pod *corev1.Pod) bool {
	return pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows || pod.Spec.NodeSelector[corev1.LabelOSStable] == windows
}
