package lists

import (
	"context"
	"maps"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

const (
	// nodesInterval is how often the nodes are listed at least. The node controller itself takes 50 s to notice that a node is silent.
	nodesInterval = 30 * time.Second
	// nodesShare is how many times longer than a list the pause after it is: a slow link is not kept busy with them.
	nodesShare = 20
	// youngNode is the age up to which a node that is not ready is still starting.
	youngNode = 2 * time.Minute
)

// WatchLostNodes lists the nodes of the cluster again and again, until ctx ends: then the channel is closed. Each value is the
// names of all nodes that are not ready, or have been deleted since the first list; it is sent only when it has changed, the first
// time when there are any. What is sent must not be changed. Without the right to list nodes the channel is closed at once, and
// without an answer nothing changes: rows of pods are as good as without it.
func WatchLostNodes(ctx context.Context, c *kube.Cluster) <-chan map[string]bool {
	lost := make(chan map[string]bool, 1)
	go func() {
		defer close(lost)
		l := nodeList{cluster: c}
		for ctx.Err() == nil {
			started := time.Now()
			changed, err := l.read(ctx)
			if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
				return
			}
			if changed {
				select {
				case lost <- l.lost:
				case <-ctx.Done():
				}
			}
			kube.Pause(ctx, max(nodesInterval, nodesShare*time.Since(started)))
		}
	}()
	return lost
}

// nodeList is what is known of the nodes of a cluster.
type nodeList struct {
	cluster *kube.Cluster
	present map[string]bool // the names of the last list
	lost    map[string]bool // those that are not ready, or were there once and are not any more
}

// read lists the nodes, from the API server's cache, and reports whether others are lost than before. A table without objects has 300
// bytes a node, and is compressed on its way.
func (l *nodeList) read(ctx context.Context) (changed bool, err error) {
	ctx, cancel := l.cluster.Unary(ctx)
	defer cancel()
	body, err := l.cluster.Core().Get().MaxRetries(kube.NoRetries).Resource("nodes").
		SetHeader("Accept", tables.MediaType).
		Param("includeObject", string(metav1.IncludeNone)).Param("resourceVersion", "0").
		Stream(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = body.Close() }()
	now := l.cluster.Now()
	present, lost := map[string]bool{}, map[string]bool{}
	var table tableReader
	err = table.read(tables.Decoder(body), now, func(row PodRow) { // the columns that we need are called as those of pods are
		present[row.Name] = true
		if nodeStatusLost(row.Status) && now.Sub(row.Created) >= youngNode {
			lost[row.Name] = true
		}
	})
	if err != nil {
		return false, err
	}
	for _, before := range []map[string]bool{l.present, l.lost} {
		for name := range before {
			if !present[name] {
				lost[name] = true
			}
		}
	}
	changed = !maps.Equal(l.lost, lost)
	l.present, l.lost = present, lost
	return changed, nil
}

// nodeStatusLost reports whether the printer's word for a node (printNode in kubernetes/pkg/printers/internalversion) says that it is
// not ready: "NotReady", "NotReady,SchedulingDisabled". It is the same word for a node that has said so and for one that is silent; the
// node controller has the pods of both count as not ready. "Unknown" is a node that has not said anything yet.
func nodeStatusLost(status string) bool {
	ready, _, _ := strings.Cut(status, ",")
	return ready == "NotReady"
}
