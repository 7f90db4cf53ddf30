package podcopy

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// controllers are the kinds that adopt pods: in the singular, and where they are.
func controllers() map[string]string {
	return map[string]string{
		"ReplicaSet": "/apis/apps/v1/replicasets", "StatefulSet": "/apis/apps/v1/statefulsets", "DaemonSet": "/apis/apps/v1/daemonsets",
		"Job": "/apis/batch/v1/jobs", "ReplicationController": "/api/v1/replicationcontrollers",
	}
}

// ReadEnvironment reads what there is around a pod, all at once. Many who may debug may read little of it: that is no error, and neither is a
// server that takes longer than a person would wait for it. It only reads.
func ReadEnvironment(ctx context.Context, c *kube.Cluster, pod *corev1.Pod) Environment {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := &reader{cluster: c, pod: pod}
	var all sync.WaitGroup
	all.Go(func() { r.services(ctx) })
	for kind := range controllers() {
		all.Go(func() { r.controllers(ctx, kind) })
	}
	all.Go(func() { r.policies(ctx) })
	all.Go(func() { r.budgets(ctx) })
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
	slices.SortFunc(r.around.Controllers, func(a, b Selecting) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
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

// namespaced is the path of a resource in the pod's namespace; resource is that of all namespaces: /apis/apps/v1/replicasets.
func (r *reader) namespaced(resource string) []string {
	at := strings.LastIndex(resource, "/")
	return []string{resource[:at], "namespaces", r.pod.Namespace, resource[at+1:]}
}

const (
	pageSize  = "250"
	mostItems = 1000 // of one kind; what is behind them is told as not read
)

// listOf reads the objects of a kind in the pod's namespace, page by page.
func listOf[T any](ctx context.Context, r *reader, kind, resource string) []T {
	var items []T
	for next := ""; ; {
		request := r.cluster.Core().Get().MaxRetries(kube.NoRetries).AbsPath(r.namespaced(resource)...).
			SetHeader("Accept", "application/json").Param("limit", pageSize)
		if next != "" {
			request.Param("continue", next)
		}
		var page struct {
			Kind     string
			Metadata metav1.ListMeta
			Items    []T
		}
		body, err := kube.BodyOf(request.Do(ctx))
		if err == nil {
			err = json.Unmarshal(body, &page)
		}
		switch isList := strings.HasSuffix(page.Kind, "List"); {
		case kube.IsNotFound(err) && next == "": // a cluster without this API has none of them
			return nil
		case (err != nil || !isList) && next == "":
			r.unread(kind)
			return nil
		case err != nil || !isList:
			r.incomplete(kind)
			return items
		}
		items = append(items, page.Items...)
		next = page.Metadata.Continue
		if next == "" {
			return items
		}
		if len(items) >= mostItems {
			r.incomplete(kind)
			return items
		}
	}
}
