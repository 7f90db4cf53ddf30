package kube

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// checkSight finds that the target's files will stay closed: /proc/PID/root opens to the same user in the same group, and to root with
// SYS_PTRACE (PTRACE_MODE_READ_FSCREDS in ptrace(2)). Groups are not compared: seldom does a pod tell its own.
func checkSight(p Plan, f Facts) []Finding {
	target := p.Target.Container
	uid, gid := f.userOf(target)
	s := p.container().SecurityContext
	user := effectiveUserOf(f.Pod.object, p.container(), f.Image)
	if target == "" || uid == nil || user.uid == nil || *user.uid == *uid || user.isRoot() && mayTrace(s) {
		return nil
	}
	found := Finding{Weight: Warns, Text: fmt.Sprintf(
		"it will run as user %s and %s runs as user %d: the target's files and environment in /proc stay closed to it", user.name, target, *uid)}
	switch {
	case user.isRoot() && s != nil && s.Capabilities != nil && len(s.Capabilities.Add) > 0:
		found.Weight = Tells // it is there for something else, which another user could not do
	case *uid == 0:
		found.Remedy = f.asRoot(p.Profile)
	default:
		found.Remedy = asUser("run as the target's user", *uid, gid)
	}
	return []Finding{found}
}

func mayTrace(s *corev1.SecurityContext) bool {
	switch {
	case s == nil:
		return false
	case s.Privileged != nil && *s.Privileged:
		return true
	case s.Capabilities == nil:
		return false
	}
	return slices.ContainsFunc(s.Capabilities.Add, func(c corev1.Capability) bool {
		return c == "SYS_PTRACE" || c == "ALL"
	})
}
