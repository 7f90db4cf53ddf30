package debug

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Where a pod shares its process namespace, PID 1 is its pause process, and in its node's process namespace it is the node's init: the
// target is somewhere among the others. What is known beforehand is the ID of its container, which the container's processes have in their cgroup; so a shell that is started anyway
// looks for it first, and hands on the process and the way to its files.
const (
	targetContainerID = "TARGET_CONTAINER_ID"
	targetPID         = "TARGET_PID"
	targetRoot        = "TARGET_ROOT"
)

// pointedAt is the request as it is sent into a pod in which the target is not PID 1: with the ID of the target's container in
// TARGET_CONTAINER_ID, and when it starts a shell, with TARGET_PID and TARGET_ROOT found by that. Any other is as it was, and so is one
// that names the variable itself.
func (r Request) pointedAt(pod *corev1.Pod) Request {
	id := containerID(pod, r.Target)
	named := slices.ContainsFunc(r.Env, func(v EnvVar) bool { return v.Name == targetContainerID })
	if !sharesProcesses(pod) || id == "" || named {
		return r
	}
	r.Env = append(slices.Clone(r.Env), EnvVar{Name: targetContainerID, Value: id})
	if r.startsShell() {
		r.Command = slices.Concat([]string{r.Command[0], "-c", findTarget("/proc"), r.Command[0]}, r.Command)
	}
	return r
}

// sharesProcesses reports whether a debug container sees more processes than its target's, so that PID 1 is not the target's first.
func sharesProcesses(pod *corev1.Pod) bool {
	return pod.Spec.HostPID || pod.Spec.ShareProcessNamespace != nil && *pod.Spec.ShareProcessNamespace
}

// SharesProcesses reports whether the plan's container sees the processes of the whole pod, or of its node, and not only its target's.
func (p Plan) SharesProcesses() bool {
	if p.Change == nil {
		return false
	}
	spec := p.Change.Spec()
	return sharesProcesses(&corev1.Pod{Spec: *spec})
}

// Place is where a debug container finds its target: in shell words, for commands. It is empty where it does not.
type Place struct {
	PID, Root string // 1 and /proc/1/root, or $TARGET_PID and $TARGET_ROOT
}

// Place is where the plan's container finds its target.
func (p Plan) Place(f Facts) Place {
	told := Place{PID: "$" + targetPID, Root: "$" + targetRoot}
	if p.Request.Way == Join {
		return told
	}
	if p.Change != nil {
		f = p.Change.Known(f)
	}
	switch pod := f.Pod; {
	case p.Target.Container == "" || pod == nil || pod.Object() == nil:
		return Place{}
	case f.Node != nil && f.Node.Bare:
		return told
	case !sharesProcesses(pod.Object()):
		return Place{PID: "1", Root: "/proc/1/root"}
	case p.Request.startsShell() && p.pointed():
		return told
	}
	return Place{}
}

// pointed reports whether the plan's container is told which process is the target's.
func (p Plan) pointed() bool {
	return slices.ContainsFunc(p.container().Env, func(v corev1.EnvVar) bool { return v.Name == targetContainerID })
}

// startsShell reports whether the command is one of a shell that understands findTarget.
func (r Request) startsShell() bool {
	shells := []string{"sh", "ash", "dash", "bash", "zsh"}
	return len(r.Command) > 0 && !r.ArgumentsOnly && slices.Contains(shells, path.Base(r.Command[0]))
}

// containerID is the runtime's ID of a container, without the runtime's name before it; empty when it is not known, or is none.
func containerID(pod *corev1.Pod, name string) string {
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if s.Name != name || s.State.Running == nil {
			continue
		}
		_, id, _ := strings.Cut(s.ContainerID, "://")
		if strings.Trim(id, "0123456789abcdef") == "" { // as all runtimes make them; anything else is no ID to look for
			return id
		}
	}
	return ""
}

// findTarget is a script that finds the first process of the container TARGET_CONTAINER_ID in a proc file system, and then becomes
// the command that its arguments are. It uses only what every POSIX shell has built in, for an image may have nothing else, and
// leaves no other variables behind. Of the processes of the container the one with the lowest number has started it. Where cgroups
// do not show the ID, nothing is guessed. What watches a container for CRI-O has the ID too, and is seen from a node's process namespace.
func findTarget(proc string) string {
	script := `unset TARGET_PID TARGET_ROOT; ` +
		`for TARGET_ROOT in PROC/[0-9]*; do { ` +
		`while read -r TARGET_LINE || [ -n "$TARGET_LINE" ]; do case $TARGET_LINE in *crio-conmon-*) ;; *"$TARGET_CONTAINER_ID"*) ` +
		`[ "${TARGET_ROOT##*/}" -lt "${TARGET_PID:-999999999}" ] && TARGET_PID=${TARGET_ROOT##*/};; esac; done <"$TARGET_ROOT/cgroup"; ` +
		`} 2>/dev/null; done; unset TARGET_ROOT TARGET_LINE; ` +
		`if [ -n "$TARGET_PID" ]; then export TARGET_PID TARGET_ROOT="PROC/$TARGET_PID/root"; ` +
		`else echo "TARGET_PID is not set: no process shows the ID of the target's container in its cgroup" >&2; fi; ` +
		`exec "$@"`
	return strings.ReplaceAll(script, "PROC", proc)
}

// Beside is a command as it is run by exec in a debug container of dayfly, so that it has the target's process in TARGET_PID and its files in TARGET_ROOT. It takes
// a shell.
func Beside(command []string) []string {
	script := `[ -n "${TARGET_CONTAINER_ID:-}" ] || { export TARGET_PID=1 "TARGET_ROOT=${TARGET_ROOT:-/proc/1/root}"; exec "$@"; }; ` + findTarget("/proc")
	return slices.Concat([]string{"sh", "-c", script, "sh"}, command)
}
