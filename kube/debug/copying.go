package debug

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// copying is the change that creates a copy of a pod, behind a Job that ends it.
type copying struct {
	original  *corev1.Pod // that is copied
	choices   podcopy.Choices
	pod       *corev1.Pod // as it is created, but for what is known only then: its owner, and until when it is there
	container *corev1.Container
	life      time.Duration    // 0: as long as nobody deletes it
	timer     *leftovers.Timer // nil: no Job ends it
	session   string           // what only this copy is marked with
}

// newCopying makes the change for a request, in which equip puts what a person gets into the copy.
func newCopying(original *corev1.Pod, r Request, equip func(*corev1.PodSpec) (*corev1.Container, error)) (*copying, error) {
	choices := r.Copy.kept(r.Profile)
	pod := choices.Make(original, r.Copy.Name)
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
	m := &copying{original: original, choices: choices, pod: pod, container: c, life: wholeSeconds(r.EndsAfter), session: r.Name}
	m.mark(&pod.ObjectMeta, r.Copy)
	if m.life > 0 {
		pod.Spec.ActiveDeadlineSeconds = nil // the pod's own, which would end the copy sooner
		podcopy.EndSoon(&pod.Spec)
	}
	switch {
	case r.timed():
		m.timer = leftovers.NewTimer(pod, cmp.Or(r.Image, c.Image), m.life)
	case m.life > 0:
		pod.Spec.ActiveDeadlineSeconds = new(int64(m.life / time.Second))
	}
	return m, nil
}

// mark writes on what is created whose it is.
func (m *copying) mark(meta *metav1.ObjectMeta, o CopyOptions) {
	if meta.Labels == nil {
		meta.Labels = map[string]string{}
	}
	if meta.Annotations == nil {
		meta.Annotations = map[string]string{}
	}
	meta.Labels[leftovers.ManagedByLabel], meta.Annotations[leftovers.CopyOfAnnotation], meta.Annotations[leftovers.SessionAnnotation] = leftovers.ManagedBy, m.original.Name, m.session
	if o.By != "" {
		meta.Annotations[leftovers.ByAnnotation] = o.By
	}
}

// complete is the pod with what is known when it is created.
func (m *copying) complete(owner *metav1.OwnerReference, until string) *corev1.Pod {
	pod := m.pod.DeepCopy()
	if owner != nil {
		pod.OwnerReferences = []metav1.OwnerReference{*owner}
	}
	if m.life > 0 {
		pod.Annotations[leftovers.UntilAnnotation] = until
	}
	return pod
}

// leftover is what stays of it.
func (m *copying) leftover() leftovers.Leftover {
	otherwise := ", unless dayfly is killed"
	switch {
	case m.timer != nil:
		otherwise = ", and the cluster after " + Span(m.life) + " in any case"
	case m.life > 0:
		otherwise = "; if it cannot, the copy ends after " + Span(m.life) + ", and its entry stays"
	}
	return leftovers.Leftover{
		Target: kube.Target{Namespace: m.pod.Namespace, Pod: m.pod.Name}, Removable: true, Session: m.session, Owned: m.timer != nil,
		Words: fmt.Sprintf("pod %s, the copy of %s, runs until it is deleted", m.pod.Name, m.original.Name), Otherwise: otherwise,
		Asks: fmt.Sprintf("Delete pod %s, the copy of %s?", m.pod.Name, m.original.Name),
	}
}

func (m *copying) Op() string {
	return fmt.Sprintf("create pod %s, a copy of %s", m.pod.Name, m.original.Name)
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
		TypeMeta: m.pod.TypeMeta, Spec: m.original.Spec,
		ObjectMeta: metav1.ObjectMeta{
			Name: m.original.Name, Namespace: m.original.Namespace, Labels: m.original.Labels, Annotations: m.original.Annotations, OwnerReferences: m.original.OwnerReferences,
		},
	}
	whole := m.objects()
	created := whole[strings.LastIndex(whole, "\n---\n")+1:]
	text := udiff.Unified("pod "+m.original.Name, "copy", manifest(before), strings.TrimPrefix(created, "---\n"))
	becomes := " is not changed. A copy is created, which"
	if m.choices.Replace {
		becomes = " is deleted as soon as a copy has been created, which"
	}
	return "Pod " + m.original.Name + becomes + " differs from it so (- pod, + copy):\n", text + "\n All that is created:\n\n" + indented(whole)
}

// indented has each line one column to the right, where a diff has what is the same.
func indented(text string) string {
	return " " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n ")
}

// Manifest is the pod as it is sent, behind its Job; what is known only then is told in words.
func (m *copying) Manifest() string {
	if m.choices.Replace {
		return "# Once this is created, pod " + m.original.Name + " is deleted.\n" + m.objects()
	}
	return m.objects()
}

func (m *copying) objects() string {
	until := Span(m.life) + " after its creation"
	if m.timer == nil {
		return manifest(m.complete(nil, until))
	}
	return manifest(m.timer.Job) + "---\n" + manifest(m.complete(m.timer.Owner("the UID of that Job"), until))
}

// manifest is an object as YAML, clean and without what only a server fills in.
func manifest(object any) string {
	body, err := yaml.Marshal(object)
	if err != nil {
		return "" // what is made here can be written
	}
	lines := slices.DeleteFunc(strings.SplitAfter(string(body), "\n"), func(line string) bool { return line == "status: {}\n" })
	return kube.SanitizeLines(strings.Join(lines, ""))
}

func (m *copying) Spec() *corev1.PodSpec { return &m.pod.Spec }

func (m *copying) Container() *corev1.Container { return m.container }

func (m *copying) Right() kube.Right { return kube.RightToCreate() }

func (m *copying) Rights() []kube.Right {
	if m.timer == nil {
		return kube.CopyRights()
	}
	return slices.Concat(kube.CopyRights(), kube.TimerRights())
}

func (m *copying) Done() string {
	what := "debug container " + m.container.Name + " of " + m.container.Image
	switch {
	case m.choices.InPlaceOf != "":
		what = m.container.Image + " in the place of " + m.container.Name
	case m.container.Name != m.session:
		what = m.container.Name + " idle"
	}
	done := "pod " + m.pod.Name + ", a copy of this one with " + what + ", was created"
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
	pod := kube.NewPod(m.pod.DeepCopy())
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
	other.pod = m.pod.DeepCopy()
	other.pod.Annotations[leftovers.ReasonAnnotation] = reason
	if m.timer != nil {
		other.timer = &leftovers.Timer{Job: m.timer.Job.DeepCopy()}
		other.timer.Job.Annotations[leftovers.ReasonAnnotation] = reason
	}
	return &other
}

// Key leaves out the names, which are new each time.
func (m *copying) Key() string {
	nameless := m.pod.DeepCopy()
	nameless.Name, nameless.Annotations[leftovers.SessionAnnotation] = "", ""
	for i := range nameless.Spec.Containers {
		if one := &nameless.Spec.Containers[i]; one.Name == m.session {
			one.Name = ""
		}
	}
	text, err := json.Marshal(nameless)
	if err != nil {
		return m.pod.Name // what is made here can be written
	}
	return fmt.Sprintf("copy of %s for %s, with a Job: %v, in its place: %v %s", m.original.Name, m.life, m.timer != nil, m.choices.Replace, text)
}

func (m *copying) Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	var owner *metav1.OwnerReference
	if m.timer != nil {
		var err error
		if owner, err = m.timer.Apply(ctx, c); err != nil {
			return nil, err
		}
	}
	made, err := m.create(ctx, c, owner)
	if err != nil && owner != nil && !write.IsUnsure(err) {
		_ = m.timer.Remove(context.WithoutCancel(ctx), c, owner) // or it ends by itself
	}
	if err == nil && m.choices.Replace {
		err = replacing{m.original}.apply(ctx, c, func(ctx context.Context) error { return m.leftover().Made(made).Remove(ctx, c) })
	}
	return made, err
}

func (m *copying) create(ctx context.Context, c *kube.Cluster, owner *metav1.OwnerReference) (*corev1.Pod, error) {
	find := func(ctx context.Context) (*corev1.Pod, error) {
		return leftovers.FindPod(ctx, c, m.pod.Namespace, m.pod.Name, m.session)
	}
	body, err := json.Marshal(m.complete(owner, c.Now().Add(m.life).UTC().Format(time.RFC3339)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Op(), err)
	}
	a := write.Attempt[corev1.Pod]{Op: m.Op(), Find: find, May: fmt.Sprintf("pod %s may have been created: look for it before you try again", m.pod.Name)}
	a.Send = func(ctx context.Context) (*corev1.Pod, error) { return m.send(ctx, c, m.request(c).Body(body)) }
	return a.Create(ctx)
}

func (m *copying) DryRun(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	var owner *metav1.OwnerReference
	if m.timer != nil {
		if err := m.timer.DryRun(ctx, c); err != nil {
			return nil, err
		}
		owner = m.timer.Owner("00000000-0000-0000-0000-000000000000") // nobody looks whether it is there
	}
	body, err := json.Marshal(m.complete(owner, c.Now().Add(m.life).UTC().Format(time.RFC3339)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Op(), err)
	}
	admitted, err := m.send(ctx, c, m.request(c).Param("dryRun", metav1.DryRunAll).Body(body))
	if err != nil || !m.choices.Replace {
		return admitted, err
	}
	return admitted, replacing{m.original}.dryRun(ctx, c)
}

func (m *copying) request(c *kube.Cluster) *rest.Request {
	return c.Core().Post().Namespace(m.pod.Namespace).Resource("pods").Param("fieldManager", "dayfly")
}

// send returns the pod as it has been created.
func (m *copying) send(ctx context.Context, c *kube.Cluster, r *rest.Request) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod
	if err := r.Do(ctx).Into(&pod); err != nil {
		return nil, write.NotCreated(ctx, c, m.Op(), "pod", kube.Target{Namespace: m.pod.Namespace, Pod: m.pod.Name, Container: m.container.Name}, m.Right(), err)
	}
	return &pod, nil
}
