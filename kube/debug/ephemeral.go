package debug

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// NewName makes a name for a debug container, as kubectl makes them: "debugger-" and five random characters.
func NewName() string { return "debugger-" + RandomSuffix() }

// RandomSuffix is five random characters, which make a name another.
func RandomSuffix() string {
	const letters, length = "bcdfghjklmnpqrstvwxz2456789", 5 // without vowels: no words arise by chance
	suffix := make([]byte, length)
	for i := range suffix {
		suffix[i] = letters[rand.IntN(len(letters))]
	}
	return string(suffix)
}

// inPod builds the plan of putting an ephemeral container into a pod.
func inPod(pod *kube.Pod, r Request) (Plan, error) {
	if pod.Refusal != nil {
		return Plan{}, pod.Refusal
	}
	notes, target, err := chooseTarget(pod, r.Target)
	if err != nil {
		return Plan{}, err
	}
	if len(r.Mounts) > 0 {
		r.MountsOf = cmp.Or(r.MountsOf, r.Target) // also of one that is not running
	}
	r.Target = target
	made, err := r.make(pod.Object())
	if err != nil {
		return Plan{}, err
	}
	change, err := newInjection(pod.Object(), made.container, target)
	if err != nil {
		return Plan{}, err
	}
	about := kube.Target{Namespace: pod.Namespace, Pod: pod.Name}
	return Plan{
		UID: string(pod.Object().UID), Target: about.Of(target), Debug: about.Of(r.Name),
		Image: r.Image, Profile: r.Profile, TTY: made.container.TTY, Exec: made.exec,
		Change: change, Adds: change.Manifest(),
		Command: made.sent.kubectl(pod.Context, about) + made.sent.kubectlExec(pod.Context, about, made.exec),
		Leftovers: []leftovers.Leftover{{
			Target: about.Of(r.Name), UID: string(pod.Object().UID),
			Words: fmt.Sprintf("the entry of debug container %s stays in pod %s until the pod is deleted: Kubernetes cannot remove it", r.Name, pod.Name),
		}},
		Notes: slices.Concat(notes, made.notes), Request: r, Siblings: slices.Clone(pod.Containers),
	}, nil
}

// container builds the container that a request asks for, with the mounts that were found for it. A partial
// container is merged over them; a user that the request names counts before what either says.
func (r Request) container(mounts []corev1.VolumeMount) (*corev1.Container, error) {
	c := &corev1.Container{Name: r.Name, VolumeMounts: mounts, TerminationMessagePolicy: corev1.TerminationMessageReadFile}
	r.run(c)
	for _, v := range r.Env {
		c.Env = append(c.Env, corev1.EnvVar{Name: v.Name, Value: v.Value})
	}
	return c, r.finish(c)
}

// run has a container run what the request asks for: its own image, if the request names none.
func (r Request) run(c *corev1.Container) {
	if r.Image != "" {
		c.Image, c.Command, c.Args = r.Image, nil, nil
	}
	if r.PullPolicy != "" {
		c.ImagePullPolicy = corev1.PullPolicy(r.PullPolicy)
	}
	switch {
	case len(r.Command) == 0:
	case r.ArgumentsOnly:
		c.Args = r.Command
	default:
		c.Command, c.Args = r.Command, nil
	}
	c.Stdin, c.StdinOnce, c.TTY = r.stdin(), r.StdinOnce && r.stdin(), r.tty()
}

// finish gives a container what the profile gives, and what counts before it.
func (r Request) finish(c *corev1.Container) error {
	apply(r.Profile, c)
	if err := r.Custom.apply(c); err != nil {
		return err
	}
	r.runAs(c)
	return nil
}

func (r Request) stdin() bool { return !r.Private && !r.NoStdin }

func (r Request) tty() bool { return !r.Private && !r.NoTTY }

// injection is the change that adds an ephemeral container: one patch of a subresource that can only ever add.
type injection struct {
	target    kube.Target
	uid       types.UID       // of the pod
	spec      *corev1.PodSpec // with the container
	container *corev1.EphemeralContainer
	patch     []byte
}

func newInjection(pod *corev1.Pod, made *corev1.Container, target string) (*injection, error) {
	c := &corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(*made), TargetContainerName: target}
	spec := pod.Spec.DeepCopy()
	spec.EphemeralContainers = append(spec.EphemeralContainers, *c)
	// The UID makes sure that the pod that was looked at is the pod that is changed, not its successor of the same name.
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": pod.UID},
		"spec":     map[string]any{"ephemeralContainers": []*corev1.EphemeralContainer{c}},
	})
	if err != nil {
		return nil, fmt.Errorf("write the patch: %w", err)
	}
	return &injection{target: kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: c.Name}, uid: pod.UID, spec: spec, container: c, patch: patch}, nil
}

// Key leaves out the name, which is new each time.
func (i *injection) Key() string {
	nameless := i.container.DeepCopy()
	nameless.Name = ""
	text, err := json.Marshal(nameless)
	if err != nil {
		return string(i.patch) // it has just been written as JSON
	}
	return fmt.Sprintf("%s/%s/%s %s", i.target.Namespace, i.target.Pod, i.uid, text)
}

// Manifest is the container as it is sent.
func (i *injection) Manifest() string {
	text, err := yaml.Marshal(i.container)
	if err != nil {
		return "" // it has just been written as JSON
	}
	return kube.SanitizeLines(string(text))
}

func (i *injection) Intro() string {
	return "will be added to the pod, and stay in it until the pod is deleted:"
}

// Difference is the whole container: all of it is new.
func (i *injection) Difference() (intro, diff string) {
	var b strings.Builder
	b.WriteString("   spec:\n     ephemeralContainers:\n")
	lead := "- "
	for line := range strings.Lines(i.Manifest()) {
		b.WriteString("+    " + lead + line)
		lead = "  "
	}
	return "What changes in the pod:\n", b.String()
}

func (i *injection) Spec() *corev1.PodSpec { return i.spec }

func (i *injection) Container() *corev1.Container {
	return (*corev1.Container)(&i.container.EphemeralContainerCommon)
}

func (i *injection) Right() kube.Right { return kube.RightToAdd() }

func (i *injection) Rights() []kube.Right { return kube.DebugRights() }

func (i *injection) Op() string {
	return fmt.Sprintf("add %s to pod %s", i.target.Container, i.target.Pod)
}

func (i *injection) Words() string { return "add a debug container to pod " + i.target.Pod }

func (i *injection) Done() string {
	return "debug container " + i.container.Name + " with " + i.container.Image + " was added"
}

func (i *injection) WhenGone() (string, []kube.Help) {
	return "if another pod replaces it, debug that one", []kube.Help{kube.ListPods}
}

// Check has none: what there is to find of a container holds for all ways.
func (i *injection) Check(Facts) []Finding { return nil }

func (i *injection) Known(f Facts) Facts { return f }

// Because has no place for a reason: an ephemeral container has no metadata.
func (i *injection) Because(string) Change { return i }

func (i *injection) Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	return write.Attempt[corev1.Pod]{
		Op:   i.Op(),
		Send: func(ctx context.Context) (*corev1.Pod, error) { return i.send(ctx, c, i.request(c)) },
		Find: func(ctx context.Context) (*corev1.Pod, error) { return i.find(ctx, c) },
		May:  i.target.Container + " may have been added, and its command may be running: look at the pod's containers before you try again",
	}.Carry(ctx)
}

func (i *injection) DryRun(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	return i.send(ctx, c, i.request(c).Param("dryRun", metav1.DryRunAll))
}

func (i *injection) request(c *kube.Cluster) *rest.Request {
	return c.Core().Patch(types.StrategicMergePatchType).
		Namespace(i.target.Namespace).Resource("pods").Name(i.target.Pod).SubResource("ephemeralcontainers").
		Param("fieldManager", "dayfly").Body(i.patch)
}

// send returns the pod as it is after the request.
func (i *injection) send(ctx context.Context, c *kube.Cluster, r *rest.Request) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod
	err := r.Do(ctx).Into(&pod)
	if err == nil {
		return &pod, nil
	}
	op := i.Op()
	switch {
	case disabled(err):
		return nil, &kube.Problem{Message: op + ": this cluster does not support ephemeral containers", Hint: "upgrade to Kubernetes 1.25 or later", Err: err}
	case replaced(err):
		return nil, &kube.Problem{
			Message: fmt.Sprintf("%s: the pod has been replaced by another of the same name", op),
			Hint:    "debug the new pod", Help: []kube.Help{kube.ListPods}, Err: err,
		}
	case apierrors.IsConflict(err):
		return nil, &kube.Problem{
			Message: op + ": the pod is being changed by others at the same time: " + kube.Sanitize(kube.RootText(err)),
			Help:    []kube.Help{kube.Retry}, Err: err,
		}
	case apierrors.IsForbidden(err), kube.DeniedByWebhook(err), kube.DeniedByPolicy(err):
		return nil, c.Denied(op, i.target, err)
	case apierrors.IsInvalid(err):
		return nil, &kube.Problem{Message: op + ": the cluster refuses it: " + kube.Sanitize(kube.RootText(err)), Help: []kube.Help{kube.ChooseTool, kube.ChooseProfile}, Err: err}
	}
	return nil, c.Problem(op, err)
}

// disabled knows the 404 of a cluster without the subresource: unlike that of a missing pod, it names nothing.
func disabled(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && kube.IsNotFound(err) && (status.Status().Details == nil || status.Status().Details.Name == "")
}

// replaced knows the refusal of our UID, which the API server takes for an attempt to change it (seen: 422).
func replaced(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return false
	}
	return slices.ContainsFunc(status.Status().Details.Causes, func(c metav1.StatusCause) bool { return c.Field == "metadata.uid" })
}

// find reads the pod and returns it if it has the container: its name was made for this one request, so nobody else has added it. An error
// means that nobody can tell.
func (i *injection) find(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod
	if err := c.Core().Get().Namespace(i.target.Namespace).Resource("pods").Name(i.target.Pod).Do(ctx).Into(&pod); err != nil {
		return nil, err
	}
	if pod.UID != i.uid {
		return nil, nil //nolint:nilnil // another pod, which the request refuses to change
	}
	for _, e := range pod.Spec.EphemeralContainers {
		if e.Name == i.target.Container {
			return &pod, nil
		}
	}
	return nil, nil //nolint:nilnil // it is not there, and nothing is wrong with that
}
