package debug

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
)

// DryRun lets the cluster judge a plan: it runs through all that the API server would do with it, validation, the person's rights, Pod
// Security and every admission webhook that allows it, and changes nothing. The error is the [*kube.Problem] that [CarryOut] would
// begin with. What the kubelet checks afterwards (the image, its user) it does not tell.
func DryRun(ctx context.Context, c *kube.Cluster, p Plan) error {
	return p.dryRun(ctx, c)
}
