package debug

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// copying is the change that creates a copy of a pod, behind a Job that ends it.
type copying struct {
	*leftovers.TimedPod
	original  *corev1.Pod // that is copied
	choices   podcopy.Choices
	container *corev1.Container
}

// newCopying makes the change for a request, in which equip puts what a person gets into the copy.
func newCopying(original *corev1.Pod, r Request, equip func(*corev1.PodSpec) (*corev1.Container, error)) (*copying, error) {
	choices := r.Copy.kept(r.Profile)
	pod := choices.Make(original, r.Own.Name)
	choices.MarkOptOuts(&pod.ObjectMeta)
	c, err := equip(&pod.Spec)
	if err != nil {
		return nil, err
	}
	if !choices.Writable {
		podcopy.Protect(&pod.Spec)
	}
	if choices.Limited {
		podcopy.Limit(&pod.Spec, original)
	}
	if r.EndsAfter > 0 {
		pod.Spec.ActiveDeadlineSeconds = nil // the pod's own, which would end the copy sooner
		podcopy.EndSoon(&pod.Spec)
	}
	return &copying{original: original, choices: choices, container: c, TimedPod: leftovers.NewTimedPod(pod, leftovers.PodOptions{
		What: "a copy of " + original.Name, Marks: map[string]string{leftovers.CopyOfAnnotation: original.Name},
		Session: r.Name, By: r.Own.By, Life: wholeSeconds(r.EndsAfter), LifeWords: Span(r.EndsAfter), Job: r.timed(), Image: cmp.Or(r.Image, c.Image),
	})}, nil
}

func (m *copying) Words() string {
	if m.choices.Replace {
		return "replace pod " + m.original.Name + " by a copy"
	}
	return "create a copy of pod " + m.original.Name
}

func (m *copying) Intro() string {
	if m.choices.Replace {
		return "will be created, then pod " + m.original.Name + " deleted; the copy is deleted before dayfly exits:"
	}
	return "will be created, and deleted before dayfly exits:"
}

// Difference is from the pod to its copy, and behind it all that is created: where the two are alike, the diff says nothing.
func (m *copying) Difference() (intro, diff string) {
	before := &corev1.Pod{
		TypeMeta: m.Pod.TypeMeta, Spec: m.original.Spec,
		ObjectMeta: metav1.ObjectMeta{
			Name: m.original.Name, Namespace: m.original.Namespace, Labels: m.original.Labels, Annotations: m.original.Annotations, OwnerReferences: m.original.OwnerReferences,
		},
	}
	_, created := m.Objects()
	text := udiff.Unified("pod "+m.original.Name, "copy", leftovers.Manifest(before), created)
	becomes := " is not changed. A copy is created, which"
	if m.choices.Replace {
		becomes = " is deleted as soon as a copy has been created, which"
	}
	return "Pod " + m.original.Name + becomes + " differs from it so (- pod, + copy):\n", text + "\n All that is created:\n\n" + indented(allObjects(m.TimedPod))
}

// indented has each line one column to the right, where a diff has what is the same.
func indented(text string) string {
	return " " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n ")
}

// Manifest is the pod as it is sent, behind its Job.
func (m *copying) Manifest() string {
	if m.choices.Replace {
		return "# Once this is created, pod " + m.original.Name + " is deleted.\n" + allObjects(m.TimedPod)
	}
	return allObjects(m.TimedPod)
}

// allObjects are the pod as it is sent, and its Job before it.
func allObjects(p *leftovers.TimedPod) string {
	job, pod := p.Objects()
	if job != "" {
		job += "---\n"
	}
	return job + pod
}

func (m *copying) Spec() *corev1.PodSpec { return &m.Pod.Spec }

func (m *copying) Container() *corev1.Container { return m.container }

func (m *copying) Right() kube.Right { return kube.RightToCreate() }

func (m *copying) Done() string {
	what := "debug container " + m.container.Name + " of " + m.container.Image
	switch {
	case m.choices.InPlaceOf != "":
		what = m.container.Image + " in the place of " + m.container.Name
	case m.container.Name != m.Session:
		what = m.container.Name + " idle"
	}
	done := "pod " + m.Pod.Name + ", a copy of this one with " + what + ", was created"
	if m.choices.Replace {
		done += ", and this one deleted"
	}
	return done
}

func (m *copying) WhenGone() (string, []kube.Help) {
	if m.choices.Replace {
		return "debug the pod that has come in its place, if one has", nil
	}
	return "do the same again: it makes a new copy", nil
}

// Known is the copy before it is there: of its node, its memory and its events nothing is known, nor whether it starts.
func (m *copying) Known(f Facts) Facts {
	pod := kube.NewPod(m.Pod.DeepCopy())
	pod.Refusal = nil
	f.Pod, f.Node, f.Events, f.MemoryUsed, f.MemoryLimit, f.Unmade = pod, nil, nil, 0, 0, true
	return f
}

// Because writes it into the annotations.
func (m *copying) Because(reason string) Change {
	if reason == "" {
		return m
	}
	other := *m
	other.TimedPod = m.TimedPod.Because(reason)
	return &other
}

// Key leaves out the names, which are new each time.
func (m *copying) Key() string {
	return fmt.Sprintf("%s, in its place: %v", m.TimedPod.Key(), m.choices.Replace)
}

func (m *copying) Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	made, err := m.TimedPod.Apply(ctx, c)
	if err == nil && m.choices.Replace {
		err = replacing{m.original}.apply(ctx, c, func(ctx context.Context) error { return m.Leftover().Made(made).Remove(ctx, c) })
	}
	return made, err
}

func (m *copying) DryRun(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	admitted, err := m.TimedPod.DryRun(ctx, c)
	if err != nil || !m.choices.Replace {
		return admitted, err
	}
	return admitted, replacing{m.original}.dryRun(ctx, c)
}

// copyNotes say what the copy is, and what of it the kubectl command cannot say.
func (r Request) copyNotes(original *corev1.Pod) []Note {
	kept := r.Copy.kept(r.Profile)
	where := "on whatever node the scheduler chooses"
	if kept.SameNode {
		where = "on the pod's node, whatever the scheduler says"
	}
	notes := []Note{{Text: "the copy is a new pod, " + where + r.without(kept)}}
	var unsaid []string
	if policy := cmp.Or(original.Spec.RestartPolicy, corev1.RestartPolicyAlways); kept.Restarts && policy != corev1.RestartPolicyNever {
		notes = append(notes, Note{Text: "its program is restarted when it ends, like everything in the pod (restartPolicy: " + string(policy) + ")"})
	} else if policy != corev1.RestartPolicyNever {
		notes = append(notes, Note{Text: "nothing in the copy is restarted (restartPolicy: Never)"})
		unsaid = append(unsaid, "restarts what ends")
	}
	if spec := &original.Spec; !kept.Writable && len(podcopy.Written(spec)) > 0 {
		unsaid = append(unsaid, "writes to the pod's volumes")
	}
	if kept.Replace {
		notes = append(notes, Note{Text: "pod " + original.Name + " is deleted with its own grace period"})
		unsaid = append(unsaid, "deletes the pod without a grace period")
	}
	if len(kept.Labels) > 0 && !kept.Keeps(podcopy.All) {
		unsaid = append(unsaid, "has no labels")
	}
	if kept.Limited && kept.InPlaceOf == "" {
		notes = append(notes, Note{Text: "what dayfly adds to the copy may use " + podcopy.LimitWords() + ": a tool that needs more memory is killed"})
		unsaid = append(unsaid, "sets no limits for its tool")
	}
	if len(kept.OptOut) > 0 {
		unsaid = append(unsaid, "gets what "+kube.List(kept.OptOut)+" adds")
	}
	switch {
	case r.EndsAfter <= 0:
	case r.Own.NoTimer:
		notes = append(notes, Note{Text: "the copy ends " + Span(r.EndsAfter) + " after its start, even if dayfly is gone; its entry stays, because no Job deletes it"})
	default:
		notes = append(notes, Note{Text: "the cluster deletes the copy " + Span(r.EndsAfter) + " after its creation, even if dayfly is gone: the Job runs nothing, and owns the copy"})
	}
	if r.EndsAfter > 0 {
		unsaid = append(unsaid, "stays until somebody deletes it")
	}
	if len(unsaid) > 0 {
		notes = append(notes, Note{Text: "the copy that the kubectl command makes " + kube.List(unsaid)})
	}
	return notes
}

// without is what of the pod the copy lacks.
func (r Request) without(kept podcopy.Choices) string {
	var lacks []string
	for _, part := range []struct {
		kept bool
		name string
	}{
		{len(kept.Labels) > 0, "labels"}, {kept.Annotations, "annotations"}, {kept.Liveness && kept.Readiness && kept.Startup, "probes"},
		{!kept.NoInit, "init containers"},
	} {
		if !part.kept {
			lacks = append(lacks, part.name)
		}
	}
	if len(lacks) == 0 {
		return ""
	}
	return ", without the pod's " + kube.List(lacks)
}
