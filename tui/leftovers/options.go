package leftovers

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// Options are what the screens work with.
type Options struct {
	Cluster   *kube.Cluster
	Namespace string // of the context: where one looks who may not look everywhere
	// CleanUp carries steps out, and has the reason written down.
	CleanUp func(ctx context.Context, cluster *kube.Cluster, steps []cleanup.Step, reason string) <-chan cleanup.Result
	// Owner is the session of this dayfly that an item belongs to, in words; empty: none.
	Owner func(cluster *kube.Cluster, item *inventory.Item) string
	// Mine reports which items the person has made, as far as it is known. It may take a request.
	Mine func(ctx context.Context, cluster *kube.Cluster) func(inventory.Item) bool
	// Only shows nothing but those.
	Only bool
	// Marked are items that are marked when they come, so that one key leads to what would be done about them.
	Marked []inventory.Item
	// OneNamespace looks in Namespace, and not everywhere.
	OneNamespace bool
}
