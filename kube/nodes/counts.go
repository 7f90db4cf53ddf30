package nodes

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

const (
	// countsInterval is how often pods are counted at least.
	countsInterval = 30 * time.Second
	// countsShare is how many times longer than a count the pause after it is: a slow link is not kept busy with them.
	countsShare = 20
)

// WatchPodCounts counts the pods of all nodes again and again, those left out that have ended, until ctx ends: then the channel is closed. Each
// value is how many pods a node has, by its name; it is sent only when it has changed, and must not be changed. Without the right to list the pods
// of all namespaces the channel is closed at once. The table of pods without their objects has some twenty bytes a pod on its way.
func WatchPodCounts(ctx context.Context, c *kube.Cluster) <-chan map[string]int {
	counts := make(chan map[string]int, 1)
	go func() {
		defer close(counts)
		var before map[string]int
		for ctx.Err() == nil {
			started := time.Now()
			now, err := countPods(ctx, c)
			if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
				return
			}
			if err == nil && (before == nil || !maps.Equal(before, now)) {
				before = now
				select {
				case counts <- now:
				case <-ctx.Done():
				}
			}
			kube.Pause(ctx, max(countsInterval, countsShare*time.Since(started)))
		}
	}()
	return counts
}

// countPods counts once, from the API server's cache.
func countPods(ctx context.Context, c *kube.Cluster) (map[string]int, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	body, err := c.Core().Get().MaxRetries(kube.NoRetries).Resource("pods").SetHeader("Accept", tables.MediaType).
		Param("includeObject", string(metav1.IncludeNone)).Param("resourceVersion", "0").Param("fieldSelector", unfinished().String()).
		Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	counts := map[string]int{}
	var table tables.Table
	err = tables.Read(&table, &nodeColumn{}, tables.Decoder(body), c.Now(), func(node string) { counts[node]++ })
	return counts, err
}

// nodeColumn reads, of rows of pods, the node.
type nodeColumn struct{ at int }

// Columns takes the names of the columns.
func (n *nodeColumn) Columns(names []string) {
	n.at = slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, "Node") })
}

// Begin makes a row of nothing.
func (n *nodeColumn) Begin(node *string) { *node = "" }

// Cell takes the value of a column.
func (n *nodeColumn) Cell(node *string, at int, value jsontext.Value, words *tables.Words, _ time.Time) {
	if at == n.at {
		*node = words.Of(value)
	}
}

// Object passes what a row brings.
func (n *nodeColumn) Object(_ *string, d *jsontext.Decoder, _ *tables.Words) error {
	return d.SkipValue()
}

// Keep reports whether the pod is on a node.
func (n *nodeColumn) Keep(node *string) bool { return *node != "" }

// TooMany is the error of a list that is too long.
func (n *nodeColumn) TooMany() error { return kube.ErrRefused }
