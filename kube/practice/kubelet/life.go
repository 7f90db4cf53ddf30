package kubelet

import (
	"crypto/sha256"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

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
	if c.pod.node.room != nil {
		_, _ = c.pod.enter() // so that the node's ps shows it; without, it shows less
	}
	c.probe()
	if c.sidecar() {
		c.pod.k.after(0, c.pod.sync) // the next one need not wait for its end
	}
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
	if c.in != nil {
		c.in.left(c)
	}
	c.pod.killSharers(c.spec.Name)
	c.killJoined()
	c.pod.write()
	if c.pod.ending() {
		c.pod.ended()
		return
	}
	if c.kind == appKind {
		c.pod.stopSidecars()
	}
	c.pod.k.after(noticeTime, c.pod.sync)
}

// killSharers kills the debug containers that share the processes of a container, whose first process has ended: the kernel ends the others of
// a PID namespace with its first.
func (p *pod) killSharers(name string) {
	object := p.object()
	if object.Spec.HostPID || object.Spec.ShareProcessNamespace != nil && *object.Spec.ShareProcessNamespace {
		return
	}
	for _, c := range p.debugs {
		if c.target == name && c.run != nil {
			c.run.kill()
		}
	}
}

// killJoined kills those who have joined the processes of a container, whose first process has ended.
func (c *container) killJoined() {
	joined := c.joined
	c.joined = nil
	for _, other := range joined {
		if other.run != nil && other.outside.joins("pid") && other.outside.target == c {
			other.run.kill()
		}
	}
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

// again decides about a container that has ended: it is true when it is to be started again now. One that still has to
// wait says so.
func (c *container) again() bool {
	if c.last == nil || !c.restarted() {
		return false
	}
	k, finished := c.pod.k, c.last.FinishedAt.Time
	if c.restart.since(finished, k.clock.Now()) {
		k.events.container(c, corev1.EventTypeWarning, "BackOff",
			fmt.Sprintf("Back-off restarting failed container %s in pod %s", c.spec.Name, c.pod.full()))
		c.fails(problem{"CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container=%s pod=%s",
			c.restart.wait, c.spec.Name, c.pod.full())})
		return false
	}
	c.restart.next(finished, k.clock.Now())
	c.restarts++
	c.pod.dirty = true
	return true
}
