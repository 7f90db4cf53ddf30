package stream

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Alive asks whether the way to a container is open, as far as its node: for a byte of its log, since who may debug can mostly
// read that. It changes nothing. The error is a [*kube.Problem] that says where the way ends; [kube.ErrLinkLost] is in it when the API
// server answers and the node does not. A cluster that does not let us ask is taken for alive: attaching will show. An answer is
// waited for 5 s.
func Alive(ctx context.Context, c *kube.Cluster, t kube.Target) error {
	heard, err := probe(ctx, c, t, remembered(c).vigilance.answer)
	switch {
	case heard == soundNode, heard == soundNever:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case heard == soundSilence:
		return kube.LinkLost("reach "+t.String(), silentError(nodeSilent(err)))
	}
	return c.Problem("reach "+t.String(), err)
}
