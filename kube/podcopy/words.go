package podcopy

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
)

// counted is a noun with what it counts: "label app", "labels app and tier".
func counted(noun string, words []string) string {
	if len(words) > 1 {
		noun += "s"
	}
	return noun + " " + kube.List(words)
}

// verb is the form of a verb for as many as there are words.
func verb(words []string, one, many string) string {
	if len(words) > 1 {
		return many
	}
	return one
}

// amount is a quantity of a resource in words. Fractions of a MiB are rounded: what is requested upwards, what is free downwards.
func amount(name corev1.ResourceName, q resource.Quantity, up bool) string {
	switch name {
	case corev1.ResourceCPU:
		return q.String()
	case corev1.ResourceMemory, corev1.ResourceEphemeralStorage:
		n := q.Value()
		if up {
			n += 1<<20 - 1
		}
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return q.String()
}
