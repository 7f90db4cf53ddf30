package quarantine

import (
	"context"
	"encoding/json"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// Apply changes the pod as the plan says, by one patch that holds only for the pod as it was seen. Where something else of the pod has changed since,
// as its status does all the time, the patch is made anew; where its labels have, that is the error. Typed is the pod's name as a person has typed it,
// where [kube.Guard.Protected] asks for it.
func (p Plan) Apply(ctx context.Context, c *kube.Cluster, typed string) error {
	switch closed, untyped := c.Guard().Closed(), c.Guard().CheckTyped(p.Target, typed); {
	case closed != nil:
		return closed
	case untyped != nil:
		return untyped
	case p.Refusal != nil:
		return p.Refusal
	}
	if !p.Back {
		p.record.At = c.Now()
	}
	keeps, err := p.record.text()
	if err != nil {
		return err
	}
	const attempts = 5 // a pod that crashes has a new status every few seconds
	for try := 1; ; try++ {
		err = p.send(ctx, c, keeps)
		if !apierrors.IsConflict(err) || try == attempts {
			break
		}
		if err := p.renew(ctx, c); err != nil {
			return err
		}
	}
	if err == nil {
		return nil
	}
	if kube.IsNotFound(err) {
		return p.gone(err)
	}
	return write.NotChanged(ctx, c, p.op(), p.Target.Namespace, rightToPatch(), err)
}

func (p Plan) op() string {
	if p.Back {
		return "restore pod " + p.Target.Pod
	}
	return "take pod " + p.Target.Pod + " out of its Services"
}

// send sends the patch, until it is known whether it has been applied.
func (p Plan) send(ctx context.Context, c *kube.Cluster, keeps string) error {
	patch, err := p.patch(keeps)
	if err != nil {
		return err
	}
	at := write.Object{API: "/api/v1", Resource: "pods", Namespace: p.Target.Namespace, Name: p.Target.Pod}
	_, err = write.Attempt[kube.Pod]{
		Op: p.op(), May: "look at the labels of the pod before you try again",
		Send: func(ctx context.Context) (*kube.Pod, error) { return &kube.Pod{}, write.Patch(ctx, c, at, patch) },
		Find: func(ctx context.Context) (*kube.Pod, error) {
			pod, err := c.Pod(ctx, p.Target.Namespace, p.Target.Pod)
			if err != nil {
				return nil, err
			}
			now, kept := pod.Object().Annotations[Annotation]
			_, marked := pod.Object().Labels[Label]
			if done := !marked && !kept && p.Back || now == keeps && !p.Back; !done {
				return nil, nil //nolint:nilnil // it has not been applied
			}
			return pod, nil
		},
	}.Carry(ctx)
	return err
}

// patch is the patch: null removes what there is. With the UID and the version that have been seen it holds for no other pod, and for no other state of it.
func (p Plan) patch(keeps string) ([]byte, error) {
	set := map[string]any{}
	for _, key := range p.Keys {
		set[key] = nil
		if p.Back {
			set[key] = p.record.Labels[key]
		}
	}
	mark, note := any(LabelValue), any(keeps)
	if p.Back {
		mark, note = nil, nil
	}
	set[Label] = mark
	return json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": p.pod.UID, "resourceVersion": p.pod.ResourceVersion, "labels": set, "annotations": map[string]any{Annotation: note},
	}})
}

// renew takes the pod as it is now for the one that was seen, if it is the same in all that the plan is about.
func (p *Plan) renew(ctx context.Context, c *kube.Cluster) error {
	pod, err := c.Pod(ctx, p.Target.Namespace, p.Target.Pod)
	switch {
	case kube.IsNotFound(err):
		return p.gone(err)
	case err != nil:
		return err
	case pod.Object().UID != types.UID(p.UID):
		return p.gone(nil)
	case !same(pod.Object(), p.pod):
		return &kube.Problem{
			Message: p.op() + ": somebody has changed its labels since you have seen them", Help: []kube.Help{kube.Retry},
		}
	}
	p.pod = pod.Object()
	return nil
}

// same reports whether two readings of a pod are the same in its labels, its quarantine, and whether it is being deleted.
func same(a, b *corev1.Pod) bool {
	return maps.Equal(a.Labels, b.Labels) && a.Annotations[Annotation] == b.Annotations[Annotation] && a.DeletionTimestamp.Equal(b.DeletionTimestamp)
}

func (p Plan) gone(err error) error {
	return &kube.Problem{Message: p.op() + ": it does not exist any more", Hint: "if another pod has its name, look at that one", Help: []kube.Help{kube.ListPods}, Err: err}
}
