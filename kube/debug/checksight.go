package debug

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Sight is whether a debug container can open its target's files and environment in /proc.
type Sight struct {
	Opens bool   // it is known that it can
	If    string // "the image runs as user 65532": what it depends on; empty with Opens, and where it is known that it cannot
}

// SightOf concludes from a plan and facts what the kernel will say (PTRACE_MODE_READ_FSCREDS in ptrace(2)): /proc/PID/root opens to who has
// SYS_PTRACE, and to the same user in the same group whose capabilities are no fewer than the target's.
func SightOf(p Plan, f Facts) Sight {
	if p.Change != nil {
		f = p.Change.Known(f)
	}
	if f.Pod == nil || f.Pod.Object() == nil {
		return Sight{If: "it runs as the target's user"}
	}
	v := viewOf(p, f)
	target := p.Target.Container
	switch {
	case v.ours.isRoot() && v.traces:
		return Sight{Opens: true}
	case v.ours.uid == nil:
		return Sight{If: "the image runs as " + v.whoCould()}
	case v.uid == nil:
		return Sight{If: fmt.Sprintf("%s runs as user %s too", target, v.ours.name)}
	case *v.uid != *v.ours.uid, v.gid != nil && v.ourGID != nil && *v.gid != *v.ourGID, !v.covers:
		return Sight{}
	case v.gid == nil || v.ourGID == nil:
		return Sight{If: "both are in the same group"}
	}
	return Sight{Opens: true}
}

// view is who looks at whom.
type view struct {
	uid, gid *int64 // of the target; nil: not known
	ours     effectiveUser
	ourGID   *int64
	traces   bool // SYS_PTRACE is asked for, which only root gets
	covers   bool // of two that are root, or neither: ours has all capabilities of the target's
}

func viewOf(p Plan, f Facts) view {
	pod, c := f.Pod.Object(), p.container()
	v := view{ours: effectiveUserOf(pod, c, f.Image), traces: mayTrace(c.SecurityContext)}
	v.uid, v.gid = f.userOf(p.Target.Container)
	v.gid = groupOf(v.uid, v.gid)
	outer, inner := cmp.Or(pod.Spec.SecurityContext, &corev1.PodSecurityContext{}), cmp.Or(c.SecurityContext, &corev1.SecurityContext{})
	v.ourGID = cmp.Or(inner.RunAsGroup, outer.RunAsGroup)
	if v.ourGID == nil && !v.ours.chosen && f.Image != nil {
		if _, group, ok := strings.Cut(f.Image.User, ":"); ok {
			if n, err := strconv.ParseInt(group, 10, 64); err == nil {
				v.ourGID = &n
			}
		}
	}
	v.ourGID = groupOf(v.ours.uid, v.ourGID)
	v.covers = !v.ours.isRoot() || hasCapabilitiesOf(c.SecurityContext, securityOf(pod, p.Target.Container))
	return v
}

// groupOf is a group, where nobody names one that of root: of all other users the image's own files decide.
func groupOf(uid, gid *int64) *int64 {
	if gid == nil && uid != nil && *uid == 0 {
		return uid
	}
	return gid
}

// whoCould is as whom an image would have to run to see the target.
func (v *view) whoCould() string {
	same := "the target's user"
	if v.uid != nil {
		same = fmt.Sprintf("user %d", *v.uid)
	}
	switch {
	case v.traces && v.uid != nil && *v.uid == 0, v.traces && v.uid == nil:
		return "root"
	case v.traces:
		return "root or as " + same
	}
	return same
}

// checkSight finds that the target's files will, or may, stay closed.
func checkSight(p Plan, f Facts) []Finding {
	sight := SightOf(p, f)
	target := p.Target.Container
	if target == "" || sight.Opens {
		return nil
	}
	v, s := viewOf(p, f), p.container().SecurityContext
	remedy := func() *Remedy {
		switch {
		case v.uid == nil:
			return nil
		case *v.uid == 0:
			return f.asRoot(p.Profile)
		}
		return asUser("run as the target's user", *v.uid, v.gid)
	}
	const closed = "it cannot read the target's files and environment in /proc"
	switch {
	case sight.If == "" && v.uid != nil && *v.uid != *v.ours.uid:
		found := Finding{Severity: Warning, Remedy: remedy(), Text: fmt.Sprintf("it will run as user %s and %s runs as user %d: %s", v.ours.name, target, *v.uid, closed)}
		if v.ours.isRoot() && s != nil && s.Capabilities != nil && len(s.Capabilities.Add) > 0 {
			found.Severity, found.Remedy = Info, nil // it is there for something else, which another user could not do
		}
		return []Finding{found}
	case sight.If == "" && !v.covers:
		return []Finding{{Severity: Warning, Text: fmt.Sprintf("the debug container lacks capabilities of %s: %s", target, closed)}}
	case sight.If == "":
		return []Finding{{Severity: Warning, Remedy: remedy(), Text: fmt.Sprintf("it will run in group %d and %s runs in group %d: %s", *v.ourGID, target, *v.gid, closed)}}
	case v.ours.uid != nil || v.traces || v.uid == nil || *v.uid == 0:
		return nil // nearly every image runs as root; what it depends on is said beside the target
	}
	return []Finding{{Severity: Warning, Remedy: remedy(), Text: "it can read the target's files and environment in /proc only if " + sight.If}}
}

// securityOf are the security settings of a container of the pod; nil: none.
func securityOf(pod *corev1.Pod, name string) *corev1.SecurityContext {
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if c.Name == name {
			return c.SecurityContext
		}
	}
	return nil
}

// hasCapabilitiesOf reports whether root with some security settings has all capabilities of root with others.
func hasCapabilitiesOf(ours, theirs *corev1.SecurityContext) bool {
	all := func(s *corev1.SecurityContext) bool {
		return privileged(s) || s != nil && s.Capabilities != nil && containsAny(s.Capabilities.Add, "ALL")
	}
	switch {
	case all(ours):
		return true
	case all(theirs):
		return false
	}
	has := capabilitiesOf(ours)
	return !slices.ContainsFunc(capabilitiesOf(theirs), func(c corev1.Capability) bool { return !slices.Contains(has, c) })
}

// capabilitiesOf are those of root with some security settings, as containerd and Docker have them.
func capabilitiesOf(s *corev1.SecurityContext) []corev1.Capability {
	usual := append(usualCapabilities(), "NET_RAW")
	if s == nil || s.Capabilities == nil {
		return usual
	}
	if containsAny(s.Capabilities.Drop, "ALL") {
		usual = nil
	}
	usual = slices.DeleteFunc(append(usual, s.Capabilities.Add...), func(c corev1.Capability) bool { return slices.Contains(s.Capabilities.Drop, c) })
	return usual
}

func mayTrace(s *corev1.SecurityContext) bool { return capable("SYS_PTRACE")(s) }
