package inventory

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// problemOf explains why the search has ended.
func problemOf(ctx context.Context, c *kube.Cluster, namespace string, err error) error {
	op := "look for what debugging has left in all namespaces"
	if namespace != "" {
		op = "look for what debugging has left in namespace " + kube.Sanitize(namespace)
	}
	problem := c.Problem(op, err)
	var p *kube.Problem
	switch {
	case !errors.As(problem, &p), errors.Is(err, kube.ErrGuarded):
		return problem
	case apierrors.IsResourceExpired(err):
		p.Hint, p.Help = "the pods change more quickly than they can be read: choose a namespace", []kube.Help{kube.Retry, kube.SwitchNamespace}
		return p
	case !apierrors.IsForbidden(err):
		if p.Hint == "" && len(p.Help) == 0 {
			p.Help = []kube.Help{kube.Retry}
		}
		return p
	case namespace != "":
		return c.WithAsk(ctx, p, kube.Target{Namespace: namespace}, []kube.Right{{Verb: "list", Resource: "pods"}, {Verb: "get", Resource: "pods"}})
	}
	p.Hint, p.Help = "the namespace of this context is "+c.Namespace, []kube.Help{kube.SwitchNamespace}
	return p
}
