package debug

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Forbidden tells whether a guard rail forbids the plan; nil: none does. That a name has to be typed first is not its matter.
func (p Plan) Forbidden(g kube.Guard) *kube.Problem {
	container := p.container()
	if p.Change == nil {
		container.Image = p.Image
	}
	return g.Check(p.Debug.Namespace, p.Profile, container)
}

// dryRun lets the cluster judge the plan, unless a guard rail has.
func (p Plan) dryRun(ctx context.Context, c *kube.Cluster) error {
	if problem := p.Forbidden(c.Guard()); problem != nil {
		return problem
	}
	return p.Change.DryRun(ctx, c)
}

// apply makes the plan's change, unless a guard rail forbids it.
func (p Plan) apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	if problem := p.Forbidden(c.Guard()); problem != nil {
		return nil, problem
	}
	if problem := c.Guard().CheckTyped(p.Target.Pod, p.Typed); problem != nil {
		return nil, problem
	}
	return p.Change.Apply(ctx, c)
}
