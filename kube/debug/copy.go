package debug

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
)

// copyName is the name of a copy that gets a container: the pod's, as far as there is room for it, and what makes the container's new.
func copyName(pod, container string) string {
	suffix := "-debug-" + container[strings.LastIndex(container, "-")+1:]
	suffix = suffix[:min(len(suffix), 20)]
	return strings.TrimRight(pod[:min(len(pod), validation.DNS1123LabelMaxLength-len(suffix))], "-.") + suffix
}

// copyOf is the container that a request gets in a copy of a pod, whose name it gives the request if that has none.
func copyOf(pod kube.Target, r *Request) kube.Target {
	r.CopyTo = cmp.Or(r.CopyTo, copyName(pod.Pod, r.Name))
	return kube.Target{Namespace: pod.Namespace, Pod: r.CopyTo, Container: r.Name}
}

// inCopy builds the plan of a copy of a pod that has the container beside its own, and shares their processes: what kubectl debug --copy-to
// with --share-processes makes. The copy is on no node yet, has no labels, so that nothing sends it traffic, and no probes.
func inCopy(pod *kube.Pod, r Request) (Plan, error) {
	original := pod.Object()
	if original == nil {
		return Plan{}, &kube.Problem{Message: fmt.Sprintf("pod %s has not been read", pod.Name), Help: []kube.Help{kube.Retry}}
	}
	_ = copyOf(kube.Target{Pod: pod.Name}, &r)
	if wrong := validation.IsDNS1123Subdomain(r.CopyTo); len(wrong) > 0 || r.CopyTo == pod.Name {
		return Plan{}, &kube.Problem{
			Message: fmt.Sprintf("%q cannot be the name of a copy of pod %s", kube.Sanitize(r.CopyTo), pod.Name),
			Hint:    "use a name that no pod has, of lower case letters, digits and dashes",
		}
	}
	if c, ok := pod.Container(r.Target); r.Target != "" && (!ok || c.Kind == kube.DebugContainer) {
		return Plan{}, &kube.Problem{
			Message: fmt.Sprintf("pod %s has no container %q to look at", pod.Name, kube.Sanitize(r.Target)), Help: []kube.Help{kube.ChooseTarget},
		}
	}
	if len(r.Mounts) > 0 {
		r.MountsOf = cmp.Or(r.MountsOf, r.Target)
	}
	unborn := original.DeepCopy()
	unborn.Status = corev1.PodStatus{} // of its containers none runs, nor has an ID
	made, err := r.make(unborn)
	if err != nil {
		return Plan{}, err
	}
	change, err := newCopying(original, made.container, r)
	if err != nil {
		return Plan{}, err
	}
	about := kube.Target{Namespace: pod.Namespace, Pod: pod.Name}
	debugged := copyOf(about, &r)
	copied := debugged.Of("")
	without := "labels, annotations and probes"
	if r.Profile == kube.Legacy {
		without = "labels"
	}
	notes := []Note{{Text: "the copy is a new pod, on whatever node the scheduler chooses, without the pod's " + without + ": no Service sends it traffic"}}
	if len(original.Spec.Volumes) > 0 {
		notes = append(notes, Note{Text: "it mounts the pod's volumes: PVC and hostPath data is shared with the pod"})
	}
	switch never := change.pod.Spec.RestartPolicy == corev1.RestartPolicyNever; {
	case r.once():
		notes = append(notes, Note{Text: "nothing in the copy is restarted (restartPolicy: Never), unlike in the copy that the kubectl command makes"})
	case !never:
		notes = append(notes, Note{Text: "its program is restarted when it ends, like everything in the pod (restartPolicy: " + string(cmp.Or(change.pod.Spec.RestartPolicy, corev1.RestartPolicyAlways)) + ")"})
	}
	return Plan{
		UID: string(original.UID), Target: about.Of(r.Target), Debug: debugged,
		Image: r.Image, Profile: r.Profile, TTY: made.container.TTY, Exec: made.exec,
		Change: change, Adds: change.Manifest(),
		Command: made.sent.kubectl(pod.Context, about) + made.sent.kubectlExec(pod.Context, copied, made.exec),
		Leftovers: []Leftover{{
			Target: copied, Removable: true, container: r.Name,
			Words: fmt.Sprintf("pod %s, the copy of %s, runs until it is deleted", r.CopyTo, pod.Name),
			Asks:  fmt.Sprintf("Delete pod %s, the copy of %s?", r.CopyTo, pod.Name),
		}},
		Notes: slices.Concat(notes, made.notes), Request: r, Siblings: nil,
	}, nil
}

// once reports whether nothing in a copy may be started again: what is to end after a time would go on.
func (r Request) once() bool { return r.Once || r.EndsAfter > 0 }

// copying is the change that creates a copy of a pod.
type copying struct {
	of        string // the pod that is copied
	pod       *corev1.Pod
	container *corev1.Container
	body      []byte
}

func newCopying(original *corev1.Pod, c *corev1.Container, r Request) (*copying, error) {
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: r.CopyTo, Namespace: original.Namespace},
		Spec:       *original.Spec.DeepCopy(),
	}
	pod.Spec.EphemeralContainers = nil
	if !pod.Spec.HostPID { // of which a pod has one or the other
		pod.Spec.ShareProcessNamespace = new(true)
	}
	pod.Spec.NodeName = ""
	if r.once() {
		pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	}
	if r.Profile == kube.Legacy { // which takes away the labels only
		pod.Annotations = original.Annotations
	} else {
		for i := range pod.Spec.Containers {
			one := &pod.Spec.Containers[i]
			one.LivenessProbe, one.ReadinessProbe, one.StartupProbe = nil, nil, nil
		}
	}
	pod.Spec.Containers = append(pod.Spec.Containers, *c)
	body, err := json.Marshal(pod)
	if err != nil {
		return nil, fmt.Errorf("write the copy: %w", err)
	}
	return &copying{of: original.Name, pod: pod, container: c, body: body}, nil
}

func (m *copying) Op() string { return fmt.Sprintf("create pod %s, a copy of %s", m.pod.Name, m.of) }

func (m *copying) Words() string { return "create a copy of pod " + m.of }

func (m *copying) Intro() string { return "will be created, and deleted before dayfly exits:" }

// Difference has the marks behind the indentation, which wrapping keeps.
func (m *copying) Difference() string {
	lines := strings.Split(strings.TrimRight(m.Manifest(), "\n"), "\n")
	for n, line := range lines {
		content := strings.TrimLeft(line, " ")
		lines[n] = "  " + strings.Repeat(" ", len(line)-len(content)) + "+ " + content
	}
	return "What is created; pod " + m.of + " is not changed:\n\n" + strings.Join(lines, "\n")
}

// Manifest is the pod as it is sent.
func (m *copying) Manifest() string {
	text, err := yaml.JSONToYAML(m.body)
	if err != nil {
		return "" // it has just been written as JSON
	}
	return kube.SanitizeLines(string(text))
}

func (m *copying) Spec() *corev1.PodSpec { return &m.pod.Spec }

func (m *copying) Container() *corev1.Container { return m.container }

func (m *copying) Right() kube.Right { return kube.RightToCreate() }

func (m *copying) Rights() []kube.Right { return kube.CopyRights() }

func (m *copying) Done() string {
	return "pod " + m.pod.Name + ", a copy of this one with debug container " + m.container.Name + " of " + m.container.Image + ", was created"
}

func (m *copying) WhenGone() (string, []kube.Help) {
	return "do the same again: it makes a new copy", nil
}

// Known is the copy before it is there: of its node, its memory and its events nothing is known, nor whether it starts.
func (m *copying) Known(f Facts) Facts {
	pod := kube.NewPod(m.pod.DeepCopy())
	pod.Refusal = nil
	f.Pod, f.Node, f.Events, f.MemoryUsed, f.MemoryLimit, f.Unmade = pod, nil, nil, 0, 0, true
	return f
}

// Key leaves out the names, which are new each time.
func (m *copying) Key() string {
	nameless := m.pod.DeepCopy()
	nameless.Name, nameless.Spec.Containers[len(nameless.Spec.Containers)-1].Name = "", ""
	text, err := json.Marshal(nameless)
	if err != nil {
		return string(m.body) // it has just been written as JSON
	}
	return "copy of " + m.of + " " + string(text)
}

func (m *copying) Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	find := func(ctx context.Context) (*corev1.Pod, error) {
		return findPodOf(ctx, c, m.pod.Namespace, m.pod.Name, m.container.Name)
	}
	a := attempt{op: m.Op(), find: find, may: fmt.Sprintf("pod %s may have been created: look for it before you try again", m.pod.Name)}
	a.send = func(ctx context.Context) (*corev1.Pod, error) {
		made, err := m.send(ctx, c, m.request(c))
		if !apierrors.IsAlreadyExists(err) {
			return made, err
		}
		switch found, unread := find(ctx); { // made by a request whose answer was lost, perhaps
		case found != nil:
			return found, nil
		case unread != nil:
			return nil, a.unsure(err)
		}
		return nil, err
	}
	return a.carry(ctx)
}

func (m *copying) DryRun(ctx context.Context, c *kube.Cluster) error {
	_, err := m.send(ctx, c, m.request(c).Param("dryRun", metav1.DryRunAll))
	return err
}

func (m *copying) request(c *kube.Cluster) *rest.Request {
	return c.Core().Post().Namespace(m.pod.Namespace).Resource("pods").Param("fieldManager", "dayfly").Body(m.body)
}

// send returns the pod as it has been created.
func (m *copying) send(ctx context.Context, c *kube.Cluster, r *rest.Request) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod
	err := r.Do(ctx).Into(&pod)
	op := m.Op()
	switch {
	case err == nil:
		return &pod, nil
	case apierrors.IsAlreadyExists(err):
		return nil, &kube.Problem{Message: op + ": there is a pod of that name already", Hint: "choose another name for the copy", Err: err}
	case apierrors.IsForbidden(err) && kube.DeniedByRBAC(kube.Sanitize(kube.RootText(err))):
		return nil, c.WithAsk(ctx, &kube.Problem{Message: op + ": " + kube.Sanitize(kube.RootText(err)), Err: err}, kube.Target{Namespace: m.pod.Namespace}, []kube.Right{kube.RightToCreate()})
	case apierrors.IsForbidden(err), kube.DeniedByWebhook(err), kube.DeniedByPolicy(err):
		return nil, c.Denied(op, kube.Target{Namespace: m.pod.Namespace, Pod: m.pod.Name, Container: m.container.Name}, err)
	case apierrors.IsInvalid(err):
		return nil, &kube.Problem{
			Message: op + ": the cluster refuses it: " + kube.Sanitize(kube.RootText(err)), Help: []kube.Help{kube.ChooseTool, kube.ChooseProfile}, Err: err,
		}
	}
	return nil, c.Problem(op, err)
}
