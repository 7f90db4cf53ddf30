package debug

import (
	"fmt"
	"strings"
)

// checkSharedProcesses tells where the target is in a pod whose containers see more processes than their own.
func checkSharedProcesses(p Plan, f Facts) []Finding {
	if !sharesProcesses(f.Pod.Object()) {
		return nil
	}
	first := "the pod's containers share their processes: PID 1 is its pause process"
	all := "all containers' processes are seen"
	if f.Pod.Object().Spec.HostPID {
		first, all = "the pod is in its node's process namespace: PID 1 is the node's init", "all processes of the node are seen"
	}
	target := p.Target.Container
	var text string
	switch {
	case target == "":
		text = first + ", and " + all
	case !p.pointed():
		text = fmt.Sprintf("%s, not %s; find the target with ps; its files are in /proc/PID/root", first, target)
	case p.Request.startsShell():
		text = fmt.Sprintf("%s, not %s; the shell has its process in $TARGET_PID and its files in $TARGET_ROOT", first, target)
	default:
		text = fmt.Sprintf("%s, not %s; the target's /proc/PID/cgroup contains $%s; its files are in /proc/PID/root", first, target, targetContainerID)
	}
	return []Finding{{Severity: Info, Text: text}}
}

// checkHostNamespaces tells what of the node a tool sees instead of the pod.
func checkHostNamespaces(_ Plan, f Facts) []Finding {
	spec := &f.Pod.Object().Spec
	var shared []string
	if spec.HostNetwork {
		shared = append(shared, "network")
	}
	if spec.HostPID {
		shared = append(shared, "processes")
	}
	if spec.HostIPC {
		shared = append(shared, "shared memory")
	}
	if len(shared) == 0 {
		return nil
	}
	text := "the pod is in its node's own namespaces (" + strings.Join(shared, ", ") + "): what you see and change there is the whole node's"
	return []Finding{{Severity: Info, Text: text}}
}

// checkUserNamespace tells that the pod's root is nobody outside.
func checkUserNamespace(_ Plan, f Facts) []Finding {
	if users := f.Pod.Object().Spec.HostUsers; users == nil || *users {
		return nil
	}
	return []Finding{{Severity: Info, Text: "the pod has a user namespace of its own: root in it is not root on the node, whatever the profile"}}
}
