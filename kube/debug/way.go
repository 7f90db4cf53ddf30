package debug

import "github.com/dayfly-k8s/dayfly/kube"

// Way is how a person gets beside what is to be debugged. Its text is its name on the command line and in the journal.
type Way string

// InPod puts an ephemeral container into the pod itself, and Copy a container into a copy of the pod.
const (
	InPod Way = ""
	Copy  Way = "copy"
)

// Ways lists the ways, in the order in which they are offered.
func Ways() []Way { return []Way{InPod, Copy} }

// Words say what a person gets by it, in a few words.
func (w Way) Words() string {
	switch w {
	case InPod:
		return "in the pod"
	case Copy:
		return "in a copy of the pod"
	}
	return string(w)
}

// builder builds the plan of a request that has been looked at; nil: there is no such way.
func (w Way) builder() func(*kube.Pod, Request) (Plan, error) {
	switch w {
	case InPod:
		return inPod
	case Copy:
		return inCopy
	}
	return nil
}

// place is the container that a request gets by the way beside a pod. It completes the names in the request.
func (w Way) place(pod kube.Target, r *Request) kube.Target {
	if w == Copy {
		return copyOf(pod, r)
	}
	return pod.Of(r.Name)
}
