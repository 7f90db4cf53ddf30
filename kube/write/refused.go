package write

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// NotCreated explains why the API server does not create something.
func NotCreated(ctx context.Context, c *kube.Cluster, op, kind string, t kube.Target, right kube.Right, err error) error {
	said := kube.Sanitize(kube.RootText(err))
	switch {
	case apierrors.IsAlreadyExists(err):
		return &kube.Problem{Message: op + ": there is a " + kind + " of that name already", Hint: "do the same again without a name of your own: then one is made up", Err: err}
	case apierrors.IsForbidden(err) && kube.DeniedByRBAC(said):
		return c.WithAsk(ctx, &kube.Problem{Message: op + ": " + said, Err: err}, kube.Target{Namespace: t.Namespace}, []kube.Right{right})
	case apierrors.IsForbidden(err), kube.DeniedByWebhook(err), kube.DeniedByPolicy(err):
		return c.Denied(op, t, err)
	case apierrors.IsInvalid(err):
		return &kube.Problem{Message: op + ": the cluster refuses it: " + said, Help: []kube.Help{kube.ChooseTool, kube.ChooseProfile}, Err: err}
	}
	return c.Problem(op, err)
}
