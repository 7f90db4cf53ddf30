package inventory

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// entryMark tells which tool has added a debug container to a pod: by its name, its environment, and the client that the API server has noted. Whoever has
// added it, it is one: nothing else is done with ephemeral containers.
func entryMark(e *corev1.EphemeralContainer, client string) mark {
	m := mark{kind: DebugContainer}
	for _, known := range entries() {
		if known.made(e, client) {
			m.tool, m.certain, m.because = known.tool, known.certain, known.because
			return m
		}
	}
	m.because = "it is an ephemeral container"
	if client != "" {
		m.because += ", added by " + kube.Brief(client)
	}
	return m
}

// entry is how debug containers of a tool are known.
type entry struct {
	tool, because string
	certain       bool
	made          func(e *corev1.EphemeralContainer, client string) bool
}

// entries are the tools, what is certain first, from their sources:
// https://github.com/clement-tourriere/debux/blob/main/internal/runtime/kubernetes_ephemeral.go (debux- and nanoseconds; DEBUX_DAEMON)
// https://github.com/gilesknap/podbench/blob/main/src/podbench/model.py (PODBENCH_TARGET_CID, PODBENCH_TARGET; it sends its request by kubectl)
// https://github.com/metalbear-co/mirrord/blob/main/mirrord/kube/src/api/container.rs (mirrord-agent- and ten letters)
// https://github.com/kubernetes-sigs/headlamp, PodDebugTerminal.tsx (headlamp-debug, and of further ones a time)
// https://github.com/iximiuz/cdebug/blob/main/cmd/exec/exec.go (debuggerName; the command exports CDEBUG_ROOTFS)
// https://github.com/kubernetes/kubectl/blob/v0.34.4/pkg/cmd/debug/debug.go (computeDebugContainerName)
func entries() []entry {
	return []entry{
		{"dayfly", "added by dayfly", true, func(_ *corev1.EphemeralContainer, client string) bool { return client == "dayfly" }},
		{"debux", "name debux-*, variable DEBUX_DAEMON", true, func(e *corev1.EphemeralContainer, _ string) bool {
			return named(e.Name, "debux-", 0, digits) && has(e, "DEBUX_DAEMON")
		}},
		{"podbench", "variable PODBENCH_TARGET", true, func(e *corev1.EphemeralContainer, _ string) bool {
			return has(e, "PODBENCH_TARGET") || has(e, "PODBENCH_TARGET_CID")
		}},
		{"mirrord", "name mirrord-agent-*", true, func(e *corev1.EphemeralContainer, _ string) bool {
			return named(e.Name, mirrordAgent+"-", 10, alphanum)
		}},
		{"Headlamp", "name headlamp-debug", true, func(e *corev1.EphemeralContainer, _ string) bool {
			return e.Name == "headlamp-debug" || named(e.Name, "headlamp-debug-", 0, alphanum)
		}},
		{"cdebug", "its command sets CDEBUG_ROOTFS", true, func(e *corev1.EphemeralContainer, _ string) bool {
			return slices.ContainsFunc(e.Command, func(word string) bool { return strings.Contains(word, "CDEBUG_ROOTFS") })
		}},
		{"cdebug", "name cdebug-*", false, func(e *corev1.EphemeralContainer, _ string) bool { return named(e.Name, "cdebug-", 0, alphanum+"-") }},
		{"kubectl netshoot", "added by kubectl-netshoot", true, func(_ *corev1.EphemeralContainer, client string) bool { return client == "kubectl-netshoot" }},
		{kubectlDebug, "added by kubectl-debug", true, func(_ *corev1.EphemeralContainer, client string) bool { return client == kubectlManages }},
		{kubectlDebug, "name debugger-*, added by kubectl", true, func(e *corev1.EphemeralContainer, client string) bool {
			return isKubectl(client) && isDebuggerName(e.Name)
		}},
		{kubectlDebug, "added by kubectl", false, func(_ *corev1.EphemeralContainer, client string) bool { return isKubectl(client) }},
		{kubectlDebug, "name debugger-*", false, func(e *corev1.EphemeralContainer, _ string) bool { return isDebuggerName(e.Name) }},
		{"podbench", "name podbench-*", false, func(e *corev1.EphemeralContainer, _ string) bool { return named(e.Name, "podbench-", 0, digits) }},
	}
}

// has reports whether a container is given an environment variable.
func has(e *corev1.EphemeralContainer, variable string) bool {
	return slices.ContainsFunc(e.Env, func(v corev1.EnvVar) bool { return v.Name == variable })
}
