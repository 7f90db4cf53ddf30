package kube

import "context"

// DryRun lets the cluster judge a plan: it runs through all that the API server would do with it, validation, the person's rights, Pod
// Security and every admission webhook that allows it, and changes nothing. The error is the [*Problem] that [Cluster.CarryOut] would
// begin with. What the kubelet checks afterwards (the image, its user) it does not tell.
func (c *Cluster) DryRun(ctx context.Context, p Plan) error {
	return p.try(ctx, c)
}
