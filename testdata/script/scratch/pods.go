package scratch

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
)

// Create makes a pod. A second is enough for it to end, and it needs no rights of its own.
func (n *Namespace) Create(ctx context.Context, name string, spec corev1.PodSpec) error {
	second, no := int64(1), false
	spec.TerminationGracePeriodSeconds, spec.AutomountServiceAccountToken = &second, &no
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}}, Spec: spec}
	create := func() error {
		return n.core.Post().Namespace(n.Name).Resource("pods").Body(pod).Do(ctx).Error()
	}
	err := create()
	if apierrors.IsForbidden(err) { // a new namespace gets its service account a moment later
		if err = n.await(ctx, object{"serviceaccounts", n.Name, byName, "default"}, "", isThere); err == nil {
			err = create()
		}
	}
	if err != nil {
		return fmt.Errorf("create pod %s: %w", name, err)
	}
	return nil
}

// Run makes a pod and waits until its containers run.
func (n *Namespace) Run(ctx context.Context, name string, spec corev1.PodSpec) error {
	if err := n.Create(ctx, name, spec); err != nil {
		return err
	}
	return n.AwaitPod(ctx, name, "runs", func(p *corev1.Pod) bool {
		for _, c := range p.Status.ContainerStatuses {
			if c.State.Running == nil {
				return false
			}
		}
		return len(p.Status.ContainerStatuses) == len(p.Spec.Containers)
	})
}

// AwaitPod waits until a condition holds for a pod; what says it in words.
func (n *Namespace) AwaitPod(ctx context.Context, name, what string, holds func(*corev1.Pod) bool) error {
	err := n.await(ctx, object{"pods", n.Name, byName, name}, "", func(e watch.Event) bool {
		pod, ok := e.Object.(*corev1.Pod)
		return ok && e.Type != watch.Deleted && holds(pod)
	})
	if err != nil {
		return fmt.Errorf("wait until pod %s %s: %w", name, what, err)
	}
	return nil
}

// AwaitEvent waits until the cluster has told an event of a pod; what says in words of what.
func (n *Namespace) AwaitEvent(ctx context.Context, pod, what string, holds func(*corev1.Event) bool) error {
	err := n.await(ctx, object{"events", n.Name, "involvedObject.name", pod}, "", func(e watch.Event) bool {
		event, ok := e.Object.(*corev1.Event)
		return ok && e.Type != watch.Deleted && holds(event)
	})
	if err != nil {
		return fmt.Errorf("wait until an event of pod %s tells %s: %w", pod, what, err)
	}
	return nil
}

// Pod reads a pod.
func (n *Namespace) Pod(ctx context.Context, name string) (*corev1.Pod, error) {
	var pod corev1.Pod
	if err := n.core.Get().Namespace(n.Name).Resource("pods").Name(name).Do(ctx).Into(&pod); err != nil {
		return nil, fmt.Errorf("read pod %s: %w", name, err)
	}
	return &pod, nil
}

// DeletePod removes a pod at once.
func (n *Namespace) DeletePod(ctx context.Context, name string) error {
	now := int64(0)
	err := n.core.Delete().Namespace(n.Name).Resource("pods").Name(name).
		Body(&metav1.DeleteOptions{GracePeriodSeconds: &now}).Do(ctx).Error()
	if err != nil {
		return fmt.Errorf("delete pod %s: %w", name, err)
	}
	return nil
}

// byName is the field with the name of most things.
const byName = "metadata.name"

func isThere(e watch.Event) bool { return e.Type == watch.Added || e.Type == watch.Modified }

func isDeleted(e watch.Event) bool { return e.Type == watch.Deleted }

// object is what is watched: what of a resource has a name in a field.
type object struct{ resource, namespace, field, name string }

// await watches until a condition holds, for a minute at most. Without a version it begins with what is there. A watch that the
// server ends is taken up again: one that is busy does that.
func (n *Namespace) await(ctx context.Context, what object, version string, holds func(watch.Event) bool) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	options := &metav1.ListOptions{
		Watch: true, ResourceVersion: version,
		FieldSelector: fields.OneTermEqualSelector(what.field, what.name).String(),
	}
	var last runtime.Object
	for {
		r := n.core.Get().Resource(what.resource).NamespaceIfScoped(what.namespace, what.namespace != "")
		found, err := look(ctx, r.VersionedParams(options, n.params), &last, holds)
		switch {
		case found:
			return nil
		case ctx.Err() != nil:
			return errors.Join(fmt.Errorf("not in time: %s", describe(last)), err, ctx.Err())
		case err != nil && !apierrors.IsTimeout(err) && !apierrors.IsTooManyRequests(err):
			return fmt.Errorf("watch %s %s: %w", what.resource, what.name, err)
		}
	}
}

// look watches until a condition holds or the server ends the watch. last is the newest that was seen.
func look(ctx context.Context, r *rest.Request, last *runtime.Object, holds func(watch.Event) bool) (bool, error) {
	stream, err := r.Watch(ctx)
	if err != nil {
		return false, err
	}
	defer stream.Stop()
	for event := range stream.ResultChan() {
		if event.Type == watch.Error {
			return false, apierrors.FromObject(event.Object)
		}
		if holds(event) {
			return true, nil
		}
		*last = event.Object
	}
	return false, nil
}

// describe is what matters of an object that has not become what it should.
func describe(object runtime.Object) string {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return fmt.Sprintf("%T", object)
	}
	text := string(pod.Status.Phase)
	for _, list := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.EphemeralContainerStatuses} {
		for _, c := range list {
			text += fmt.Sprintf("; %s %+v", c.Name, c.State)
		}
	}
	return text
}
