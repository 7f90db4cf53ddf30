package inventory

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// kubectlDebug is the tool, and its value of the label that says by whom something is managed.
const (
	kubectlDebug   = "kubectl debug"
	kubectlManages = "kubectl-debug"
)

// ofNodeDebuggers knows the pods on nodes of kubectl debug node/NAME, in which the node's name is repeated; since v1.31 they have a label too. Headlamp
// makes pods of the same name, whose input ends with the first client.
// https://github.com/kubernetes/kubectl/blob/v0.34.4/pkg/cmd/debug/debug.go (generateNodeDebugPod)
// https://github.com/kubernetes-sigs/headlamp/blob/main/frontend/src/components/node/NodeShellTerminal.tsx
func ofNodeDebuggers() tool {
	const prefix = "node-debugger-"
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool {
			return strings.HasPrefix(o.Name, prefix) || managedBy(o, kubectlManages)
		},
		made: func(pod *corev1.Pod) (mark, bool) {
			m := mark{kind: NodePod, tool: kubectlDebug, of: nodeInWords(pod)}
			if managedBy(&pod.ObjectMeta, kubectlManages) {
				m.certain, m.because = true, "label "+leftovers.ManagedByLabel+"="+kubectlManages
				return m, true
			}
			if !named(pod.Name, prefix+pod.Spec.NodeName+"-", generatedLength, alphanum) {
				return m, false
			}
			m.because = "name " + prefix + "NODE-*"
			client := creator(&pod.ObjectMeta)
			if c := container(pod, "debugger"); c != nil && c.StdinOnce && !isKubectl(client) {
				m.tool = "Headlamp"
				return m, true
			}
			if isKubectl(client) {
				m.certain, m.because = true, m.because+", created by "+client
			}
			return m, true
		},
	}
}

// isKubectl reports whether a client that the API server has noted is kubectl debug: it does not name itself, as other commands of kubectl do ("kubectl-run",
// "kubectl-create"), so that its program's name is noted.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
func isKubectl(client string) bool {
	return client == "kubectl" || client == "kubectl.exe" || client == kubectlManages
}

// ofCopies knows the copies of kubectl debug --copy-to: kubectl debug has created them, and nothing owns them. Their names are the person's, and no
// label says it; the container that was added is called debugger-xxxxx unless the person has named it.
// https://github.com/kubernetes/kubectl/blob/v0.34.4/pkg/cmd/debug/debug.go (generatePodCopyWithDebugContainer)
func ofCopies() tool {
	return tool{
		runs:     true, // one whose labels were kept is adopted by the controller of the original
		suspects: func(o *metav1.ObjectMeta) bool { return isKubectl(creator(o)) },
		made: func(pod *corev1.Pod) (mark, bool) {
			m := mark{kind: Copy, tool: kubectlDebug, because: "created by " + creator(&pod.ObjectMeta)}
			added := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return isDebuggerName(c.Name) })
			switch {
			case !isKubectl(creator(&pod.ObjectMeta)):
				return m, false
			case added >= 0:
				m.certain, m.because = true, m.because+", with container "+pod.Spec.Containers[added].Name
				return m, true
			case metav1.GetControllerOf(pod) != nil:
				return m, false
			}
			shared := pod.Spec.ShareProcessNamespace // kubectl debug sets it unless it is told not to; few others do
			return m, creator(&pod.ObjectMeta) == kubectlManages || shared != nil && *shared
		},
	}
}

// isDebuggerName reports whether kubectl debug calls containers so.
func isDebuggerName(name string) bool { return named(name, "debugger-", generatedLength, generated) }

// ofRuns knows pods that kubectl run, or a plugin around it, has made for a person to sit at: kubectl run -it, whose --rm a lost connection prevents, and
// images that are made for debugging. They are likely ones, no more.
// https://github.com/kubernetes/kubectl/blob/v0.34.4/pkg/cmd/run/run.go (its field manager is kubectl-run)
// https://github.com/nilic/kubectl-netshoot/blob/main/cmd/root.go (the same with nicolaka/netshoot)
// https://github.com/lightrun-platform/koolkits (kubectl run … --image=lightruncom/koolkits:node)
func ofRuns() tool {
	const client = "kubectl-run"
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool { return creator(o) == client },
		made: func(pod *corev1.Pod) (mark, bool) {
			m := mark{kind: ToolPod, tool: "kubectl run", because: "created by " + client + " with a terminal"}
			if creator(&pod.ObjectMeta) != client {
				return m, false
			}
			for i := range pod.Spec.Containers {
				c := &pod.Spec.Containers[i]
				if image := debugImage(c.Image); image != "" {
					m.because = "created by " + client + " of image " + image
					return m, true
				}
				if c.TTY && c.Stdin {
					return m, true
				}
			}
			return m, false
		},
	}
}

// debugImage is the name of an image that is made for debugging and nothing else, without its registry and tag; empty: it is not known as one.
func debugImage(image string) string {
	name, _, _ := strings.Cut(image, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	for _, known := range []string{"nicolaka/netshoot", "lightruncom/koolkits", "corfr/tcpdump"} {
		if name == known || strings.HasSuffix(name, "/"+known) {
			return known
		}
	}
	return ""
}

// creator is the client that has created an object, as the API server has noted it; empty: it has not, or no longer tells, or the object was applied, as
// manifests are. It is the first that owns containers: entries are in the order of their time.
func creator(o *metav1.ObjectMeta) string {
	for i := range o.ManagedFields {
		entry := &o.ManagedFields[i]
		if entry.Subresource != "" || !owns(entry, "f:containers") {
			continue
		}
		if entry.Operation == metav1.ManagedFieldsOperationApply || entry.Manager == ancient {
			return ""
		}
		return kube.Brief(entry.Manager)
	}
	return ""
}
