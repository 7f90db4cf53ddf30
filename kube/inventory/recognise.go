package inventory

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// mirror is on the objects that stand for static pods: their kubelet makes them from files, and no tool does.
// https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
const mirror = "kubernetes.io/config.mirror"

// Recognise tells what of a pod debugging has left: the pod itself, and each debug container in it. Of an ordinary pod that is nothing. Now is for how
// long something has lasted. The names in the pod are cleaned.
func Recognise(pod *corev1.Pod, now time.Time) []Item {
	kube.SanitizeNames(pod)
	var items []Item
	if m, ok := madeBy(pod); ok {
		items = append(items, podItem(pod, m, now))
	}
	for _, d := range lists.DebuggersOf(pod) {
		at := slices.IndexFunc(pod.Spec.EphemeralContainers, func(e corev1.EphemeralContainer) bool { return e.Name == d.Target.Container })
		if at >= 0 {
			items = append(items, entryItem(pod, &pod.Spec.EphemeralContainers[at], d, now))
		}
	}
	return items
}

// madeBy is the mark of the tool that has made a pod. Of several, the certain one counts.
func madeBy(pod *corev1.Pod) (found mark, ok bool) {
	if pod.Annotations[mirror] != "" {
		return mark{}, false
	}
	controlled := metav1.GetControllerOf(pod) != nil
	for _, t := range tools() {
		if controlled && !t.runs || !t.suspects(&pod.ObjectMeta) {
			continue
		}
		if m, made := t.made(pod); made && (!ok || m.certain && !found.certain) {
			found, ok = m, true
		}
	}
	return found, ok
}

// podItem is a pod that a tool has made.
func podItem(pod *corev1.Pod, m mark, now time.Time) Item {
	main := mainContainer(pod)
	i := m.item(&pod.ObjectMeta)
	i.Target.Pod, i.Target.Node = pod.Name, kube.Brief(pod.Spec.NodeName)
	i.Image, i.Client, i.Since = kube.Brief(main.Image), creator(&pod.ObjectMeta), pod.CreationTimestamp.Time
	var over bool
	if i.State, i.Running, over = stateOf(pod, main.Name); !over {
		p := powersOf(&pod.Spec, slices.Concat(sidecars(pod), pod.Spec.Containers))
		i.Gives, i.Danger = p.gives, p.danger
	}
	for _, owner := range pod.OwnerReferences {
		i.Owned = i.Owned || owner.Kind == "Job" && owner.Name == pod.Name
	}
	i.Controlled = controllerOf(pod)
	i.ends(pod, now)
	return i
}

// sidecars are the init containers of a pod that keep running; the others are over before anybody gets into it.
func sidecars(pod *corev1.Pod) (list []corev1.Container) {
	for i := range pod.Spec.InitContainers {
		if c := &pod.Spec.InitContainers[i]; c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			list = append(list, *c)
		}
	}
	return list
}

// item begins the item of something with a mark.
func (m mark) item(o *metav1.ObjectMeta) Item {
	i := Item{
		Kind: m.kind, Tool: m.tool, Certain: m.certain, Because: m.because, Of: m.of,
		Target: kube.Target{Namespace: kube.Sanitize(o.Namespace)}, UID: kube.Sanitize(string(o.UID)),
	}
	if m.tool == "dayfly" {
		i.By, i.Reason = kube.Brief(o.Annotations[leftovers.ByAnnotation]), kube.Brief(o.Annotations[leftovers.ReasonAnnotation])
		i.Session = kube.Brief(o.Annotations[leftovers.SessionAnnotation])
	}
	return i
}

// entryItem is a debug container.
func entryItem(pod *corev1.Pod, e *corev1.EphemeralContainer, d lists.Debugger, now time.Time) Item {
	i := entryMark(e, d.By).item(&pod.ObjectMeta)
	i.Session = "" // which is the pod's
	i.By, i.Reason = "", ""
	i.Target = d.Target
	i.Target.Node = kube.Brief(pod.Spec.NodeName)
	i.Client, i.Since, i.Image, i.State, i.Running = kube.Brief(d.By), d.Since, kube.Brief(d.Image), d.State, d.Running
	if i.Since.IsZero() {
		i.Since = d.Started
	}
	i.Of = podInWords(pod.Namespace, pod.Name)
	if d.Looks != "" {
		i.Of = "container " + kube.Brief(d.Looks) + " of " + i.Of
	}
	ended := d.Exit != nil || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	if d.Running || !ended {
		p := powersOf(&pod.Spec, []corev1.Container{corev1.Container(e.EphemeralContainerCommon)})
		shared := pod.Spec.ShareProcessNamespace
		switch {
		case shared != nil && *shared:
			p.add(Running, "processes of the pod")
		case d.Looks != "":
			p.add(Running, "processes of "+kube.Brief(d.Looks))
		}
		i.Gives, i.Danger = p.gives, p.danger
	}
	i.Controlled = controllerOf(pod)
	i.Terminating = pod.DeletionTimestamp != nil
	i.Ending = cmp.Or(terminating(&pod.ObjectMeta, now), "its entry goes with the pod")
	return i
}

// Sort puts first what somebody should look at first: the most dangerous, of these what certainly is a leftover, and of these the oldest, which is
// the likeliest to be forgotten. What is not known to have an age comes last of its like.
func Sort(items []Item) {
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(b.Danger, a.Danger), flag(b.Certain)-flag(a.Certain), flag(a.Since.IsZero())-flag(b.Since.IsZero()), a.Since.Compare(b.Since),
			cmp.Compare(a.Target.Namespace, b.Target.Namespace), cmp.Compare(a.Target.Pod, b.Target.Pod), cmp.Compare(a.Target.Container, b.Target.Container), cmp.Compare(a.Kind, b.Kind))
	})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
