package debug

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// PodEnvironment are what is around a pod and decides which tool can start in it. What may not be read is empty.
type PodEnvironment struct {
	OS, Arch    string          // of the node, as images name them: linux, arm64
	Assumed     bool            // the node could not be read: OS and Arch are what the pod itself asks for
	PodSecurity string          // the level that the namespace enforces: privileged, baseline or restricted
	Node        *kube.Node      // nil: it could not be read
	MemoryUsed  int64           // of the pod, in bytes; 0: not known, or the pod has no limit to hold it against
	Events      []kube.PodEvent // of a pod in which nothing has started yet, the newest first

	Copy *CopyEnvironment // what decides how a copy of the pod can be; nil: not read
	Host *NodeEnvironment // what decides how a pod on its node can be; nil: not read
}

// Facts are what is known of a pod and what is around it. They are without an image: that comes from a registry.
func (s *PodEnvironment) Facts(pod *kube.Pod) Facts {
	f := Facts{Pod: pod, Node: s.Node, PodSecurity: s.PodSecurity, MemoryUsed: s.MemoryUsed, Events: s.Events, Copy: s.Copy, Host: s.Host}
	if pod != nil && pod.Object() != nil {
		f.MemoryLimit = memoryLimit(&pod.Object().Spec)
	}
	return f
}

const (
	archLabel = corev1.LabelArchStable
	osLabel   = corev1.LabelOSStable
)

// ReadPodEnvironment reads the node, the namespace and the memory use of a pod, all at once. Many who may debug may read none of them: that is
// no error, and neither is a server that takes longer than a person would wait for it.
func ReadPodEnvironment(ctx context.Context, c *kube.Cluster, pod *kube.Pod) PodEnvironment {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	selector := pod.Object().Spec.NodeSelector
	s := PodEnvironment{OS: kube.Sanitize(selector[osLabel]), Arch: kube.Sanitize(selector[archLabel]), Assumed: true}
	var all sync.WaitGroup
	all.Go(func() {
		var node corev1.Node
		if pod.Node == "" || c.Core().Get().Resource("nodes").Name(pod.Object().Spec.NodeName).Do(ctx).Into(&node) != nil {
			return
		}
		s.Node = kube.NodeOf(&node)
		s.OS, s.Arch, s.Assumed = s.Node.OS, s.Node.Arch, s.Node.Arch == ""
	})
	all.Go(func() {
		var namespace corev1.Namespace
		if c.Core().Get().Resource("namespaces").Name(pod.Namespace).Do(ctx).Into(&namespace) == nil {
			s.PodSecurity = kube.Sanitize(namespace.Labels[podSecurityLabel])
		}
	})
	if memoryLimit(&pod.Object().Spec) > 0 {
		all.Go(func() { s.MemoryUsed = c.MemoryUsed(ctx, pod) })
	}
	if pod.Unstarted() {
		all.Go(func() { s.Events, _ = c.PodEvents(ctx, pod.Object()) })
	}
	all.Wait()
	return s
}
