package kube

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Surroundings are what is around a pod and decides which tool can start in it. What may not be read is empty.
type Surroundings struct {
	OS, Arch    string // of the node, as images name them: linux, arm64
	Assumed     bool   // the node could not be read: OS and Arch are what the pod itself asks for
	PodSecurity string // the level that the namespace enforces: privileged, baseline or restricted
}

const (
	archLabel        = corev1.LabelArchStable
	osLabel          = corev1.LabelOSStable
	podSecurityLabel = "pod-security.kubernetes.io/enforce" // https://kubernetes.io/docs/concepts/security/pod-security-admission/
)

// Surroundings reads the node and the namespace of a pod. Many who may debug may read neither: that is no error, and neither is a server
// that takes longer than a person would wait for it.
func (c *Cluster) Surroundings(ctx context.Context, pod *Pod) Surroundings {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	selector := pod.object.Spec.NodeSelector
	s := Surroundings{OS: Clean(selector[osLabel]), Arch: Clean(selector[archLabel]), Assumed: true}
	var both sync.WaitGroup
	both.Go(func() {
		var node corev1.Node
		if pod.Node == "" || c.core.Get().Resource("nodes").Name(pod.object.Spec.NodeName).Do(ctx).Into(&node) != nil {
			return
		}
		info := node.Status.NodeInfo
		s.OS, s.Arch, s.Assumed = Clean(info.OperatingSystem), Clean(info.Architecture), info.Architecture == ""
	})
	both.Go(func() {
		var namespace corev1.Namespace
		if c.core.Get().Resource("namespaces").Name(pod.Namespace).Do(ctx).Into(&namespace) == nil {
			s.PodSecurity = Clean(namespace.Labels[podSecurityLabel])
		}
	})
	both.Wait()
	return s
}
