package controllers

import (
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/reconcile"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// lookJob does what is due for a Job, as the controllers of Jobs and of Jobs that have finished do, or makes an appointment for it. It may be called
// at any time.
func (c *Controllers) lookJob(name store.Key) {
	job := c.job(name)
	if job == nil || job.DeletionTimestamp != nil {
		return
	}
	if job.Status.StartTime == nil && !ptr.Deref(job.Spec.Suspend, false) {
		job = c.startJob(name)
	}
	due, act := c.dueFor(job)
	if act == nil {
		return
	}
	if wait := due.Sub(c.clock.Now()); wait > 0 {
		c.clock.After(wait, func() { c.lookJob(name) })
		return
	}
	act(name)
}

// dueFor is what is to be done next for a Job, and when; nil: nothing.
func (c *Controllers) dueFor(job *batchv1.Job) (due time.Time, act func(store.Key)) {
	start, deadline, ttl := job.Status.StartTime, job.Spec.ActiveDeadlineSeconds, job.Spec.TTLSecondsAfterFinished
	end := jobEnd(job)
	switch {
	case end != nil && ttl != nil:
		return end.Add(span(int64(*ttl))), c.removeJob
	case end == nil && start != nil && deadline != nil && !ptr.Deref(job.Spec.Suspend, false):
		return start.Add(span(*deadline)), c.failJob
	}
	return time.Time{}, nil
}

// jobEnd is when a Job finished; nil: it has not.
func jobEnd(job *batchv1.Job) *metav1.Time {
	for _, done := range job.Status.Conditions {
		if (done.Type == batchv1.JobComplete || done.Type == batchv1.JobFailed) && done.Status == corev1.ConditionTrue {
			return &done.LastTransitionTime
		}
	}
	return nil
}

// startJob makes the pods of a Job. One that fails is not made again.
func (c *Controllers) startJob(name store.Key) *batchv1.Job {
	job := c.setJob(name, func(status *batchv1.JobStatus, now metav1.Time) { status.StartTime = &now })
	for n := range int(ptr.Deref(job.Spec.Parallelism, 1)) {
		pod := scene.JobPod(job, n)
		if err := api.Register(c.store, c.clock.Now(), pod); err != nil {
			break // its namespace is going
		}
		c.kubelet.Changed(reconcile.Key(pod))
	}
	return job
}

// failJob ends a Job whose deadline has passed, and its pods.
func (c *Controllers) failJob(name store.Key) {
	job := c.setJob(name, func(status *batchv1.JobStatus, now metav1.Time) {
		for _, kind := range []batchv1.JobConditionType{batchv1.JobFailureTarget, batchv1.JobFailed} {
			status.Conditions = append(status.Conditions, batchv1.JobCondition{
				Type: kind, Status: corev1.ConditionTrue, LastProbeTime: now, LastTransitionTime: now,
				Reason: batchv1.JobReasonDeadlineExceeded, Message: "Job was active longer than specified deadline",
			})
		}
	})
	for _, pod := range reconcile.Pods(c.store, name.Namespace) {
		if metav1.IsControlledBy(pod, job) && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
			c.deletePod(pod)
		}
	}
	c.clock.After(controlTime, func() { c.lookJob(name) })
}

// removeJob deletes a Job that has finished, with what it owns.
func (c *Controllers) removeJob(name store.Key) {
	now := metav1.NewTime(c.clock.Now().Truncate(time.Second))
	_, err := c.store.Update(name, func(o store.Object) error {
		o.SetDeletionTimestamp(&now)
		o.SetDeletionGracePeriodSeconds(ptr.To(int64(0)))
		o.SetFinalizers(append(o.GetFinalizers(), metav1.FinalizerDeleteDependents))
		return nil
	})
	if err == nil {
		c.clock.After(controlTime, func() { c.collect(name.Namespace) })
	}
}

// job is a Job of the store; nil: it is gone.
func (c *Controllers) job(name store.Key) *batchv1.Job {
	object, err := c.store.Get(name)
	if err != nil {
		return nil
	}
	job, _ := object.(*batchv1.Job)
	return job
}

// setJob changes the status of a Job. It returns the Job as it is then, an empty one when it has gone meanwhile.
func (c *Controllers) setJob(name store.Key, set func(status *batchv1.JobStatus, now metav1.Time)) *batchv1.Job {
	now := metav1.NewTime(c.clock.Now().Truncate(time.Second))
	updated, err := c.store.Update(name, func(o store.Object) error {
		set(&o.(*batchv1.Job).Status, now) //nolint:forcetypeassert // jobs only are stored as such
		return nil
	})
	if err != nil {
		return &batchv1.Job{Spec: batchv1.JobSpec{Parallelism: ptr.To(int32(0))}}
	}
	return updated.(*batchv1.Job) //nolint:forcetypeassert // see above
}

// jobName is the name of a Job in the store.
func jobName(namespace, name string) store.Key {
	return store.Key{Resource: api.Jobs(), Namespace: namespace, Name: name}
}
