package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/idle"
)

type kind string

const (
	initKind  kind = "initContainers"
	appKind   kind = "containers"
	debugKind kind = "ephemeralContainers"
)

// field is how events point to a container.
func (k kind) field(name string) string { return "spec." + string(k) + "{" + name + "}" }

// container is one container of a pod, through all its restarts.
type container struct {
	pod    *pod
	kind   kind
	spec   *corev1.Container
	target string

	ref       string // its image in full, once that is known
	id        string // of the latest instance
	instances int
	state     corev1.ContainerState
	last      *corev1.ContainerStateTerminated // of the latest instance that has ended
	restarts  int32
	ready     bool

	busy     bool          // an image is pulled for it, or it is being made
	problem  *problem      // why it does not run; nil otherwise
	run      running       // nil: it does not run
	over     chan struct{} // closed when run ends
	refused  string        // what the registry said last
	pulls    backoff
	restart  backoff
	log      *logbook
	previous *logbook
	waits    *idle.Copy   // nil: it runs its program
	in       *room        // in which ps shows its process; nil: none does
	outside  *outside     // nil: it runs in itself
	joined   []*container // that have joined its processes
}

// running is what runs in a container. The end of it is told by container.ended.
type running interface {
	stop() // asks it to end: SIGTERM
	kill() // SIGKILL
}

// problem is why a container does not run, as its status says it.
type problem struct {
	reason, message string
}

func newContainer(p *pod, kind kind, spec *corev1.Container) *container {
	reason := "ContainerCreating"
	if kind == initKind || kind == appKind && len(p.inits) > 0 {
		reason = "PodInitializing"
	}
	return &container{
		pod: p, kind: kind, spec: spec,
		state: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
	}
}

func (c *container) gone() bool { return c.pod.ending() }

// sidecar reports whether an init container goes on beside the others: they do not wait for its end.
func (c *container) sidecar() bool {
	return c.kind == initKind && c.spec.RestartPolicy != nil && *c.spec.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// passed reports whether the containers after an init container may start.
func (c *container) passed() bool {
	if c.sidecar() {
		return c.run != nil || c.last != nil
	}
	return c.succeeded()
}

func (c *container) succeeded() bool {
	return c.state.Terminated != nil && c.state.Terminated.ExitCode == 0
}

// restarted reports whether the pod's policy wants a container back that has ended.
func (c *container) restarted() bool {
	failed := c.last.ExitCode != 0
	switch {
	case c.kind == debugKind:
		return false
	case c.sidecar():
		return !c.pod.over()
	case c.kind == initKind:
		return failed && c.pod.policy != corev1.RestartPolicyNever
	case c.pod.policy == corev1.RestartPolicyAlways:
		return true
	default:
		return failed && c.pod.policy == corev1.RestartPolicyOnFailure
	}
}

func (c *container) now() metav1.Time {
	return metav1.NewTime(c.pod.k.clock.Now().Truncate(time.Second))
}

// exitReason is the word for an exit code.
func exitReason(code int) string {
	if code == 0 {
		return "Completed"
	}
	return "Error"
}
