package scratch

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// DeleteNode takes a node out of the cluster, as whoever manages its machines does when one is gone. Its kubelet registers it again when that
// is started anew.
func (n *Namespace) DeleteNode(ctx context.Context, name string) error {
	if err := n.core.Delete().Resource("nodes").Name(name).Do(ctx).Error(); err != nil {
		return fmt.Errorf("delete node %s: %w", name, err)
	}
	return nil
}

// AwaitNode waits until a node is ready.
func (n *Namespace) AwaitNode(ctx context.Context, name string) error {
	err := n.await(ctx, object{"nodes", "", byName, name}, "", func(e watch.Event) bool {
		node, ok := e.Object.(*corev1.Node)
		if !ok || e.Type == watch.Deleted {
			return false
		}
		for _, c := range node.Status.Conditions {
			if c.Type == corev1.NodeReady {
				return c.Status == corev1.ConditionTrue
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("wait until node %s is ready: %w", name, err)
	}
	return nil
}
