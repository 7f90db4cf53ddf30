package podcopy

import (
	"context"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// ReadEnvironment reads what there is around a pod, all at once. Many who may debug may read little of it: that is no error, and neither is a
// server that takes longer than a person would wait for it. It only reads.
func ReadEnvironment(ctx context.Context, c *kube.Cluster, pod *corev1.Pod) Environment {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := &reader{cluster: c, pod: pod}
	var all sync.WaitGroup
	all.Go(func() {
		found := selectors.Read(ctx, c, pod.Namespace)
		r.put(func(e *Environment) {
			found.Unread, found.Incomplete = append(found.Unread, e.Unread...), append(found.Incomplete, e.Incomplete...)
			e.Namespace = found
		})
	})
	for _, name := range claimsOf(&pod.Spec) {
		all.Go(func() { r.claim(ctx, name) })
	}
	all.Go(func() { r.account(ctx) })
	if name := placeOf(pod, Choices{SameNode: true}).node; name != "" {
		all.Go(func() { r.node(ctx, name) })
	}
	all.Wait()
	for _, kinds := range []*[]string{&r.around.Unread, &r.around.Incomplete} {
		slices.Sort(*kinds)
		*kinds = slices.Compact(*kinds)
	}
	return r.around
}

// reader reads an environment.
type reader struct {
	cluster *kube.Cluster
	pod     *corev1.Pod
	mu      sync.Mutex // holds around
	around  Environment
}

// put changes the environment that is read.
func (r *reader) put(change func(*Environment)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.around)
}

func (r *reader) unread(kind string) {
	r.put(func(e *Environment) { e.Unread = append(e.Unread, kind) })
}

func (r *reader) incomplete(kind string) {
	r.put(func(e *Environment) { e.Incomplete = append(e.Incomplete, kind) })
}

const (
	pageSize  = "250"
	mostItems = 1000 // of the pods of a node
)
