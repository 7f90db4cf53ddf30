package api

import (
	"maps"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"
)

// defaultJob fills in what the real server fills in for a new Job, and what marks the pods of this one. What the Job has already, stays.
func defaultJob(job *batchv1.Job, now time.Time) {
	Name(job)
	defaultMeta(job, now)
	if job.Generation == 0 {
		job.Generation = 1
	}
	spec := &job.Spec
	if spec.Completions == nil && spec.Parallelism == nil {
		spec.Completions = ptr.To(int32(1))
	}
	set(&spec.ManualSelector, ptr.To(false))
	set(&spec.PodReplacementPolicy, ptr.To(batchv1.TerminatingOrFailed))
	defaultJobSpec(spec)
	if len(job.Labels) == 0 {
		job.Labels = maps.Clone(spec.Template.Labels)
	}
	if spec.Template.Labels == nil {
		spec.Template.Labels = map[string]string{}
	}
	for key, value := range map[string]string{
		batchv1.JobNameLabel: job.Name, "job-name": job.Name,
		batchv1.ControllerUidLabel: string(job.UID), "controller-uid": string(job.UID),
	} {
		spec.Template.Labels[key] = value
	}
	if spec.Selector == nil {
		spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{batchv1.ControllerUidLabel: string(job.UID)}}
	}
}

// defaultJobSpec fills in what a Job must have, new or changed.
func defaultJobSpec(spec *batchv1.JobSpec) {
	set(&spec.Parallelism, ptr.To(int32(1)))
	set(&spec.BackoffLimit, ptr.To(int32(6)))
	set(&spec.CompletionMode, ptr.To(batchv1.NonIndexedCompletion))
	set(&spec.Suspend, ptr.To(false))
	defaultTemplate(&spec.Template.Spec)
}

// validateJob tells what is wrong with a Job, new or changed.
func validateJob(job *batchv1.Job) field.ErrorList {
	errs := validateMeta(job)
	path := field.NewPath("spec")
	for _, number := range []struct {
		name  string
		value *int64
	}{
		{"parallelism", long(job.Spec.Parallelism)},
		{"completions", long(job.Spec.Completions)},
		{"activeDeadlineSeconds", job.Spec.ActiveDeadlineSeconds},
		{"backoffLimit", long(job.Spec.BackoffLimit)},
		{"ttlSecondsAfterFinished", long(job.Spec.TTLSecondsAfterFinished)},
	} {
		if number.value != nil {
			errs = append(errs, apivalidation.ValidateNonnegativeField(*number.value, path.Child(number.name))...)
		}
	}
	template := path.Child("template")
	errs = append(errs, metavalidation.ValidateLabels(job.Spec.Template.Labels, template.Child("labels"))...)
	errs = append(errs, validateSpec(&job.Spec.Template.Spec, template.Child("spec"))...)
	at, policy := template.Child("spec", "restartPolicy"), job.Spec.Template.Spec.RestartPolicy
	switch policy {
	case corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure:
	case corev1.RestartPolicyAlways:
		errs = append(errs, field.Required(at, `valid values: "OnFailure", "Never"`))
	default:
		errs = append(errs, field.NotSupported(at, policy, []corev1.RestartPolicy{corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever}))
	}
	return errs
}

func long(value *int32) *int64 {
	if value == nil {
		return nil
	}
	return ptr.To(int64(*value))
}

// jobSpec is the Job itself: its metadata, and of its spec what does not make it another Job.
type jobSpec struct{}

func (jobSpec) take(before, wanted *batchv1.Job) *batchv1.Job {
	after := before.DeepCopy()
	takeMeta(after, wanted)
	after.Spec = *wanted.Spec.DeepCopy()
	defaultJobSpec(&after.Spec)
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		after.Generation++
	}
	return after
}

func (jobSpec) validate(before, _, after *batchv1.Job) field.ErrorList {
	errs := validateJob(after)
	path := field.NewPath("spec")
	same := func(name string, before, after any) {
		errs = append(errs, apivalidation.ValidateImmutableField(after, before, path.Child(name))...)
	}
	same("completions", before.Spec.Completions, after.Spec.Completions)
	same("selector", before.Spec.Selector, after.Spec.Selector)
	same("template", before.Spec.Template, after.Spec.Template)
	same("completionMode", before.Spec.CompletionMode, after.Spec.CompletionMode)
	return errs
}

func (jobSpec) secure(*Server, *batchv1.Job) ([]string, error) { return nil, nil }

func (jobSpec) note(_, _ *batchv1.Job, _ string, _ metav1.Time) {}
