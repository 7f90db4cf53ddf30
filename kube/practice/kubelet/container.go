package kubelet

import (
	"crypto/sha256"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
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
}

// running is what runs in a container. The end of it is told by container.ended.
type running interface {
	stop() // asks it to end: SIGTERM
	kill() // SIGKILL
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

func (c *container) gone() bool { return c.pod.done || c.pod.terminating }

func (c *container) succeeded() bool {
	return c.state.Terminated != nil && c.state.Terminated.ExitCode == 0
}

// ensure starts the container if it should run and does not. When it is true the outcome comes later, and then is called.
func (c *container) ensure(then func()) (later bool) {
	if c.run != nil || c.busy || c.instances > 0 && !c.again() {
		return false
	}
	c.busy = true
	settled := false
	done := func() {
		c.busy, settled = false, true
		if later && then != nil {
			then()
		}
		if later {
			c.pod.write()
			c.pod.again()
		}
	}
	c.image(
		func(image scene.Image) {
			c.pod.k.after(createTime, func() { c.create(image, done) })
		},
		func(why problem) {
			c.pod.k.events.container(c, corev1.EventTypeWarning, "Failed", "Error: "+why.reason)
			c.fails(why)
			done()
		})
	later = !settled
	return later
}

// fails says why the container does not run.
func (c *container) fails(why problem) {
	c.pod.dirty = c.pod.dirty || c.problem == nil || *c.problem != why
	c.problem = &why
	c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: why.reason, Message: why.message}}
	if why.reason == "ErrImagePull" {
		// The kubelet hears of the new sandbox a moment later and looks again, long before the next try.
		c.pod.k.after(noticeTime, c.pod.sync)
	}
}

// cannot is a failure with the event that the kubelet gives to all of its kind.
func (c *container) cannot(reason, message string) {
	c.pod.k.events.container(c, corev1.EventTypeWarning, "Failed", "Error: "+message)
	c.fails(problem{reason, message})
}

// create makes the container of an image that is there, after the checks that come with that.
func (c *container) create(image scene.Image, done func()) {
	if c.gone() {
		return
	}
	if why := c.mayRun(image); why != nil {
		c.cannot(why.reason, why.message)
		done()
		return
	}
	c.instances++
	c.id = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", c.pod.uid, c.spec.Name, c.instances)))
	c.previous, c.log = c.log, newLogbook()
	c.pod.k.events.container(c, corev1.EventTypeNormal, "Created", "Created container: "+c.spec.Name)
	c.pod.k.after(startTime, func() {
		if !c.gone() {
			c.launch(image)
			done()
		}
	})
}

// started says that the container runs.
func (c *container) started(run running) {
	c.run, c.over, c.problem, c.pod.dirty = run, make(chan struct{}), nil, true
	c.state = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: c.now()}}
	c.pod.k.events.container(c, corev1.EventTypeNormal, "Started", "Started container "+c.spec.Name)
	c.probe()
}

// ended says that what ran has ended.
func (c *container) ended(code int, reason string) {
	began := c.state.Running.StartedAt
	c.run, c.ready, c.pod.dirty = nil, false, true
	close(c.over)
	c.log.close(c.pod.k.clock.Now())
	c.last = &corev1.ContainerStateTerminated{
		ExitCode: int32(code), Reason: reason, StartedAt: began, FinishedAt: c.now(), ContainerID: "containerd://" + c.id,
	}
	c.state = corev1.ContainerState{Terminated: c.last}
	if c.pod.room != nil {
		c.pod.room.left(c)
	}
	c.pod.killSharers(c.spec.Name)
	c.pod.write()
	if c.pod.terminating {
		c.pod.ended()
		return
	}
	c.pod.k.after(noticeTime, c.pod.sync)
}

// unstartable is for a program that the runtime cannot start.
func (c *container) unstartable(why string) {
	message := "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: " +
		"unable to start container process: " + why + ": unknown"
	c.pod.dirty = true
	c.log.close(c.pod.k.clock.Now())
	c.last = &corev1.ContainerStateTerminated{
		ExitCode: 128, Reason: "StartError", Message: message, ContainerID: "containerd://" + c.id,
		StartedAt: metav1.Unix(0, 0), FinishedAt: c.now(),
	}
	c.cannot("RunContainerError", message)
	if c.kind != debugKind {
		c.pod.k.after(noticeTime, c.pod.sync)
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
