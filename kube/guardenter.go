package kube

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// mayEnter tells whether the rules let a person into a container: by attaching to its program, by a shell, or by anything else that opens
// streams to it. What counts is what the container is, whoever has made it and when; nil: they do. It reads the pod where a rule asks for it.
func (c *Cluster) mayEnter(ctx context.Context, op string, t Target) error {
	if problem := c.guard.Closed(); problem != nil {
		return problem
	}
	if !c.guard.judges() {
		return nil
	}
	pod, err := c.Pod(ctx, t.Namespace, t.Pod)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil && Answered(err):
		return err
	case err != nil:
		return linkLost(op, err) // it is looked at again, before anything is opened
	}
	if problem := c.guard.checkEntry(pod.object, t.Container); problem != nil {
		return problem
	}
	return nil
}

// judges tells whether a guard has rules of what a container is.
func (g Guard) judges() bool {
	for _, rule := range append(g.all(), g) {
		if len(rule.Profiles)+len(rule.Images) > 0 || rule.DigestOnly {
			return true
		}
	}
	return false
}

// checkEntry is why nobody goes into a container; nil: they may. One that is not there is the API server's to refuse.
func (g Guard) checkEntry(pod *corev1.Pod, name string) *Problem {
	security, image, ok := builtAs(pod, name)
	if !ok {
		return nil
	}
	return g.first(func(rule Guard) *Problem {
		for _, gain := range gains(security) {
			if refused, ok := rule.refuses(gain); ok {
				return rule.problem(fmt.Sprintf("container %s has %s, as with profile %s, which is not allowed %s", Clean(name), gain.words, refused, rule.where()),
					"start a debug container with a profile that grants less")
			}
		}
		return rule.checkImageName(image)
	})
}

// builtAs is what a container of a pod was made of.
func builtAs(pod *corev1.Pod, name string) (security *corev1.SecurityContext, image string, ok bool) {
	for i := range pod.Spec.EphemeralContainers {
		if c := &pod.Spec.EphemeralContainers[i]; c.Name == name {
			return c.SecurityContext, c.Image, true
		}
	}
	for _, list := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for i := range list {
			if c := &list[i]; c.Name == name {
				return c.SecurityContext, c.Image, true
			}
		}
	}
	return nil, "", false
}
