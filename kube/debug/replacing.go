package debug

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// replacing is the deletion of the pod in whose place its copy comes.
type replacing struct {
	pod *corev1.Pod
}

func (r replacing) op() string { return "delete pod " + r.pod.Name }

func (r replacing) object() write.Object {
	return write.Object{API: "/api/v1", Resource: "pods", Namespace: r.pod.Namespace, Name: r.pod.Name}
}

// apply deletes the pod. If it cannot, undo takes away what has been made for it; where that fails too, it may be there ([write.IsUnsure]). Where nobody
// can tell whether the pod is deleted, what has been made for it is left to whoever takes leftovers away.
func (r replacing) apply(ctx context.Context, c *kube.Cluster, undo func(context.Context) error) error {
	a := write.Attempt[corev1.Pod]{
		Op: r.op(), May: fmt.Sprintf("pod %s may have been deleted: look for it before you try again", r.pod.Name),
		Find: func(ctx context.Context) (*corev1.Pod, error) { return r.gone(ctx, c) },
		Send: func(ctx context.Context) (*corev1.Pod, error) {
			return r.pod, write.Terminate(ctx, c, r.object(), r.pod.UID, false)
		},
	}
	_, err := a.Carry(ctx)
	if err == nil || write.IsUnsure(err) {
		return err
	}
	problem := *kube.Explain(r.refused(ctx, c, err))
	problem.Err = err
	if undo(context.WithoutCancel(ctx)) != nil {
		problem.Message += "; its copy could not be deleted again"
		return write.Unsure(&problem) // dayfly tries again before it exits
	}
	problem.Message += "; its copy was deleted again"
	return &problem
}

// gone returns what has become of the pod; nil: it is there as ever.
func (r replacing) gone(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	pod, err := c.Pod(ctx, r.pod.Namespace, r.pod.Name)
	switch {
	case kube.IsNotFound(err):
		return r.pod, nil
	case err != nil:
		return nil, err
	case pod.Object().UID != r.pod.UID, pod.Object().DeletionTimestamp != nil:
		return pod.Object(), nil
	}
	return nil, nil //nolint:nilnil // nothing is wrong with that
}

// dryRun lets the cluster judge the deletion.
func (r replacing) dryRun(ctx context.Context, c *kube.Cluster) error {
	if err := write.Terminate(ctx, c, r.object(), r.pod.UID, true); err != nil {
		return r.refused(ctx, c, err)
	}
	return nil
}

func (r replacing) refused(ctx context.Context, c *kube.Cluster, err error) error {
	return write.NotChanged(ctx, c, r.op(), r.pod.Namespace, kube.RightToDelete(), err)
}
