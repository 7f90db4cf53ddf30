package leftovers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// Timer is a Job that runs nothing and owns a pod. When its time is over, Kubernetes fails it, deletes it at once (TTL 0), and its pod with it:
// whatever becomes of dayfly. That the Job does not run the pod itself lets the pod have a name, a restart policy, and all else of its own; and
// its time can be extended.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
// https://kubernetes.io/docs/concepts/architecture/garbage-collection/
type Timer struct {
	Job *batchv1.Job
}

// NewTimer makes the Job of a pod, of the same name, for a time. The container that it would run, if it ran something, asks for nothing; its image is
// one that comes into the namespace anyway.
func NewTimer(pod *corev1.Pod, image string, life time.Duration) *Timer {
	return &Timer{&batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, Labels: maps.Clone(pod.Labels), Annotations: maps.Clone(pod.Annotations)},
		Spec: batchv1.JobSpec{
			Parallelism: new(int32(0)), BackoffLimit: new(int32(0)), TTLSecondsAfterFinished: new(int32(0)),
			ActiveDeadlineSeconds: new(int64(life / time.Second)),
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
				RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: new(false),
				Containers: []corev1.Container{{Name: "none", Image: image, SecurityContext: &corev1.SecurityContext{
					RunAsNonRoot: new(true), AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
					SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
				}}},
			}},
		},
	}}
}

// Owner is the reference to the Job with which a pod is its own.
func (t *Timer) Owner(uid types.UID) *metav1.OwnerReference {
	return &metav1.OwnerReference{APIVersion: "batch/v1", Kind: "Job", Name: t.Job.Name, UID: uid}
}

func (t *Timer) op() string {
	return fmt.Sprintf("create Job %s, which ends the pod", t.Job.Name)
}

// Apply creates the Job and returns the reference to it.
func (t *Timer) Apply(ctx context.Context, c *kube.Cluster) (*metav1.OwnerReference, error) {
	a := write.Attempt[batchv1.Job]{
		Op: t.op(), May: fmt.Sprintf("Job %s may have been created; it ends by itself", t.Job.Name),
		Find: func(ctx context.Context) (*batchv1.Job, error) {
			return findJobOf(ctx, c, t.Job.Namespace, t.Job.Name, t.Job.Annotations[SessionAnnotation])
		},
		Send: func(ctx context.Context) (*batchv1.Job, error) { return t.send(ctx, c, t.request(c)) },
	}
	made, err := a.Create(ctx)
	if err != nil {
		return nil, err
	}
	return t.Owner(made.UID), nil
}

// DryRun lets the cluster judge the Job.
func (t *Timer) DryRun(ctx context.Context, c *kube.Cluster) error {
	_, err := t.send(ctx, c, t.request(c).Param("dryRun", metav1.DryRunAll))
	return err
}

func (t *Timer) request(c *kube.Cluster) *rest.Request {
	return c.Core().Post().AbsPath(write.Jobs).Namespace(t.Job.Namespace).Resource("jobs").Param("fieldManager", "dayfly")
}

func (t *Timer) send(ctx context.Context, c *kube.Cluster, r *rest.Request) (*batchv1.Job, error) {
	body, err := json.Marshal(t.Job)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.op(), err)
	}
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	made, err := jobOf(kube.BodyOf(r.SetHeader("Content-Type", "application/json").SetHeader("Accept", "application/json").Body(body).Do(ctx)))
	if err != nil {
		return nil, write.NotCreated(ctx, c, t.op(), "Job", kube.Target{Namespace: t.Job.Namespace, Pod: t.Job.Name}, kube.RightToTime(), err)
	}
	return made, nil
}

// jobOf reads a Job from an answer.
func jobOf(body []byte, err error) (*batchv1.Job, error) {
	if err != nil {
		return nil, err
	}
	var job batchv1.Job
	if err := json.Unmarshal(body, &job); err != nil {
		return nil, fmt.Errorf("read the Job: %w", err)
	}
	return &job, nil
}

// findJobOf reads a Job and returns it if it is marked with the session; nil: it is not there. An error means that nobody can tell.
func findJobOf(ctx context.Context, c *kube.Cluster, namespace, name, session string) (*batchv1.Job, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	job, err := jobOf(kube.BodyOf(c.Core().Get().AbsPath(write.Jobs).Namespace(namespace).Resource("jobs").Name(name).
		SetHeader("Accept", "application/json").Do(ctx)))
	switch {
	case kube.IsNotFound(err):
		return nil, nil //nolint:nilnil // it is not there, and nothing is wrong with that
	case err != nil:
		return nil, err
	case job.Annotations[SessionAnnotation] == session:
		return job, nil
	}
	return nil, nil //nolint:nilnil // another of its name
}

// Remove deletes the Job that a reference is to, and what it owns.
func (t *Timer) Remove(ctx context.Context, c *kube.Cluster, owner *metav1.OwnerReference) error {
	o := write.Object{API: write.Jobs, Resource: "jobs", Namespace: t.Job.Namespace, Name: t.Job.Name}
	return write.Delete(ctx, c, o, owner.UID, metav1.DeletePropagationBackground)
}
