package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/utils/ptr"
)

// template is the wide cells of what has a pod template: containers, images and selector.
func template(t corev1.PodTemplateSpec, selector *metav1.LabelSelector) []any {
	var names, images []string
	for _, c := range t.Spec.Containers {
		names, images = append(names, c.Name), append(images, c.Image)
	}
	return []any{strings.Join(names, ","), strings.Join(images, ","), metav1.FormatLabelSelector(selector)}
}

func deploymentCells(d *appsv1.Deployment, now time.Time) []any {
	ready := fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, ptr.Deref(d.Spec.Replicas, 1))
	return append([]any{
		d.Name, ready, int64(d.Status.UpdatedReplicas), int64(d.Status.AvailableReplicas), age(d, now),
	}, template(d.Spec.Template, d.Spec.Selector)...)
}

func replicaSetCells(r *appsv1.ReplicaSet, now time.Time) []any {
	return append([]any{
		r.Name, int64(ptr.Deref(r.Spec.Replicas, 1)), int64(r.Status.Replicas), int64(r.Status.ReadyReplicas), age(r, now),
	}, template(r.Spec.Template, r.Spec.Selector)...)
}

func statefulSetCells(s *appsv1.StatefulSet, now time.Time) []any {
	ready := fmt.Sprintf("%d/%d", s.Status.ReadyReplicas, ptr.Deref(s.Spec.Replicas, 1))
	return append([]any{s.Name, ready, age(s, now)}, template(s.Spec.Template, s.Spec.Selector)[:2]...)
}

func daemonSetCells(d *appsv1.DaemonSet, now time.Time) []any {
	s := d.Status
	return append([]any{
		d.Name, int64(s.DesiredNumberScheduled), int64(s.CurrentNumberScheduled), int64(s.NumberReady), int64(s.UpdatedNumberScheduled),
		int64(s.NumberAvailable), labels.FormatLabels(d.Spec.Template.Spec.NodeSelector), age(d, now),
	}, template(d.Spec.Template, d.Spec.Selector)...)
}

func jobCells(j *batchv1.Job, now time.Time) []any {
	completions := fmt.Sprintf("%d/1", j.Status.Succeeded)
	if parallel := ptr.Deref(j.Spec.Parallelism, 0); j.Spec.Completions != nil {
		completions = fmt.Sprintf("%d/%d", j.Status.Succeeded, *j.Spec.Completions)
	} else if parallel > 1 {
		completions = fmt.Sprintf("%d/1 of %d", j.Status.Succeeded, parallel)
	}
	took, until := "", now
	if start, end := j.Status.StartTime, j.Status.CompletionTime; start != nil {
		if end != nil {
			until = end.Time
		}
		took = duration.HumanDuration(until.Sub(start.Time))
	}
	return append([]any{j.Name, jobStatus(j), completions, took, age(j, now)}, template(j.Spec.Template, j.Spec.Selector)...)
}

func jobStatus(j *batchv1.Job) string {
	is := func(kind batchv1.JobConditionType) bool {
		return slices.ContainsFunc(j.Status.Conditions, func(c batchv1.JobCondition) bool {
			return c.Type == kind && c.Status == corev1.ConditionTrue
		})
	}
	switch {
	case is(batchv1.JobComplete):
		return "Complete"
	case is(batchv1.JobFailed):
		return "Failed"
	case j.DeletionTimestamp != nil:
		return "Terminating"
	case is(batchv1.JobSuspended):
		return "Suspended"
	}
	return "Running"
}
