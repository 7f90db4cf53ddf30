package kube

import (
	"fmt"
	"slices"
	"strings"
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
		return "privileged: effectively root on the node"
	}
	return ""
}
