package kube

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Pod is one pod as a screen needs it.
type Pod struct {
	Context         string // of the kubeconfig, in which it was read; empty without one
	Namespace, Name string
	Node            string
	IP              string
	IPs             []string // all that it has, in both families; the first is IP
	Phase           string   // Pending, Running, Succeeded, Failed, Unknown
	Created         time.Time
	Deleting        bool
	Containers      []Container // init containers first, then the app's, then debug containers
	// Default is the container that kubectl would take: the one the annotation
	// kubectl.kubernetes.io/default-container names, else the first of the app.
	Default string
	// Refusal says why no debug container can be put into the pod at all; nil when one can.
	Refusal *Problem

	object *corev1.Pod
}

// Container finds a container of the pod by name.
func (p *Pod) Container(name string) (Container, bool) {
	for _, c := range p.Containers {
		if c.Name == name {
			return c, true
		}
	}
	return Container{}, false
}

// defaultContainerAnnotation is read by kubectl exec, logs, attach and debug alike.
const defaultContainerAnnotation = "kubectl.kubernetes.io/default-container"

// Pod reads one pod.
func (c *Cluster) Pod(ctx context.Context, namespace, name string) (*Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var object corev1.Pod
	read := func() error {
		return c.core.Get().Namespace(namespace).Resource("pods").Name(name).Do(ctx).Into(&object)
	}
	err := read()
	if brokeOff(err) && ctx.Err() == nil {
		err = read() // client-go repeats only what broke before the answer
	}
	if err != nil {
		return nil, c.Problem("read pod "+name, err)
	}
	return c.NewPod(&object), nil
}

// NewPod is an object of this cluster as [Pod]. The object is cleaned.
func (c *Cluster) NewPod(object *corev1.Pod) *Pod {
	p := NewPod(object)
	p.Context = c.Context
	return p
}

// OnNode is no pod that is there: of it only the node is known. Plans that are about a node are made for it.
func (c *Cluster) OnNode(node string) *Pod {
	return c.NewPod(&corev1.Pod{Spec: corev1.PodSpec{NodeName: node}})
}

// mirrorAnnotation is on the object that stands for a static pod: https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
const mirrorAnnotation = "kubernetes.io/config.mirror"

// Static reports whether the pod is its kubelet's own, from a file: the API server cannot change it.
func (p *Pod) Static() bool { return p.object != nil && p.object.Annotations[mirrorAnnotation] != "" }

// OnNode is the name of the pod's node as the API has it; empty: it is on none.
func (p *Pod) OnNode() string {
	if p.object == nil {
		return ""
	}
	return p.object.Spec.NodeName
}

// NewPod is [Cluster.NewPod] of no cluster.
func NewPod(object *corev1.Pod) *Pod {
	SanitizeNames(object)
	p := &Pod{
		Namespace: object.Namespace, Name: object.Name,
		Node: Sanitize(object.Spec.NodeName), IP: Sanitize(object.Status.PodIP), Phase: Sanitize(string(object.Status.Phase)),
		Created: object.CreationTimestamp.Time, Deleting: object.DeletionTimestamp != nil,
		Containers: ContainersOf(object),
		Refusal:    refusal(object),
		object:     object,
	}
	for i := range object.Spec.Containers {
		name := object.Spec.Containers[i].Name
		if i == 0 || name == object.Annotations[defaultContainerAnnotation] {
			p.Default = name
		}
	}
	for _, ip := range object.Status.PodIPs {
		p.IPs = append(p.IPs, Sanitize(ip.IP))
	}
	p.explainExits()
	return p
}

// Waits reports whether the pod is on no node yet, and may come onto one.
func (p *Pod) Waits() bool {
	return p.object != nil && p.object.Spec.NodeName == "" && p.object.DeletionTimestamp == nil && p.object.Status.Phase == corev1.PodPending
}

// SanitizeNames cleans the names in an object that has just come. No API server lets others through, but what answers may be none; and
// titles, sentences and requests are made of them.
func SanitizeNames(object *corev1.Pod) {
	object.Name, object.Namespace = Sanitize(object.Name), Sanitize(object.Namespace)
	for _, list := range [][]corev1.Container{object.Spec.Containers, object.Spec.InitContainers} {
		for i := range list {
			list[i].Name = Sanitize(list[i].Name)
		}
	}
	for i := range object.Spec.EphemeralContainers {
		e := &object.Spec.EphemeralContainers[i]
		e.Name, e.TargetContainerName = Sanitize(e.Name), Sanitize(e.TargetContainerName)
	}
	status := &object.Status
	for _, list := range [][]corev1.ContainerStatus{status.ContainerStatuses, status.InitContainerStatuses, status.EphemeralContainerStatuses} {
		for i := range list {
			list[i].Name = Sanitize(list[i].Name)
		}
	}
}

// refusal knows the pods in which an ephemeral container would never start, although the API server takes the patch
// for most of them.
func refusal(pod *corev1.Pod) *Problem {
	const hint = "you can still read its logs"
	switch {
	case pod.Status.Phase == corev1.PodSucceeded:
		return &Problem{
			Message: fmt.Sprintf("pod %s has completed: no container can start in it any more", pod.Name),
			Hint:    hint, Help: []Help{ChooseWay},
		}
	case pod.Status.Phase == corev1.PodFailed:
		return &Problem{
			Message: fmt.Sprintf("pod %s has failed%s: no container can start in it any more", pod.Name, Because(pod.Status.Reason)),
			Hint:    hint, Help: []Help{ChooseWay},
		}
	case pod.Annotations[mirrorAnnotation] != "":
		return &Problem{
			Message: fmt.Sprintf("pod %s is static: its node's kubelet runs it from a file, and the API server cannot change it", pod.Name),
			Hint:    "debug it from its node", Help: []Help{ChooseWay},
		}
	case pod.DeletionTimestamp != nil:
		return &Problem{
			Message: fmt.Sprintf("pod %s is being deleted: no container can start in it any more", pod.Name),
			Hint:    "if another pod replaces it, debug that one",
			Help:    []Help{ListPods},
		}
	case pod.Spec.NodeName == "":
		return unscheduledProblem(pod)
	}
	return nil
}

// unscheduledProblem says why a pod that is on no node cannot be debugged, and what helps.
func unscheduledProblem(pod *corev1.Pod) *Problem {
	problem := &Problem{
		Message: fmt.Sprintf("pod %s is not scheduled to a node, so no container can start in it", pod.Name),
		Hint:    "the scheduler has not reported why: check that it is running" + forScheduler(pod.Spec.SchedulerName),
	}
	if cause, ok := (&Pod{object: pod}).unscheduled(nil); ok {
		problem.Message += ": " + cause.Text
		problem.Hint = cause.Hint()
	}
	return problem
}

// forScheduler names a scheduler that is not the usual one.
func forScheduler(name string) string {
	if name == "" || name == corev1.DefaultSchedulerName {
		return ""
	}
	return ", the pod asks for " + Sanitize(name)
}

// Because is a reason in brackets; empty when there is none.
func Because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + Sanitize(reason) + ")"
}

// Condition is one of the conditions of the pod.
func (p *Pod) Condition(kind corev1.PodConditionType) (corev1.PodCondition, bool) {
	for _, c := range p.object.Status.Conditions {
		if c.Type == kind {
			return c, true
		}
	}
	return corev1.PodCondition{}, false
}

// Version changes whenever the pod does.
func (p *Pod) Version() string {
	if p.object == nil {
		return ""
	}
	return p.object.ResourceVersion
}

// Same reports whether two readings are of one pod, not of another that has been given its name since, as those of a StatefulSet are.
func (p *Pod) Same(q *Pod) bool {
	return p.object == nil || q.object == nil || p.object.UID == q.object.UID
}

// Object is the pod as the API server has sent it; nil: nothing is known of it but its row. It must not be changed.
func (p *Pod) Object() *corev1.Pod { return p.object }
