package lists

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// PodsUpdate is news of a watched list of pods.
type PodsUpdate struct {
	Reset   bool          // Rows begin the list anew; otherwise they are new or changed ones
	More    bool          // the list is still being read
	Rows    []PodRow      // …
	Gone    []kube.PodKey // deleted
	Trouble error         // why the list grows old, or is not whole; nil: it is up to date
}

// PodQuery says which pods.
type PodQuery struct {
	Namespace string   // empty: all
	Selector  string   // of labels, as kubectl's -l takes it; empty: any
	Workload  Workload // whose pods they are; zero: any
	Node      string   // on which they are; empty: any
}

// WatchPods lists the pods of a query and then sends what changes, until ctx ends: then the channel is closed. It reads server-side
// tables, which are a hundredth of the objects' size, and sends the first rows before the last are read. The receiver
// must keep receiving.
func WatchPods(ctx context.Context, c *kube.Cluster, q PodQuery) <-chan PodsUpdate {
	updates := make(chan PodsUpdate, 64)
	go func() {
		defer close(updates)
		kube.Keep(ctx, &podList{cluster: c, query: q, table: tableReader{podLayout: podLayout{hides: c.Guard().Hides}}, send: func(u PodsUpdate) {
			select {
			case updates <- u:
			case <-ctx.Done():
			}
		}}, c.Patience)
	}()
	return updates
}

type podList struct {
	cluster *kube.Cluster
	query   PodQuery
	table   tableReader
	shown   bool // rows have been sent: a new list replaces them only when it is whole
	whole   bool // a list has been read to its end
	send    func(PodsUpdate)
}

func (l *podList) Trouble(err error) {
	trouble := l.cluster.Problem("list pods "+l.query.where(), err)
	var p *kube.Problem
	if l.query.Namespace == "" && apierrors.IsForbidden(err) && errors.As(trouble, &p) {
		p.Hint, p.Help = "the namespace of this context is "+l.cluster.Namespace, []kube.Help{kube.SwitchNamespace}
	}
	l.send(PodsUpdate{Trouble: trouble})
}

// request asks for tables of a namespace, or of all. Rows bring their metadata only where it is needed, to tell namespaces apart: it
// makes the answer fifteen times as large.
func (l *podList) request(namespace string) *rest.Request {
	include := metav1.IncludeNone
	if namespace == "" {
		include = metav1.IncludeMetadata
	}
	r := l.cluster.Core().Get().MaxRetries(kube.NoRetries).Resource("pods").
		NamespaceIfScoped(namespace, namespace != "").
		SetHeader("Accept", tables.MediaType).
		Param("includeObject", string(include))
	if l.query.Selector != "" {
		r.Param("labelSelector", l.query.Selector)
	}
	if l.query.Node != "" { // the API server has an index of it
		r.Param("fieldSelector", fields.OneTermEqualSelector("spec.nodeName", l.query.Node).String())
	}
	return r
}

func (l *podList) Watch(ctx context.Context, version string) (string, error) {
	return tables.Watch(ctx, l.request(l.query.Namespace), version, func() { l.send(PodsUpdate{}) }, l.take)
}

func (l *podList) take(kind string, object []byte) (version string, err error) {
	var rows []PodRow
	before := l.table.Rows
	l.table.namespace, l.table.Version = l.query.Namespace, ""
	err = l.table.read(tables.Decoder(bytes.NewReader(object)), l.cluster.Now(), func(row PodRow) { rows = append(rows, row) })
	if err != nil {
		return "", fmt.Errorf("read a change of a pod: %w", err)
	}
	if kind != "ADDED" { // what is there is counted
		l.table.Rows = before
	}
	switch kind {
	case "ADDED", "MODIFIED":
		l.send(PodsUpdate{Rows: rows})
	case "DELETED":
		keys := make([]kube.PodKey, len(rows))
		for i := range rows {
			keys[i] = rows[i].PodKey
		}
		l.table.Rows = max(before-len(rows), 0)
		l.send(PodsUpdate{Gone: keys})
	}
	return l.table.Version, nil
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return "of all namespaces"
	}
	return "in " + namespace
}

// where are the pods, in words.
func (q *PodQuery) where() string {
	if q.Node != "" {
		return "of node " + q.Node
	}
	return inNamespace(q.Namespace)
}
