package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

// DebugName makes a name for a debug container, as kubectl makes them: "debugger-" and five random characters.
func DebugName() string {
	const letters, length = "bcdfghjklmnpqrstvwxz2456789", 5 // without vowels: no words arise by chance
	suffix := make([]byte, length)
	for i := range suffix {
		suffix[i] = letters[rand.IntN(len(letters))]
	}
	return "debugger-" + string(suffix)
}

// container builds the ephemeral container that a request asks for, with the mounts that were found for it. A partial
// container is merged over them; a user that the request names counts before what either says.
func (r Request) container(mounts []corev1.VolumeMount) (*corev1.EphemeralContainer, error) {
	c := &corev1.EphemeralContainer{
		EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: r.Name, Image: r.Image, ImagePullPolicy: corev1.PullPolicy(r.PullPolicy),
			Stdin: r.stdin(), StdinOnce: r.StdinOnce && r.stdin(), TTY: r.tty(), VolumeMounts: mounts,
			TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		},
		TargetContainerName: r.Target,
	}
	for _, v := range r.Env {
		c.Env = append(c.Env, corev1.EnvVar{Name: v.Name, Value: v.Value})
	}
	if r.ArgumentsOnly {
		c.Args = r.Command
	} else {
		c.Command = r.Command
	}
	r.Profile.apply(c)
	if err := r.Custom.apply(c); err != nil {
		return nil, err
	}
	r.runAs(c)
	return c, nil
}

func (r Request) stdin() bool { return !r.Private && !r.NoStdin }

func (r Request) tty() bool { return !r.Private && !r.NoTTY }

// injection is the deed of an ephemeral container: one patch of a subresource that can only ever add.
type injection struct {
	target    Target
	uid       types.UID // of the pod
	container *corev1.EphemeralContainer
	patch     []byte
}

func newInjection(pod *corev1.Pod, c *corev1.EphemeralContainer) (*injection, error) {
	// The UID makes sure that the pod that was looked at is the pod that is changed, not its successor of the same name.
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": pod.UID},
		"spec":     map[string]any{"ephemeralContainers": []*corev1.EphemeralContainer{c}},
	})
	if err != nil {
		return nil, fmt.Errorf("write the patch: %w", err)
	}
	return &injection{target: Target{Namespace: pod.Namespace, Pod: pod.Name, Container: c.Name}, uid: pod.UID, container: c, patch: patch}, nil
}

func (i *injection) likeness() string {
	nameless := i.container.DeepCopy()
	nameless.Name = ""
	text, err := json.Marshal(nameless)
	if err != nil {
		return string(i.patch) // it has just been written as JSON
	}
	return fmt.Sprintf("%s/%s/%s %s", i.target.Namespace, i.target.Pod, i.uid, text)
}

// yaml is the container as it is sent.
func (i *injection) yaml() string {
	text, err := yaml.Marshal(i.container)
	if err != nil {
		return "" // it has just been written as JSON
	}
	return CleanLines(string(text))
}

func (i *injection) adds() *corev1.EphemeralContainer { return i.container }

func (i *injection) do(ctx context.Context, c *Cluster) (*corev1.Pod, error) {
	pod, err := i.send(ctx, c, i.request(c))
	for try := 1; try < patchTries && answerLost(err) && ctx.Err() == nil; try++ {
		added, unread := i.find(ctx, c)
		if added != nil {
			return added, nil
		}
		if unread == nil { // the pod is as it was
			pod, err = i.send(ctx, c, i.request(c))
		}
	}
	if answerLost(err) {
		return nil, i.unsure(err)
	}
	return pod, err
}

func (i *injection) try(ctx context.Context, c *Cluster) error {
	_, err := i.send(ctx, c, i.request(c).Param("dryRun", metav1.DryRunAll))
	return err
}

func (i *injection) request(c *Cluster) *rest.Request {
	return c.core.Patch(types.StrategicMergePatchType).
		Namespace(i.target.Namespace).Resource("pods").Name(i.target.Pod).SubResource("ephemeralcontainers").
		Param("fieldManager", "dayfly").Body(i.patch)
}

// send returns the pod as it is after the request.
func (i *injection) send(ctx context.Context, c *Cluster, r *rest.Request) (*corev1.Pod, error) {
	ctx, cancel := c.unary(ctx)
	defer cancel()
	var pod corev1.Pod
	err := r.Do(ctx).Into(&pod)
	if err == nil {
		return &pod, nil
	}
	op := fmt.Sprintf("add %s to pod %s", i.target.Container, i.target.Pod)
	switch {
	case disabled(err):
		return nil, &Problem{What: op + ": this cluster has no ephemeral containers", Hint: "they came with Kubernetes 1.25", Err: err}
	case replaced(err):
		return nil, &Problem{
			What: fmt.Sprintf("%s: the pod has been replaced by another of the same name", op),
			Hint: "debug the new pod", Help: []Help{ListPods}, Err: err,
		}
	case apierrors.IsConflict(err):
		return nil, &Problem{
			What: op + ": the pod is being changed by others at the same time: " + Clean(rootText(err)),
			Help: []Help{Retry}, Err: err,
		}
	case apierrors.IsForbidden(err), deniedByWebhook(err), deniedByPolicy(err):
		return nil, c.denied(op, i.target, err)
	case apierrors.IsInvalid(err):
		return nil, &Problem{What: op + ": the cluster refuses it: " + Clean(rootText(err)), Help: []Help{ChooseTool, ChooseProfile}, Err: err}
	}
	return nil, c.problem(op, err)
}

// disabled knows the 404 of a cluster without the subresource: unlike that of a missing pod, it names nothing.
func disabled(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && IsNotFound(err) && (status.Status().Details == nil || status.Status().Details.Name == "")
}

// replaced knows the refusal of our UID, which the API server takes for an attempt to change it (seen: 422).
func replaced(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return false
	}
	return slices.ContainsFunc(status.Status().Details.Causes, func(c metav1.StatusCause) bool { return c.Field == "metadata.uid" })
}
