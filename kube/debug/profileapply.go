package debug

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// apply changes the security settings of a new container by verbs that change one field each.
func apply(p kube.Profile, c *corev1.Container) {
	switch p {
	case kube.Legacy:
	case kube.General:
		addCapabilities(c, "SYS_PTRACE")
	case kube.Baseline:
		clearSecurity(c)
	case kube.Restricted:
		clearSecurity(c)
		refuseRoot(c)
		dropCapabilities(c)
		refuseEscalation(c)
		confineSyscalls(c)
	case kube.Netadmin:
		addCapabilities(c, "NET_ADMIN", "NET_RAW")
	case kube.Sysadmin:
		privilege(c)
	}
}

func security(c *corev1.Container) *corev1.SecurityContext {
	if c.SecurityContext == nil {
		c.SecurityContext = &corev1.SecurityContext{}
	}
	return c.SecurityContext
}

func clearSecurity(c *corev1.Container) { c.SecurityContext = nil }

func refuseRoot(c *corev1.Container) { security(c).RunAsNonRoot = new(true) }

func refuseEscalation(c *corev1.Container) {
	security(c).AllowPrivilegeEscalation = new(false)
}

func privilege(c *corev1.Container) { security(c).Privileged = new(true) }

func dropCapabilities(c *corev1.Container) {
	security(c).Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
}

func confineSyscalls(c *corev1.Container) {
	security(c).SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
}

func addCapabilities(c *corev1.Container, names ...corev1.Capability) {
	s := security(c)
	if s.Capabilities == nil {
		s.Capabilities = &corev1.Capabilities{}
	}
	s.Capabilities.Add = append(s.Capabilities.Add, names...)
}
