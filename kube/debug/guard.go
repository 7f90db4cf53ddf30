package debug

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Forbidden tells whether a guard rail forbids the plan; nil: none does. That a name has to be typed first is not its matter.
func (p Plan) Forbidden(g kube.Guard) *kube.Problem {
	if problem := g.CheckWay(string(p.Request.Way), p.Request.Way.Words()); problem != nil {
		return problem
	}
	container := p.container()
	if p.Change == nil {
		container.Image = p.Image
	}
	check := g.Check
	if p.Inside() { // its own image is in the cluster already; what the plan brings is asked for below
		check = g.CheckRights
	}
	if problem := check(p.Debug.Namespace, p.Profile, container); problem != nil {
		return p.elsewhere(problem)
	}
	if p.Request.Way.FromNode() && p.Change != nil {
		if problem := g.CheckPod(p.Change.Spec()); problem != nil {
			return p.elsewhere(problem)
		}
	}
	for _, image := range p.broughtImages() {
		if problem := g.Check(p.Debug.Namespace, "", &corev1.Container{Image: image}); problem != nil {
			return problem
		}
	}
	return nil
}

// elsewhere is a problem with a profile, where the way has only one: another way helps.
func (p Plan) elsewhere(problem *kube.Problem) *kube.Problem {
	if p.Request.Way != Join && !p.Request.Node.Shell || !slices.Contains(problem.Help, kube.ChooseProfile) {
		return problem
	}
	other := *problem
	other.Hint, other.Help = "this way has no profile with fewer rights", []kube.Help{kube.ChooseWay}
	return &other
}

// broughtImages are those that the plan brings beside its container's: the pod's own are in the cluster already.
func (p Plan) broughtImages() []string {
	var images []string
	if p.Tools != "" {
		images = append(images, p.Tools)
	}
	for _, image := range p.Request.Copy.Images {
		images = append(images, image.Image)
	}
	return images
}

// dryRun lets the cluster judge the plan, unless a guard rail has. It returns the pod as it would be.
func (p Plan) dryRun(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	if problem := p.Forbidden(c.Guard()); problem != nil {
		return nil, problem
	}
	return p.Change.DryRun(ctx, c)
}

// Apply makes the plan's change, unless a guard rail forbids it. It returns what [Change] Apply does: the pod as it is then.
func (p Plan) Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	if problem := p.Forbidden(c.Guard()); problem != nil {
		return nil, problem
	}
	if problem := c.Guard().CheckTyped(p.Target, p.Typed); problem != nil {
		return nil, problem
	}
	if p.Replaces() && p.Typed != p.Target.Pod {
		return nil, &kube.Problem{
			Message: "the name of pod " + p.Target.Pod + " has not been typed: it is not deleted without it", Help: []kube.Help{kube.ConfirmPod}, Err: kube.ErrGuarded,
		}
	}
	return p.Change.Apply(ctx, c)
}

// DryRun lets the cluster judge a plan: it runs through all that the API server would do with it, validation, the person's rights, Pod
// Security and every admission webhook that allows it, and changes nothing. The error is the [*kube.Problem] that [Plan.Apply] would
// return. What the kubelet checks afterwards (the image, its user) it does not tell.
func DryRun(ctx context.Context, c *kube.Cluster, p Plan) error {
	_, err := p.dryRun(ctx, c)
	return err
}
