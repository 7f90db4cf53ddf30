package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Kind is what a container is for in its pod.
type Kind int

// The kinds, in the order in which they are listed.
const (
	InitContainer  Kind = iota
	Sidecar             // an init container that keeps running
	AppContainer        //
	DebugContainer      // an ephemeral container
)

// String is the word on the screen.
func (k Kind) String() string {
	return [...]string{"init", "sidecar", "app", "debug"}[k]
}

// Container is one container of a pod, with its state in words.
type Container struct {
	Name     string
	Kind     Kind
	Image    string
	ImageID  string // as the node has it, with its digest; empty until it has
	State    string // "running", "waiting: CrashLoopBackOff", "ended: exit 3 Error"
	Message  string // the kubelet's sentence on it; may be empty
	Running  bool
	Ready    bool
	Since    time.Time // of State; zero when the kubelet does not say
	Restarts int
	Exit     *Exit    // of the instance that has ended, or of the one before the present
	TTY      bool     // made with a terminal
	Stdin    bool     // made with an input
	Once     bool     // which ends with the first client that was attached
	Looks    string   // the target of a debug container
	Starts   []string // the command of its specification with arguments; empty: the image's own
	Ports    []int    // that it declares
	Serves   Serves   // what it listens to
}

// ContainersOf are the containers of a pod, in the order in which they start, debug containers last.
func ContainersOf(pod *corev1.Pod) []Container {
	var list []Container
	add := func(kind Kind, spec *corev1.Container, looks string, statuses []corev1.ContainerStatus) {
		c := Container{
			Name: spec.Name, Kind: kind, Image: Sanitize(spec.Image), TTY: spec.TTY, Stdin: spec.Stdin, Once: spec.StdinOnce, Looks: Sanitize(looks),
			State: "waiting", Starts: cleaned(slices.Concat(spec.Command, spec.Args)),
		}
		for _, port := range spec.Ports {
			c.Ports = append(c.Ports, int(port.ContainerPort))
		}
		c.Serves = servesOf(spec)
		for i := range statuses {
			if statuses[i].Name == spec.Name {
				c.describe(&statuses[i])
			}
		}
		list = append(list, c)
	}
	for i := range pod.Spec.InitContainers {
		spec, kind := &pod.Spec.InitContainers[i], InitContainer
		if spec.RestartPolicy != nil && *spec.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			kind = Sidecar
		}
		add(kind, spec, "", pod.Status.InitContainerStatuses)
	}
	for i := range pod.Spec.Containers {
		add(AppContainer, &pod.Spec.Containers[i], "", pod.Status.ContainerStatuses)
	}
	for i := range pod.Spec.EphemeralContainers {
		e := &pod.Spec.EphemeralContainers[i]
		add(DebugContainer, (*corev1.Container)(&e.EphemeralContainerCommon), e.TargetContainerName, pod.Status.EphemeralContainerStatuses)
	}
	return list
}

// describe puts the kubelet's status into words.
func (c *Container) describe(s *corev1.ContainerStatus) {
	c.Ready, c.Restarts, c.ImageID = s.Ready, int(s.RestartCount), Sanitize(s.ImageID)
	if last := s.LastTerminationState.Terminated; last != nil {
		c.Exit = ExitOf(last)
	}
	switch {
	case s.State.Running != nil:
		c.Running, c.State, c.Since = true, "running", s.State.Running.StartedAt.Time
	case s.State.Terminated != nil:
		c.Exit = ExitOf(s.State.Terminated)
		c.State, c.Message, c.Since = "ended: "+c.Exit.Short(), c.Exit.Message, c.Exit.Finished
	case s.State.Waiting != nil:
		c.State, c.Message = "waiting", Sanitize(s.State.Waiting.Message)
		if reason := s.State.Waiting.Reason; reason != "" {
			c.State = "waiting: " + Sanitize(reason)
		}
	}
}

// Short is the exit for one cell of a table.
func (e *Exit) Short() string {
	if e.Reason == "" {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return fmt.Sprintf("exit %d %s", e.Code, e.Reason)
}

func cleaned(words []string) []string {
	for i, word := range words {
		words[i] = Sanitize(word)
	}
	return words
}

// Ended reports whether it is over for this container: no other instance is waited for.
func (c *Container) Ended() bool { return c.Exit != nil && strings.HasPrefix(c.State, "ended") }
