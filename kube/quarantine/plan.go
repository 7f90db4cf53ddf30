package quarantine

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Choice is what there is to choose about the controller of a pod.
type Choice int

// The choices.
const (
	NoChoice  Choice = iota // it has none, or only its controller is to be left
	MayLeave                // it can stay with it, or leave it
	MustLeave               // it leaves it with its Services: both select it by one label
)

// Plan is how the labels of a pod are changed: how it goes out of its Services, or comes back.
type Plan struct {
	Target   kube.Target
	UID      string
	Back     bool     // it is restored
	Keys     []string // of the labels that are removed, or put back, in order
	Services []string // that lose the pod, or get it back, by name
	Leaves   bool     // its controller loses it
	Adopter  string   // the controller that has it again when it is restored: "ReplicaSet web-7d"; empty: none
	Deletes  int      // how many of its pods that deletes then, as far as is known
	Goes     bool     // the pod itself is one of them, as far as is known
	Unkept   bool     // it is restored without an annotation that keeps its labels
	Choice   Choice
	Effects  []selectors.Effect
	Command  string        // the kubectl commands that do the same
	Refusal  *kube.Problem // why it cannot be done; nil: it can

	pod        *corev1.Pod
	record     Record
	controller *selectors.Controller // that the pod has; nil: none
	adopter    *selectors.Controller // of which more than the name is known; nil: none
}
