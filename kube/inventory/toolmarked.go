package inventory

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// Tools that mark their pods by labels or annotations of their own.

// ofDebux knows the pods of debux.
// https://github.com/clement-tourriere/debux/blob/main/internal/runtime/kubernetes_ephemeral.go (debuxManagedByLabelKey and below)
func ofDebux() tool {
	const name, mode, source = "debux", "debux.clement-tourriere/mode", "debux.clement-tourriere/source-pod"
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool { return managedBy(o, name) },
		made: func(pod *corev1.Pod) (mark, bool) {
			m := mark{kind: ToolPod, tool: name, certain: true, because: "label " + leftovers.ManagedByLabel + "=" + name}
			switch pod.Labels[mode] {
			case "copy":
				m.kind, m.of = Copy, podInWords(pod.Namespace, pod.Annotations[source])
			case "node":
				m.kind, m.of = NodePod, nodeInWords(pod)
			}
			return m, managedBy(&pod.ObjectMeta, name)
		},
	}
}

// ofOC knows the pods of oc debug, and of the terminals of nodes in OpenShift's console, which has the same annotations.
// https://github.com/openshift/oc/blob/master/pkg/cli/debug/debug.go (debugPodAnnotationSourceResource; label debug.openshift.io/managed-by=oc-debug)
func ofOC() tool {
	const label, value, source = "debug.openshift.io/managed-by", "oc-debug", "debug.openshift.io/source-resource"
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool { return labelled(o, label, value) || o.Annotations[source] != "" },
		made: func(pod *corev1.Pod) (mark, bool) {
			of := pod.Annotations[source]
			m := mark{kind: Copy, tool: "oc debug", certain: true, because: "annotation " + source}
			if labelled(&pod.ObjectMeta, label, value) {
				m.because = "label " + label + "=" + value
			}
			_, name, _ := strings.Cut(of, "/")
			if strings.HasPrefix(of, "/v1, Resource=") {
				_, name, _ = strings.Cut(of, "Resource=")
				_, name, _ = strings.Cut(name, "/")
			}
			switch {
			case strings.Contains(of, "nodes/"):
				m.kind, m.of = NodePod, "node "+kube.Brief(name)
			case strings.Contains(of, "pods/"):
				m.of = podInWords(pod.Namespace, name)
			default:
				m.of = kube.Brief(of)
			}
			return m, of != "" || labelled(&pod.ObjectMeta, label, value)
		},
	}
}

// ofPodbench knows the pods that podbench dev makes of others.
// https://github.com/gilesknap/podbench/blob/main/src/podbench/spec.py (DEVPOD_LABEL, ORIGIN_ANNOTATION)
func ofPodbench() tool {
	const label, origin = "podbench.dev/devpod", "podbench.dev/origin"
	return tool{
		suspects: func(o *metav1.ObjectMeta) bool { return o.Labels[label] != "" || o.Annotations[origin] != "" },
		made: func(pod *corev1.Pod) (mark, bool) {
			m := mark{kind: Copy, tool: "podbench", certain: true, because: "label " + label}
			if origin := pod.Annotations[origin]; origin != "" {
				m.of = podInWords(pod.Namespace, origin[strings.LastIndexByte(origin, '/')+1:])
			}
			return m, pod.Labels[label] != ""
		},
	}
}

// ofMirrord knows the agents of mirrord, which Jobs run.
// https://github.com/metalbear-co/mirrord/blob/main/mirrord/kube/src/api/container/pod.rs (label app=mirrord, container mirrord-agent) and job.rs
func ofMirrord() tool {
	return tool{
		runs:     true,
		suspects: func(o *metav1.ObjectMeta) bool { return labelled(o, "app", "mirrord") },
		made: func(pod *corev1.Pod) (mark, bool) {
			m := mark{kind: ToolPod, tool: "mirrord", certain: true, because: "label app=mirrord, container " + mirrordAgent}
			return m, labelled(&pod.ObjectMeta, "app", "mirrord") && container(pod, mirrordAgent) != nil && !controlledForGood(pod)
		},
	}
}

const mirrordAgent = "mirrord-agent"

// profilers are tools that run Jobs, by the label that is on these and on their pods.
// https://github.com/iovisor/kubectl-trace/blob/master/pkg/meta/constants.go
// https://github.com/yahoo/kubectl-flame/blob/master/cli/cmd/kubernetes/job/bpf.go
// https://github.com/josepdcs/kubectl-prof/blob/main/internal/cli/kubernetes/job/job.go (LabelID)
func profilers() map[string]string {
	return map[string]string{"iovisor.org/kubectl-trace": "kubectl trace", "kubectl-flame/id": "kubectl flame", "kubectl-prof/id": "kubectl prof"}
}

// ofProfilers knows the pods of profilers.
func ofProfilers() tool {
	find := func(o *metav1.ObjectMeta) (label, tool string) {
		for label, tool := range profilers() {
			if o.Labels[label] != "" {
				return label, tool
			}
		}
		return "", ""
	}
	return tool{
		runs:     true,
		suspects: func(o *metav1.ObjectMeta) bool { _, tool := find(o); return tool != "" },
		made: func(pod *corev1.Pod) (mark, bool) {
			label, tool := find(&pod.ObjectMeta)
			return mark{kind: ToolPod, tool: tool, certain: true, because: "label " + label, of: nodeInWords(pod)}, tool != "" && !controlledForGood(pod)
		},
	}
}

// controlledForGood reports whether a controller keeps a pod there for ever, as a Deployment's does, unlike a Job.
func controlledForGood(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind != "Job"
}
