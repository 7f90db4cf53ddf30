package session

import (
	"context"
	"io"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// LinkTo is the link of sessions with containers of a cluster.
func LinkTo(c *kube.Cluster) Link { return cluster{Cluster: c} }

// LinkToFirst is [LinkTo] for a container that was made for the session: it is over with the first end of that, also where its pod starts it
// again.
func LinkToFirst(c *kube.Cluster) Link { return cluster{Cluster: c, first: true} }

type cluster struct {
	*kube.Cluster
	first bool
}

func (c cluster) AwaitExit(ctx context.Context, t kube.Target) (kube.Ending, error) {
	if c.first {
		return c.AwaitFirstExit(ctx, t)
	}
	return c.Cluster.AwaitExit(ctx, t)
}

func (c cluster) Attach(ctx context.Context, t kube.Target, s stream.Streams) error {
	return stream.Attach(ctx, c.Cluster, t, s)
}

func (c cluster) Exec(ctx context.Context, t kube.Target, command []string, s stream.Streams) (int, error) {
	return stream.Exec(ctx, c.Cluster, t, command, s)
}

func (c cluster) Alive(ctx context.Context, t kube.Target) error {
	return stream.Alive(ctx, c.Cluster, t)
}

func (c cluster) Logs(ctx context.Context, t kube.Target, o logs.Options) (io.ReadCloser, error) {
	return logs.Open(ctx, c.Cluster, t, o)
}
