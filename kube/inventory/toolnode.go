package inventory

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shell is how a tool names the pods by which it gives a person a shell on a node: no label marks them.
type shell struct {
	tool, words string
	prefix      string
	name        func(pod *corev1.Pod) bool
	container   string // that it has; empty: of any name
	certain     bool
}

// shells are the tools, from their sources:
// https://github.com/kvaps/kubectl-node-shell/blob/master/kubectl-node_shell
// https://github.com/derailed/k9s/blob/master/internal/view/exec.go (k9sShellPod: the process's number)
// https://github.com/freelensapp/freelens/blob/main/packages/core/src/main/shell-session/node-shell-session/node-shell-session.ts, which is OpenLens' and Lens' too
// https://github.com/janosmiko/lfk (lfk-node-shell- and five letters)
// https://github.com/kubernetes-sigs/headlamp (NodeShellTerminal.tsx, before it named them as kubectl does)
func shells() []shell {
	return []shell{
		{
			tool: "kubectl node-shell", prefix: "nsenter-", words: "name nsenter-*", container: "nsenter", certain: true,
			name: func(p *corev1.Pod) bool { return named(p.Name, "nsenter-", 6, alphanum) },
		},
		{
			tool: "k9s", prefix: "k9s-shell-", words: "name k9s-shell-*", container: "k9s-shell", certain: true,
			name: func(p *corev1.Pod) bool { return named(p.Name, "k9s-shell-", 0, digits) },
		},
		{
			tool: "Lens", prefix: "node-shell-", words: "name node-shell-UUID, as of Lens, OpenLens and Freelens", container: "shell", certain: true,
			name: func(p *corev1.Pod) bool { return namedUUID(p.Name, "node-shell-") },
		},
		{
			tool: "lfk", prefix: "lfk-node-shell-", words: "name lfk-node-shell-*", certain: true,
			name: func(p *corev1.Pod) bool { return named(p.Name, "lfk-node-shell-", generatedLength, alphanum) },
		},
		{
			tool: "Headlamp", prefix: "node-shell-", words: "name node-shell-NODE-*",
			name: func(p *corev1.Pod) bool {
				return p.Spec.NodeName != "" && named(p.Name, "node-shell-"+p.Spec.NodeName+"-", 0, alphanum+"-")
			},
		},
	}
}

// ofNodeShells knows shells on nodes: their names, and that they are among the node's processes, without which there would be no shell on it.
func ofNodeShells() tool {
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool {
			for _, s := range shells() {
				if strings.HasPrefix(o.Name, s.prefix) {
					return true
				}
			}
			return false
		},
		made: func(pod *corev1.Pod) (mark, bool) {
			for _, s := range shells() {
				if pod.Spec.HostPID && s.name(pod) && (s.container == "" || container(pod, s.container) != nil) {
					return mark{kind: NodePod, tool: s.tool, certain: s.certain, because: s.words, of: nodeInWords(pod)}, true
				}
			}
			return mark{}, false
		},
	}
}

// ofKsniff knows the privileged pods of ksniff, and the agents of the kubectl-debug that came before kubectl's own.
// https://github.com/eldadru/ksniff/blob/master/kube/kubernetes_api_service.go (CreatePrivilegedPod)
// https://github.com/aylei/kubectl-debug (README: "Agent Pod info: [Name:debug-agent-pod-…")
func ofKsniff() tool {
	const ksniff, agent = "ksniff-", "debug-agent-pod-"
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool {
			return strings.HasPrefix(o.Name, ksniff) || strings.HasPrefix(o.Name, agent)
		},
		made: func(pod *corev1.Pod) (mark, bool) {
			switch {
			case named(pod.Name, ksniff, generatedLength, generated) && container(pod, "ksniff-privileged") != nil:
				return mark{kind: ToolPod, tool: "ksniff", certain: true, because: "container ksniff-privileged in " + ksniff + "*", of: nodeInWords(pod)}, true
			case namedUUID(pod.Name, agent):
				return mark{kind: ToolPod, tool: "kubectl-debug (plugin)", because: "name " + agent + "UUID", of: nodeInWords(pod)}, true
			}
			return mark{}, false
		},
	}
}
