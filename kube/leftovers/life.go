package leftovers

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// Timed reports whether the cluster takes the leftover away by itself, at a time that can be changed.
func (l Leftover) Timed() bool { return l.timer != "" }

// Extend has the cluster take the leftover away later, and returns it as it is then. The error is a [*kube.Problem].
func (l Leftover) Extend(ctx context.Context, c *kube.Cluster, by time.Duration) (Leftover, error) {
	op := fmt.Sprintf("extend the lifetime of pod %s", l.Target.Pod)
	if problem := c.Guard().Closed(); problem != nil {
		return l, problem
	}
	job, err := l.job(ctx, c, op)
	if err != nil {
		return l, err
	}
	seconds := *job.Spec.ActiveDeadlineSeconds + int64(by/time.Second)
	began := job.CreationTimestamp.Time
	if job.Status.StartTime != nil {
		began = job.Status.StartTime.Time
	}
	until := began.Add(time.Duration(seconds) * time.Second) // whoever has extended it before
	patch, err := json.Marshal(map[string]any{
		// With its version: whoever else extends it meanwhile is not undone.
		"metadata": map[string]any{"uid": job.UID, "resourceVersion": job.ResourceVersion, "annotations": map[string]string{UntilAnnotation: until.UTC().Format(time.RFC3339)}},
		"spec":     map[string]any{"activeDeadlineSeconds": seconds},
	})
	if err != nil {
		return l, fmt.Errorf("%s: %w", op, err)
	}
	if err := write.Patch(ctx, c, l.object(write.Jobs, "jobs"), patch); err != nil {
		if apierrors.IsConflict(err) {
			return l, &kube.Problem{Message: op + ": somebody else has changed its Job meanwhile", Help: []kube.Help{kube.Retry}, Err: err}
		}
		return l, write.NotChanged(ctx, c, op, l.Target.Namespace, kube.Right{Verb: "patch", Resource: "jobs.batch"}, err)
	}
	l.Until = until
	return l.dated(ctx, c), nil
}

// dated has the pod's annotation name the time at which the cluster takes the leftover away, or none where it does not: people and other programs read
// it. Only the Job ends the pod, so what keeps the annotation from being written is told and no failure ([Leftover.Misdated]).
func (l Leftover) dated(ctx context.Context, c *kube.Cluster) Leftover {
	var until *string // null takes an annotation away
	if !l.Until.IsZero() {
		until = new(l.Until.UTC().Format(time.RFC3339))
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": l.UID, "annotations": map[string]any{UntilAnnotation: until}},
	})
	if err == nil {
		err = write.Patch(ctx, c, l.object("/api/v1", "pods"), patch)
	}
	l.Misdated = ""
	switch {
	case err == nil, kube.IsNotFound(err), apierrors.IsConflict(err): // the last: another pod has its name now
	case apierrors.IsForbidden(err) && kube.DeniedByRBAC(kube.RootText(err)):
		l.Misdated = "annotation " + UntilAnnotation + " of the pod is out of date: you may not patch pods"
	default:
		l.Misdated = "annotation " + UntilAnnotation + " of the pod is out of date: " + kube.Explain(c.Problem("patch pod "+l.Target.Pod, err)).Message
	}
	return l
}

// job is the one that takes the leftover away. One that is going already takes the pod with it.
func (l Leftover) job(ctx context.Context, c *kube.Cluster, op string) (*batchv1.Job, error) {
	job, err := findJobOf(ctx, c, l.Target.Namespace, l.Target.Pod, l.Session)
	switch {
	case err != nil:
		return nil, c.Problem(op, err)
	case job == nil || string(job.UID) != l.timer || job.DeletionTimestamp != nil || job.Spec.ActiveDeadlineSeconds == nil:
		return nil, &kube.Problem{Message: op + ": the Job that ends it is gone, and the pod goes with it", Hint: "do the same again: it makes a new copy"}
	}
	return job, nil
}

// Keep has the cluster never take the leftover away, and returns it as it is then: its Job goes, and leaves the pod, which loses the annotation that
// says until when it is there. The error is a [*kube.Problem].
func (l Leftover) Keep(ctx context.Context, c *kube.Cluster) (Leftover, error) {
	op := fmt.Sprintf("keep pod %s", l.Target.Pod)
	if problem := c.Guard().Closed(); problem != nil {
		return l, problem
	}
	if !l.Timed() {
		return l, nil
	}
	if _, err := l.job(ctx, c, op); err != nil {
		return l, err
	}
	if err := write.Delete(ctx, c, l.object(write.Jobs, "jobs"), types.UID(l.timer), metav1.DeletePropagationOrphan); err != nil {
		return l, write.NotChanged(ctx, c, op, l.Target.Namespace, kube.Right{Verb: "delete", Resource: "jobs.batch"}, err)
	}
	l.Until, l.timer, l.Owned = time.Time{}, "", false
	return l.dated(ctx, c), nil
}
