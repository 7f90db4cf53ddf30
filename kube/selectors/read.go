package selectors

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

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

// Read reads what selects pods in a namespace, all at once, until ctx ends. Many who may debug may read little of it: that is no error. It only reads.
func Read(ctx context.Context, c *kube.Cluster, namespace string) Namespace {
	r := &reader{cluster: c, namespace: namespace}
	var all sync.WaitGroup
	all.Go(func() { r.services(ctx) })
	for kind := range controllers() {
		all.Go(func() { r.controllers(ctx, kind) })
	}
	all.Go(func() { r.policies(ctx) })
	all.Go(func() { r.budgets(ctx) })
	all.Wait()
	for _, kinds := range []*[]string{&r.found.Unread, &r.found.Incomplete} {
		slices.Sort(*kinds)
		*kinds = slices.Compact(*kinds)
	}
	slices.SortFunc(r.found.Controllers, func(a, b Selecting) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return r.found
}

// reader reads what selects pods.
type reader struct {
	cluster   *kube.Cluster
	namespace string
	mu        sync.Mutex // holds found
	found     Namespace
}

// put changes what is found.
func (r *reader) put(change func(*Namespace)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.found)
}

func (r *reader) unread(kind string) {
	r.put(func(n *Namespace) { n.Unread = append(n.Unread, kind) })
}

func (r *reader) incomplete(kind string) {
	r.put(func(n *Namespace) { n.Incomplete = append(n.Incomplete, kind) })
}

// namespaced is the path of a resource in a namespace; resource is that of all namespaces: /apis/apps/v1/replicasets.
func namespaced(resource, namespace string) []string {
	at := strings.LastIndex(resource, "/")
	return []string{resource[:at], "namespaces", namespace, resource[at+1:]}
}

const (
	pageSize  = "250"
	mostItems = 1000 // of one kind; what is behind them is told as not read
)

// listOf reads the objects of a kind in the namespace, page by page.
func listOf[T any](ctx context.Context, r *reader, kind, resource string) []T {
	var items []T
	for next := ""; ; {
		request := r.cluster.Core().Get().MaxRetries(kube.NoRetries).AbsPath(namespaced(resource, r.namespace)...).
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
