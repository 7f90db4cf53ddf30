package kube

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Profile names a set of security settings for a debug container, with the names and the effect of
// kubectl debug --profile (k8s.io/kubectl pkg/cmd/debug/profiles.go). A test holds them equal.
type Profile string

// The profiles, the least privileged first.
const (
	Restricted Profile = "restricted"
	Baseline   Profile = "baseline"
	Legacy     Profile = "legacy"
	General    Profile = "general"
	Netadmin   Profile = "netadmin"
	Sysadmin   Profile = "sysadmin"
)

// Profiles lists the profiles, the least privileged first.
func Profiles() []Profile {
	return []Profile{Restricted, Baseline, Legacy, General, Netadmin, Sysadmin}
}

// ParseProfile reads a profile's name.
func ParseProfile(name string) (Profile, error) {
	if p := Profile(name); slices.Contains(Profiles(), p) {
		return p, nil
	}
	names := make([]string, 0, len(Profiles()))
	for _, p := range Profiles() {
		names = append(names, string(p))
	}
	return "", fmt.Errorf("there is no profile %q: use one of %s", name, strings.Join(names, ", "))
}

// Gives says in a few words what a container with the profile may do.
func (p Profile) Gives() string {
	switch p {
	case Restricted:
		return "non-root, no capabilities, no escalation"
	case Baseline:
		return "the runtime's defaults"
	case Legacy:
		return "as kubectl before 1.36: nothing set"
	case General:
		return "may trace processes (SYS_PTRACE)"
	case Netadmin:
		return "may capture packets and change the network (NET_ADMIN, NET_RAW)"
	case Sysadmin:
		return "privileged: root of the node, in effect"
	}
	return ""
}

// apply changes the security settings of a new container by verbs that change one field each.
func (p Profile) apply(c *corev1.EphemeralContainer) {
	switch p {
	case Legacy:
	case General:
		addCapabilities(c, "SYS_PTRACE")
	case Baseline:
		clearSecurity(c)
	case Restricted:
		clearSecurity(c)
		refuseRoot(c)
		dropCapabilities(c)
		refuseEscalation(c)
		confineSyscalls(c)
	case Netadmin:
		addCapabilities(c, "NET_ADMIN", "NET_RAW")
	case Sysadmin:
		privilege(c)
	}
}

func security(c *corev1.EphemeralContainer) *corev1.SecurityContext {
	if c.SecurityContext == nil {
		c.SecurityContext = &corev1.SecurityContext{}
	}
	return c.SecurityContext
}

func clearSecurity(c *corev1.EphemeralContainer) { c.SecurityContext = nil }

func refuseRoot(c *corev1.EphemeralContainer) { security(c).RunAsNonRoot = new(true) }

func refuseEscalation(c *corev1.EphemeralContainer) {
	security(c).AllowPrivilegeEscalation = new(false)
}

func privilege(c *corev1.EphemeralContainer) { security(c).Privileged = new(true) }

func dropCapabilities(c *corev1.EphemeralContainer) {
	security(c).Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
}

func confineSyscalls(c *corev1.EphemeralContainer) {
	security(c).SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
}

func addCapabilities(c *corev1.EphemeralContainer, names ...corev1.Capability) {
	s := security(c)
	if s.Capabilities == nil {
		s.Capabilities = &corev1.Capabilities{}
	}
	s.Capabilities.Add = append(s.Capabilities.Add, names...)
}
