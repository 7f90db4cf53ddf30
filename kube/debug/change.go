package debug

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Change is what a plan does to a cluster: one request. Guard rails, checks and admission look at it as what it is, and never ask for the way
// that it belongs to. It is a value, made once, and may be used by several goroutines.
type Change interface {
	// Op names it in errors, "add debugger-x2 to pod web", and Words say what it does without names that are new each time: "add a debug
	// container to pod web".
	Op() string
	Words() string
	// Manifest is exactly what is sent, as YAML, clean. Intro is what becomes of it, as the beginning of a sentence that it ends; Difference
	// is it as a change of what is there: a sentence, and a unified diff.
	Manifest() string
	Intro() string
	Difference() (intro, diff string)
	// Spec is the pod's as the change leaves or makes it, and Container the one in it that the person gets. They must not be changed.
	Spec() *corev1.PodSpec
	Container() *corev1.Container
	// Right is what it takes, and Rights what it and a session behind it do, in the order of use.
	Right() kube.Right
	Rights() []kube.Right
	// Done says what has been done, to whoever looks at the pod that is debugged, as a part of a sentence: "debug container x with busybox was added".
	Done() string
	// WhenGone is what a person does when the pod with the container has gone: as a hint, and what helps.
	WhenGone() (hint string, help []kube.Help)
	// Check draws findings that only this kind of change has.
	Check(f Facts) []Finding
	// Known is what holds of facts about the pod that is debugged for the one in which the container will be.
	Known(f Facts) Facts
	// Because is the change with the reason for it, in a person's words, where what is sent has a place for that.
	Because(reason string) Change
	// Key is equal for changes that a cluster judges equally: names that are new each time do not count.
	Key() string
	// Apply makes the change and returns the pod as it is then, from whose resource version its effect can be watched.
	Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error)
	// DryRun lets the cluster judge the change without making it. It returns the pod as it would be then.
	DryRun(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error)
}

// Intro is that of the plan's [Change]; a plan that was not built has none.
func (p Plan) Intro() string {
	if p.Change == nil {
		return ""
	}
	return p.Change.Intro()
}

// Difference is that of the plan's [Change].
func (p Plan) Difference() (intro, diff string) {
	if p.Change == nil {
		return "", ""
	}
	return p.Change.Difference()
}
