package kube

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Check tells whether a container may be made in a namespace, with the profile that it was asked for by; nil: it may. It looks at what the
// container is, not at how it comes into being. That a name has to be typed first is not its matter.
func (g Guard) Check(namespace string, profile Profile, c *corev1.Container) *Problem {
	if problem := g.CheckRights(namespace, profile, c); problem != nil {
		return problem
	}
	return g.first(func(rule Guard) *Problem { return rule.checkImage(c.Image) })
}

// CheckRights is [Guard.Check] for a container whose image is in the cluster already: it may be any.
func (g Guard) CheckRights(namespace string, profile Profile, c *corev1.Container) *Problem {
	if problem := g.Closed(); problem != nil {
		return problem
	}
	if problem := g.CheckShown(namespace); problem != nil {
		return problem
	}
	return g.first(func(rule Guard) *Problem { return rule.checkProfile(profile, c.SecurityContext) })
}

// checkProfile looks at what is sent, not only at its name: a partial container can give what a profile gives.
func (g Guard) checkProfile(profile Profile, s *corev1.SecurityContext) *Problem {
	if slices.Contains(g.Profiles, profile) {
		return g.problem(fmt.Sprintf("profile %s is not allowed %s", profile, g.where()), "", ChooseProfile)
	}
	for _, wanted := range privileges(s) {
		if refused, ok := g.refuses(wanted); ok {
			return g.problem(fmt.Sprintf("the container would have %s, as with profile %s, which is not allowed %s", wanted.words, refused, g.where()),
				"use a profile that grants less, or take it out of the partial container (custom)", ChooseProfile)
		}
	}
	return nil
}

// CheckPod tells whether a pod that is created for a session may be, by what of its node it gets; nil: it may.
func (g Guard) CheckPod(spec *corev1.PodSpec) *Problem {
	return g.first(func(rule Guard) *Problem {
		for _, wanted := range hostPrivileges(spec) {
			if refused, ok := rule.refuses(wanted); ok {
				return rule.problem(fmt.Sprintf("the pod would have %s, as with profile %s, which is not allowed %s", wanted.words, refused, rule.where()),
					"use a profile that grants less", ChooseProfile)
			}
		}
		return nil
	})
}

// HostPrivileges are what of its node a pod has, in words: "the node's processes (hostPID)". Each of them is as good as root there.
func HostPrivileges(spec *corev1.PodSpec) []string {
	var words []string
	for _, p := range hostPrivileges(spec) {
		if p.profile == Sysadmin {
			words = append(words, p.words)
		}
	}
	for i := range spec.Containers {
		for _, p := range privileges(spec.Containers[i].SecurityContext) {
			if p.profile == Sysadmin {
				words = append(words, p.words)
			}
		}
	}
	return words
}

// hostPrivileges are what of its node a pod has, whatever its containers may.
func hostPrivileges(spec *corev1.PodSpec) []privilege {
	var all []privilege
	if spec.HostPID {
		all = append(all, privilege{Sysadmin, "the node's processes (hostPID)"})
	}
	for _, v := range spec.Volumes {
		if v.HostPath != nil && path.Clean(v.HostPath.Path) == "/" {
			all = append(all, privilege{Sysadmin, "the node's files (hostPath /)"})
		}
	}
	if s := spec.SecurityContext; s != nil && s.WindowsOptions != nil && s.WindowsOptions.HostProcess != nil && *s.WindowsOptions.HostProcess {
		all = append(all, privilege{Sysadmin, "the node's processes (hostProcess)"})
	}
	if spec.HostNetwork {
		all = append(all, privilege{Netadmin, "the node's network (hostNetwork)"})
	}
	return all
}

// refuses finds the refused profile that gives no more than the one that is wanted: what sysadmin gives includes what all others do.
func (g Guard) refuses(wanted privilege) (Profile, bool) {
	if slices.Contains(g.Profiles, wanted.profile) {
		return wanted.profile, true
	}
	if wanted.profile != Sysadmin {
		return "", false
	}
	for _, weaker := range []Profile{Netadmin, General} {
		if slices.Contains(g.Profiles, weaker) {
			return weaker, true
		}
	}
	return "", false
}

// privilege is something that a container may do, with the weakest profile that gives as much.
type privilege struct {
	profile Profile
	words   string
}

func privileges(s *corev1.SecurityContext) []privilege {
	if s == nil {
		return nil
	}
	var all []privilege
	if s.Privileged != nil && *s.Privileged {
		all = append(all, privilege{Sysadmin, "all rights (privileged)"})
	}
	if s.ProcMount != nil && *s.ProcMount == corev1.UnmaskedProcMount {
		all = append(all, privilege{Sysadmin, "the whole of /proc (procMount)"})
	}
	if w := s.WindowsOptions; w != nil && w.HostProcess != nil && *w.HostProcess {
		all = append(all, privilege{Sysadmin, "the node's processes (hostProcess)"})
	}
	if s.Capabilities == nil {
		return all
	}
	for _, capability := range s.Capabilities.Add {
		profile := Sysadmin
		switch strings.TrimPrefix(strings.ToUpper(string(capability)), "CAP_") {
		case "SYS_PTRACE":
			profile = General
		case "NET_ADMIN", "NET_RAW":
			profile = Netadmin
		}
		all = append(all, privilege{profile, "capability " + Sanitize(string(capability))})
	}
	return all
}

// MayEnter tells whether the rules let a person into a container: by attaching to its program, by a shell, or by anything else that opens
// streams to it. What counts is what the container is, whoever has made it and when; nil: they do. It reads the pod where a rule asks for it.
func (c *Cluster) MayEnter(ctx context.Context, op string, t Target) error {
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
		return LinkLost(op, err) // it is looked at again, before anything is opened
	}
	if problem := c.guard.CheckEntry(pod.object, t.Container); problem != nil {
		return problem
	}
	return nil
}

// judges reports whether a guard has rules of what a container is.
func (g Guard) judges() bool {
	for _, rule := range append(g.all(), g) {
		if len(rule.Profiles)+len(rule.Images) > 0 || rule.DigestOnly {
			return true
		}
	}
	return false
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

// madeForDebugging reports whether somebody has created a pod to debug from it, with dayfly or kubectl debug: its own programs do not count then.
func madeForDebugging(pod *corev1.Pod) bool {
	return slices.Contains([]string{"dayfly", "kubectl-debug"}, pod.Labels["app.kubernetes.io/managed-by"])
}

// CheckEntry is why nobody goes into a container; nil: they may. One that is not there is the API server's to refuse.
func (g Guard) CheckEntry(pod *corev1.Pod, name string) *Problem {
	security, image, ok := builtAs(pod, name)
	if !ok {
		return nil
	}
	wants := privileges(security)
	if slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == name && madeForDebugging(pod) }) {
		wants = slices.Concat(wants, hostPrivileges(&pod.Spec))
	}
	return g.first(func(rule Guard) *Problem {
		for _, wanted := range wants {
			if refused, ok := rule.refuses(wanted); ok {
				return rule.problem(fmt.Sprintf("container %s has %s, as with profile %s, which is not allowed %s", Sanitize(name), wanted.words, refused, rule.where()),
					"start a debug container with a profile that grants less")
			}
		}
		return rule.checkImage(image)
	})
}
