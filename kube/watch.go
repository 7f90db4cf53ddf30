package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// PodsUpdate is news of a watched list of pods.
type PodsUpdate struct {
	Reset   bool     // Rows are all there are; otherwise they are new or changed ones
	Rows    []PodRow // …
	Gone    []PodKey // deleted
	Trouble error    // why the list grows old; nil: it is up to date
}

// WatchPods lists the pods of a namespace (of all when it is empty) and then sends what changes, until ctx ends: then
// the channel is closed. It reads server-side tables, which are a hundredth of the objects' size. The receiver must
// keep receiving.
func (c *Cluster) WatchPods(ctx context.Context, namespace string) <-chan PodsUpdate {
	updates := make(chan PodsUpdate, 64)
	go func() {
		defer close(updates)
		keep(ctx, &podList{cluster: c, namespace: namespace, send: func(u PodsUpdate) {
			select {
			case updates <- u:
			case <-ctx.Done():
			}
		}}, c.patience)
	}()
	return updates
}

type podList struct {
	cluster   *Cluster
	namespace string
	columns   columns
	listed    bool
	send      func(PodsUpdate)
}

func (l *podList) trouble(err error) {
	l.send(PodsUpdate{Trouble: l.cluster.problem("list pods "+inNamespace(l.namespace), err)})
}

// request asks for tables. Rows bring their metadata only where it is needed, to tell namespaces apart: it makes the
// answer fifteen times as large.
func (l *podList) request() *rest.Request {
	include := metav1.IncludeNone
	if l.namespace == "" {
		include = metav1.IncludeMetadata
	}
	return l.cluster.core.Get().MaxRetries(asked).Resource("pods").
		NamespaceIfScoped(l.namespace, l.namespace != "").
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
		Param("includeObject", string(include))
}

func (l *podList) list(ctx context.Context) (string, error) {
	ctx, cancel := l.cluster.unary(ctx)
	defer cancel()
	request := l.request()
	if !l.listed {
		// From the API server's cache: ten times as fast. Not again after trouble, when the cache may be what is old.
		request.Param("resourceVersion", "0")
	}
	body, err := bodyOf(request.Do(ctx))
	if err != nil {
		return "", err
	}
	var table metav1.Table
	if err := json.Unmarshal(body, &table); err != nil {
		return "", fmt.Errorf("read the table of pods: %w", err)
	}
	if table.Kind != "Table" {
		return "", fmt.Errorf("the API server answered with a %q instead of a table", Clean(table.Kind))
	}
	l.listed = true
	l.columns = columnsOf(table.ColumnDefinitions)
	l.send(PodsUpdate{Reset: true, Rows: l.rows(&table)})
	return table.ResourceVersion, nil
}

func (l *podList) rows(table *metav1.Table) []PodRow {
	now := l.cluster.now()
	rows := make([]PodRow, len(table.Rows))
	for i := range table.Rows {
		rows[i] = l.columns.row(&table.Rows[i], l.namespace, now)
	}
	return rows
}

func (l *podList) watch(ctx context.Context, version string) (string, error) {
	// The server ends the watch by itself: at different times for different clients, as client-go does it.
	seconds := 300 + rand.IntN(300)
	stream, err := l.request().
		Param("watch", "true").Param("allowWatchBookmarks", "true").Param("resourceVersion", version).
		Param("timeoutSeconds", strconv.Itoa(seconds)).
		Stream(ctx)
	if err != nil {
		return version, gone(err)
	}
	defer func() { _ = stream.Close() }()
	l.send(PodsUpdate{})
	decoder := json.NewDecoder(stream)
	for {
		var event struct {
			Type   string
			Object json.RawMessage
		}
		if err := decoder.Decode(&event); err != nil {
			return version, streamEnd(err)
		}
		reached, err := l.take(event.Type, event.Object)
		if err != nil {
			return version, err
		}
		if reached != "" {
			version = reached
		}
	}
}

func (l *podList) take(kind string, object []byte) (version string, err error) {
	if kind == "ERROR" {
		var status metav1.Status
		if err := json.Unmarshal(object, &status); err != nil {
			return "", fmt.Errorf("read the watch's error: %w", err)
		}
		return "", gone(&apierrors.StatusError{ErrStatus: status})
	}
	var table metav1.Table
	if err := json.Unmarshal(object, &table); err != nil {
		return "", fmt.Errorf("read a change of a pod: %w", err)
	}
	if len(table.ColumnDefinitions) > 0 {
		l.columns = columnsOf(table.ColumnDefinitions)
	}
	rows := l.rows(&table)
	switch kind {
	case "ADDED", "MODIFIED":
		l.send(PodsUpdate{Rows: rows})
	case "DELETED":
		keys := make([]PodKey, len(rows))
		for i := range rows {
			keys[i] = rows[i].PodKey
		}
		l.send(PodsUpdate{Gone: keys})
	}
	return table.ResourceVersion, nil
}

// streamEnd tells the ordinary end of a watch, which the server brings about every few minutes, from a broken one.
func streamEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func gone(err error) error {
	var status apierrors.APIStatus
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) ||
		errors.As(err, &status) && status.Status().Code == http.StatusGone {
		return errGone
	}
	return err
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return "of all namespaces"
	}
	return "in " + namespace
}
