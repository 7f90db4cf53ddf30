package inventory

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// mark is what a pod, a Job or a debug container says of the tool that has made it.
type mark struct {
	kind    Kind
	tool    string
	certain bool
	because string
	of      string // what it was made for
}

// tool is a family of tools that make pods, and how these are known.
type tool struct {
	// suspects reports whether a pod may be one of theirs, by its metadata alone: it is so for each that made knows. What is not suspected is not read whole.
	suspects func(*metav1.ObjectMeta) bool
	// made is the mark of a pod, if it has one.
	made func(*corev1.Pod) (mark, bool)
	// runs reports whether they let Jobs, or other controllers, make their pods. Pods of others that have a controller are none of theirs, whatever they are called.
	runs bool
}

// named reports whether a name is a prefix and behind it so many characters of an alphabet; 0: one or more.
func named(name, prefix string, length int, alphabet string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && rest != "" && (length == 0 || len(rest) == length) && strings.Trim(rest, alphabet) == ""
}

// Alphabets of the ends of names.
const (
	digits   = "0123456789"
	hex      = digits + "abcdef"
	alphanum = digits + "abcdefghijklmnopqrstuvwxyz"
	// generated is what Kubernetes ends names with, and kubectl:
	// https://github.com/kubernetes/apimachinery/blob/v0.34.4/pkg/util/rand/rand.go
	generated = "bcdfghjklmnpqrstvwxz2456789"
)

// generatedLength is how long such an end is.
const generatedLength = 5

// namedUUID reports whether a name is a prefix and behind it a UUID.
func namedUUID(name, prefix string) bool {
	const length = 36
	return named(name, prefix, length, hex+"-") && strings.Count(name[len(prefix):], "-") == 4
}

func labelled(o *metav1.ObjectMeta, key, value string) bool { return o.Labels[key] == value }

func managedBy(o *metav1.ObjectMeta, tool string) bool {
	return labelled(o, leftovers.ManagedByLabel, tool)
}

// container is the container of a pod that has a name; nil: none has.
func container(pod *corev1.Pod, name string) *corev1.Container {
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == name {
			return &pod.Spec.Containers[i]
		}
	}
	return nil
}

// nodeInWords is the node that a pod is on, as what it was made for.
func nodeInWords(pod *corev1.Pod) string {
	if pod.Spec.NodeName == "" {
		return ""
	}
	return "node " + kube.Brief(pod.Spec.NodeName)
}

// podInWords names a pod in a namespace; empty: the name is.
func podInWords(namespace, name string) string {
	if name == "" {
		return ""
	}
	return "pod " + kube.Brief(namespace+"/"+name)
}
