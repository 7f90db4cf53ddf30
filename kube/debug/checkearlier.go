package debug

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// checkEarlier finds containers that break the level of Pod Security of their namespace: an earlier debug container, say, or one from
// before the level was set. Each addition has the whole pod judged again, so that one of them spoils every later one
// (kubernetes/kubernetes#118961).
func checkEarlier(p Plan, f Facts) []Finding {
	var broken []string
	name := func(kind string, c *corev1.Container) {
		if why := f.violations(c.SecurityContext); len(why) > 0 && c.Name != p.Debug.Container {
			broken = append(broken, fmt.Sprintf("%s %s (%s)", kind, c.Name, strings.Join(why, ", ")))
		}
	}
	spec := &f.Pod.Object().Spec
	for i := range spec.EphemeralContainers {
		name("debug container", (*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
	for i := range spec.InitContainers {
		name("init container", &spec.InitContainers[i])
	}
	for i := range spec.Containers {
		name("container", &spec.Containers[i])
	}
	if len(broken) == 0 {
		return nil
	}
	if f.Unmade {
		return []Finding{{Severity: Warning, Text: fmt.Sprintf(
			"the pod itself violates Pod Security level %s: %s; no copy of it can be created, unless the dry run passes",
			f.PodSecurity, strings.Join(broken, ", "))}}
	}
	return []Finding{{Severity: Warning, Text: fmt.Sprintf(
		"the pod itself violates Pod Security level %s: %s; nothing can be added until the pod is replaced, unless the dry run passes",
		f.PodSecurity, strings.Join(broken, ", "))}}
}

// violations are the reasons why the security settings of a container break the level that the namespace enforces, for the settings
// that debug containers have: https://kubernetes.io/docs/concepts/security/pod-security-standards/
func (f *Facts) violations(s *corev1.SecurityContext) []string {
	if s == nil {
		s = &corev1.SecurityContext{}
	}
	switch f.PodSecurity {
	case string(kube.Baseline):
		return aboveBaseline(s)
	case string(kube.Restricted):
		return append(aboveBaseline(s), aboveRestricted(&f.Pod.Object().Spec, s)...)
	}
	return nil
}

func aboveBaseline(s *corev1.SecurityContext) []string {
	usual := usualCapabilities()
	var why []string
	if s.Privileged != nil && *s.Privileged {
		why = append(why, "privileged")
	}
	if s.Capabilities != nil {
		for _, c := range s.Capabilities.Add {
			if !slices.Contains(usual, c) {
				why = append(why, kube.Sanitize(string(c)))
			}
		}
	}
	if s.SeccompProfile != nil && s.SeccompProfile.Type == corev1.SeccompProfileTypeUnconfined {
		why = append(why, "seccomp unconfined")
	}
	return why
}

func aboveRestricted(pod *corev1.PodSpec, s *corev1.SecurityContext) []string {
	if pod.OS != nil && pod.OS.Name == corev1.Windows {
		return nil // most of the level is about Linux
	}
	outer := cmp.Or(pod.SecurityContext, &corev1.PodSecurityContext{})
	var why []string
	ownUsers := pod.HostUsers != nil && !*pod.HostUsers // newer servers let such pods have root
	if nonRoot := cmp.Or(s.RunAsNonRoot, outer.RunAsNonRoot); !ownUsers && (nonRoot == nil || !*nonRoot) {
		why = append(why, "may run as root")
	}
	if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
		why = append(why, "may escalate privileges")
	}
	if s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL") {
		why = append(why, "keeps capabilities")
	}
	if s.SeccompProfile == nil && outer.SeccompProfile == nil {
		why = append(why, "no seccomp profile")
	}
	return why
}

// usualCapabilities are those that Pod Security takes for harmless; runtimes give them to every container.
func usualCapabilities() []corev1.Capability {
	return []corev1.Capability{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
		"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
}
