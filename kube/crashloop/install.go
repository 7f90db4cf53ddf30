package crashloop

import corev1 "k8s.io/api/core/v1"

// install is the init container that fills the volume, without its name and its mount. It comes first: the container may be an init container itself.
func install(spec *corev1.PodSpec, idle *corev1.Container, t Tools, dir string, files []file) corev1.Container {
	words := []string{dir}
	for _, f := range files {
		words = append(words, f.name, f.text)
	}
	return corev1.Container{
		Image: t.Image, ImagePullPolicy: t.PullPolicy,
		Command: literal([]string{"sh", "-c", script("install", dir), "dayfly"}), Args: literal(words),
		Resources: resourcesLike(idle), SecurityContext: securityLike(spec, idle),
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError, // so that the pod's status says what the tool image lacks
	}
}

// resourcesLike are the requests and limits of CPU, memory and storage that the container has, and not small ones of our own. A LimitRange that has let
// the container pass lets these pass too, with its minimum and its ratio; a quota that asks every container for a limit finds one. They add nothing to
// what the pod takes, for init containers run before the others; and a pod that was Guaranteed stays so. Devices, huge pages and claims are left out:
// nothing here uses them.
func resourcesLike(c *corev1.Container) corev1.ResourceRequirements {
	only := func(all corev1.ResourceList) corev1.ResourceList {
		var some corev1.ResourceList
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
			if quantity, ok := all[name]; ok {
				if some == nil {
					some = corev1.ResourceList{}
				}
				some[name] = quantity.DeepCopy()
			}
		}
		return some
	}
	return corev1.ResourceRequirements{Requests: only(c.Resources.Requests), Limits: only(c.Resources.Limits)}
}

// nobody is a user that needs no name in the image: that of images made to run without root.
const nobody = 65532

// securityLike is a security context that whoever admits the container's admits: the same user, labels and seccomp profile, the root file system
// read-only, without its privileges. Where the pod forbids root, the kubelet does not start a tool image that does not say who runs it: unless a
// user is given, it is nobody.
func securityLike(spec *corev1.PodSpec, c *corev1.Container) *corev1.SecurityContext {
	s := &corev1.SecurityContext{}
	if c.SecurityContext != nil {
		s = c.SecurityContext.DeepCopy()
	}
	s.Privileged, s.ProcMount, s.ReadOnlyRootFilesystem = nil, nil, new(true)
	s.AllowPrivilegeEscalation = new(false)
	if s.Capabilities != nil {
		s.Capabilities.Add = nil
	}
	nonRoot, user := s.RunAsNonRoot, s.RunAsUser
	if pod := spec.SecurityContext; pod != nil {
		if nonRoot == nil {
			nonRoot = pod.RunAsNonRoot
		}
		if user == nil {
			user = pod.RunAsUser
		}
	}
	if nonRoot != nil && *nonRoot && user == nil {
		s.RunAsUser = new(int64(nobody))
	}
	return s
}
