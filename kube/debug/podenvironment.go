package debug

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

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

// Environments reads what is around many pods, each node and each namespace once. It is for what is done at one time: what was read is not read again.
type Environments struct {
	cluster    *kube.Cluster
	nodes      kube.Answers[string, *kube.Node]
	namespaces kube.Answers[string, string] // the level of Pod Security
}

// NewEnvironments reads from a cluster.
func NewEnvironments(c *kube.Cluster) *Environments { return &Environments{cluster: c} }

// ReadPodEnvironment is [Environments.Of] for one pod.
func ReadPodEnvironment(ctx context.Context, c *kube.Cluster, pod *kube.Pod) PodEnvironment {
	return NewEnvironments(c).Of(ctx, pod)
}

// Of reads the node, the namespace and the memory use of a pod, all at once. Many who may debug may read none of them: that is
// no error, and neither is a server that takes longer than a person would wait for it.
func (e *Environments) Of(ctx context.Context, pod *kube.Pod) PodEnvironment {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	selector := pod.Object().Spec.NodeSelector
	s := PodEnvironment{OS: kube.Sanitize(selector[osLabel]), Arch: kube.Sanitize(selector[archLabel]), Assumed: true}
	var all sync.WaitGroup
	if pod.Node != "" {
		all.Go(func() {
			if s.Node = e.node(ctx, pod.Object().Spec.NodeName); s.Node != nil {
				s.OS, s.Arch, s.Assumed = s.Node.OS, s.Node.Arch, s.Node.Arch == ""
			}
		})
	}
	all.Go(func() { s.PodSecurity = e.podSecurity(ctx, pod.Namespace) })
	if memoryLimit(&pod.Object().Spec) > 0 {
		all.Go(func() { s.MemoryUsed = e.cluster.MemoryUsed(ctx, pod) })
	}
	if pod.Unstarted() {
		all.Go(func() { s.Events, _ = e.cluster.PodEvents(ctx, pod.Object()) })
	}
	all.Wait()
	return s
}

// node is a node; nil: it could not be read.
func (e *Environments) node(ctx context.Context, name string) *kube.Node {
	known, _ := e.nodes.Of(ctx, name, func(ctx context.Context) (*kube.Node, time.Duration) {
		var node corev1.Node
		if err := e.cluster.Core().Get().Resource("nodes").Name(name).Do(ctx).Into(&node); err != nil {
			return nil, holds(err)
		}
		return kube.NodeOf(&node), holds(nil)
	})
	return known
}

// podSecurity is the level that a namespace enforces; empty: none, or it could not be read.
func (e *Environments) podSecurity(ctx context.Context, name string) string {
	known, _ := e.namespaces.Of(ctx, name, func(ctx context.Context) (string, time.Duration) {
		var namespace corev1.Namespace
		err := e.cluster.Core().Get().Resource("namespaces").Name(name).Do(ctx).Into(&namespace)
		return kube.Sanitize(namespace.Labels[podSecurityLabel]), holds(err)
	})
	return known
}

// holds is how long an answer does: a refusal is one too, and what went wrong otherwise is asked again.
func holds(err error) time.Duration {
	if err == nil || apierrors.IsForbidden(err) {
		return time.Hour
	}
	return 0
}
