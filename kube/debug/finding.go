package debug

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Severity is what a finding means for a debug container that is about to be added.
type Severity int

// The severities, the least first.
const (
	Info     Severity = iota // good to know
	Warning                  // it may not start, or not see what it is for
	Blocking                 // it will not start
)

// Finding is something that is known about a debug container before it is added: whether it will start, and what it will see.
type Finding struct {
	Severity Severity
	Text     string
	Remedy   *Remedy // nil: nothing that a request could change helps
	Or       *Remedy // another way; nil without Remedy
}

// Remedy changes a request so that the finding goes away.
type Remedy struct {
	Words string // "run as the target's user 1000"
	Apply func(Request) Request
}

// Facts are what findings are drawn from. What is not known is zero, and then nothing is said about it.
type Facts struct {
	Pod         *kube.Pod // as it is now, which may be newer than the plan
	Node        *kube.Node
	PodSecurity string          // the level that the namespace enforces: privileged, baseline or restricted
	Events      []kube.PodEvent // of the pod, the newest first; read while nothing has started in it
	Image       *ImageFacts     // of the plan's image, from a registry
	// MemoryUsed and MemoryLimit are of the pod as a whole, in bytes.
	MemoryUsed, MemoryLimit int64
	Copy                    *CopyEnvironment // nil: not read
	Host                    *NodeEnvironment // nil: not read
	Unmade                  bool             // the pod is not there yet: nothing is known of how it runs
	// Admitted is the pod as the cluster would make it, and Refused why it does not; both nil: it has not said ([Preflight.Facts]).
	Admitted *corev1.Pod
	Refused  *kube.Problem
}

// ImageFacts are what a registry tells of an image.
type ImageFacts struct {
	OS, Arch  string   // of the image that was chosen from it
	Platforms []string // all that there are: linux/amd64, linux/arm/v7; empty: not known
	User      string   // USER of the image: "", "1000", "nobody:nogroup"
	Shell     string   // of the image, when it has one
	Size      int64    // compressed, in bytes
}

// container is the one that the plan makes; of a plan that was not built it is empty.
func (p Plan) container() *corev1.Container {
	if p.Change == nil {
		return &corev1.Container{}
	}
	return p.Change.Container()
}
