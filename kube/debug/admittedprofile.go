package debug

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// AdmittedProfile is a profile that the cluster admits, in place of one that was wanted.
type AdmittedProfile struct {
	Profile kube.Profile
	// Loses says what will not work for it: "no tcpdump: NET_RAW is not allowed here". Empty when the wanted profile is admitted.
	Loses string
}

// Below lists the profiles that are weaker, the strongest first.
func Below(p kube.Profile) []kube.Profile {
	all := kube.Profiles()
	below := slices.Clone(all[:max(0, slices.Index(all, p))])
	slices.Reverse(below)
	return below
}

// candidates are the profiles to try for a wanted one, itself first. Legacy sets nothing, as baseline does, and leaves kubectl in v1.39: nobody
// is led to it who has not asked for it.
func candidates(p kube.Profile) []kube.Profile {
	below := slices.DeleteFunc(Below(p), func(q kube.Profile) bool { return q == kube.Legacy })
	return append([]kube.Profile{p}, below...)
}

// Strongest finds the strongest profile, not above the one that is asked for, with which the cluster admits the debug container, by letting it
// judge one after the other ([RunPreflight] shares the answers). The error is a [*kube.Problem]: a right is missing, the cluster's answer is
// not known, or not even the weakest profile passes.
func Strongest(ctx context.Context, c *kube.Cluster, pod *kube.Pod, r Request) (AdmittedProfile, error) {
	r.Profile = cmp.Or(r.Profile, kube.Legacy) // which is what no profile comes to
	r.Name = cmp.Or(r.Name, NewName())
	var wanted *corev1.SecurityContext
	var last *kube.Problem
	for i, profile := range candidates(r.Profile) {
		r.Profile = profile
		plan, err := NewPlan(pod, r)
		if err != nil {
			return AdmittedProfile{}, err
		}
		got := plan.Change.Container().SecurityContext
		if i == 0 {
			wanted = got
		}
		judged := judge(ctx, c, plan)
		switch {
		case judged.verdict == kube.Yes:
			return AdmittedProfile{Profile: profile, Loses: loses(wanted, got)}, nil
		case judged.verdict == kube.Unknown, judged.lacks:
			return AdmittedProfile{}, judged.problem // no other profile would tell more
		}
		last = judged.problem
	}
	return AdmittedProfile{}, nonePasses(r.Profile, last)
}

// nonePasses tells that no profile helps, and what the cluster says of the weakest.
func nonePasses(weakest kube.Profile, last *kube.Problem) *kube.Problem {
	hint := "no profile would help: ask whoever runs the cluster what a debug container has to look like here"
	if strings.HasPrefix(last.Hint, "no profile would help") || strings.HasPrefix(last.Hint, "something else in the pod") {
		hint = last.Hint // it knows more
	}
	return &kube.Problem{Message: fmt.Sprintf("no profile passes, not even %s: %s", weakest, last.Message), Hint: hint, RequiredRBAC: last.RequiredRBAC, Err: last}
}

// loses says what works with some security settings and not with weaker ones.
func loses(wanted, got *corev1.SecurityContext) string {
	var lost []string
	lacks := func(can func(*corev1.SecurityContext) bool, words string) {
		if can(wanted) && !can(got) {
			lost = append(lost, words)
		}
	}
	capture := "no tcpdump: NET_RAW is not allowed here"
	if !dropsAll(got) {
		// containerd and Docker give it to every container, CRI-O does not.
		capture += ", unless the node gives it to every container"
	}
	lacks(privileged, "not root on the node: no perf, no bpftrace")
	lacks(capable("SYS_PTRACE"), "no strace, no gdb: SYS_PTRACE is not allowed here")
	lacks(capable("NET_RAW"), capture)
	lacks(capable("NET_ADMIN"), "no route or firewall changes: NET_ADMIN is not allowed here")
	lacks(mayBeRoot, "not root: an image that runs as root does not start")
	return strings.Join(lost, "; ")
}

func privileged(s *corev1.SecurityContext) bool {
	return s != nil && s.Privileged != nil && *s.Privileged
}

// capable makes the question whether a capability is asked for. What a runtime gives to all by default is not counted: it differs.
func capable(name corev1.Capability) func(*corev1.SecurityContext) bool {
	return func(s *corev1.SecurityContext) bool {
		return privileged(s) || s != nil && s.Capabilities != nil && containsAny(s.Capabilities.Add, name, "ALL")
	}
}

func dropsAll(s *corev1.SecurityContext) bool {
	return s != nil && s.Capabilities != nil && containsAny(s.Capabilities.Drop, "ALL")
}

func containsAny(list []corev1.Capability, names ...corev1.Capability) bool {
	return slices.ContainsFunc(list, func(c corev1.Capability) bool { return slices.Contains(names, c) })
}

func mayBeRoot(s *corev1.SecurityContext) bool {
	return s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot
}
