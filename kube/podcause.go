package kube

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Cause is why nothing starts in a pod, by what the cluster has reported of it.
type Cause struct {
	Reason  string // of the event: FailedMount, FailedCreatePodSandBox, …
	Text    string // "a volume cannot be mounted: configmap "x" not found"
	Message string // of the event
	Lasting bool   // reported more than once: it is no passing trouble
}

// Unstarted reports whether the kubelet has not made the pod's sandbox yet: no container of any kind can start in it.
func (p *Pod) Unstarted() bool {
	if p.object == nil || p.object.Spec.NodeName == "" || p.object.Status.Phase == corev1.PodSucceeded || p.object.Status.Phase == corev1.PodFailed {
		return false
	}
	if c, ok := p.Condition(corev1.PodReadyToStartContainers); ok {
		return c.Status != corev1.ConditionTrue
	}
	status := &p.object.Status // older clusters have no such condition
	if status.PodIP != "" && !p.object.Spec.HostNetwork {
		return false
	}
	for _, list := range [][]corev1.ContainerStatus{status.InitContainerStatuses, status.ContainerStatuses, status.EphemeralContainerStatuses} {
		for i := range list {
			s := &list[i]
			if s.State.Running != nil || s.State.Terminated != nil || s.LastTerminationState.Terminated != nil || s.ImageID != "" {
				return false
			}
			if w := s.State.Waiting; w != nil && slices.Contains(TerminalWaitReasons(), w.Reason) {
				return false // images are pulled, and containers created, in a sandbox
			}
		}
	}
	return true
}

// StartCause is why nothing starts in the pod; false: something has started, or nobody has said why not.
func (p *Pod) StartCause(events []PodEvent) (Cause, bool) {
	switch {
	case p.object == nil || p.object.Status.Phase == corev1.PodSucceeded || p.object.Status.Phase == corev1.PodFailed:
		return Cause{}, false
	case p.object.Spec.NodeName == "":
		return p.unscheduled(events)
	case !p.Unstarted():
		return Cause{}, false
	}
	return newestCause(events, func(e *PodEvent) bool {
		return e.Reason != "FailedScheduling" // that is over: it is on a node
	})
}

// unscheduled is why the pod is on no node.
func (p *Pod) unscheduled(events []PodEvent) (Cause, bool) {
	if gates := p.gates(); gates != "" {
		return Cause{Reason: "SchedulingGated", Text: "held back by scheduling gate " + gates, Lasting: true}, true
	}
	if c, ok := p.Condition(corev1.PodScheduled); ok && c.Status != corev1.ConditionTrue && c.Message != "" {
		message := Sanitize(c.Message)
		return Cause{Reason: "FailedScheduling", Text: "no node fits: " + message, Message: message, Lasting: true}, true
	}
	return newestCause(events, func(e *PodEvent) bool { return e.Container == "" })
}

// gates are the names of the pod's scheduling gates.
func (p *Pod) gates() string {
	names := make([]string, len(p.object.Spec.SchedulingGates))
	for i := range names {
		names[i] = Sanitize(p.object.Spec.SchedulingGates[i].Name)
	}
	return strings.Join(names, ", ")
}

// newestCause finds the newest event that says why nothing starts. Of those of one reason one that names the cause counts before one that
// only says that time has run out.
func newestCause(events []PodEvent, counts func(*PodEvent) bool) (Cause, bool) {
	var found *PodEvent
	lasting := false
	for i := range events {
		e := &events[i]
		if !e.keepsFromStarting() || !counts(e) {
			continue
		}
		switch {
		case found == nil:
			found = e
		case e.Reason == found.Reason && onlyTimedOut(found.Message) && !onlyTimedOut(e.Message):
			found = e
		}
		lasting = lasting || e.Reason == found.Reason && (e.Count > 1 || e != found || e.Last.Sub(e.First) > time.Minute)
	}
	if found == nil {
		return Cause{}, false
	}
	message := runtimeSentence(found.Message)
	return Cause{Reason: found.Reason, Text: causeWords(found.Reason) + Colon(message), Message: found.Message, Lasting: lasting}, true
}

// onlyTimedOut reports whether a sentence says no more than that something has not come in time.
func onlyTimedOut(message string) bool {
	return strings.Contains(message, "timed out waiting for the condition") || strings.Contains(message, "context deadline exceeded")
}

// keepsFromStarting reports whether an event is about something without which a pod does not start. A warning that starts go on in spite of,
// however often it comes, is none: MissingClusterDNS, DNSConfigForming, a pull secret that may not be needed.
func (e *PodEvent) keepsFromStarting() bool {
	if !e.Warns || e.Container != "" {
		return false
	}
	if causeWords(e.Reason) != e.Reason {
		return true
	}
	if slices.Contains(harmlessWarnings(), e.Reason) || slices.Contains(passingWarnings(), e.Reason) {
		return false
	}
	// Of kubelets and controllers that are not known here: all that stops something is called a failure.
	return strings.HasPrefix(e.Reason, "Failed") || strings.HasSuffix(e.Reason, "Failed") || strings.HasSuffix(e.Reason, "Error")
}

// passingWarnings are reasons that sound like a failure to start, and are none.
func passingWarnings() []string {
	return []string{
		"FailedPreStopHook", "FailedPostStartHook", "FailedKillPod", "FailedSync", "FailedDaemonPod",
		"VolumeResizeFailed", "FileSystemResizeFailed", "FailedToDeletePod", "FailedPreemption", "FailedToUpdateEndpoint",
		"FailedToUpdateEndpointSlices", "ContainerGCFailed", "ImageGCFailed", "ResizeError", "ProbeError",
	}
}

// causeWords are what an event's reason means for a pod that starts; the reason itself where that is not known.
func causeWords(reason string) string {
	switch reason {
	case "FailedMount", "FailedMapVolume", "FailedMountOnFilesystemMismatch", "WaitForAttachVolume":
		return "a volume cannot be mounted"
	case "FailedAttachVolume":
		return "a volume cannot be attached to the node"
	case "FailedCreatePodSandBox", "CreatePodSandboxError", "FailedPodSandBoxStatus":
		return "the pod sandbox cannot be created"
	case "NetworkNotReady":
		return "the node's network is not ready"
	case "FailedPrepareDynamicResources", "FailedResourceClaimCreation":
		return "a resource claim cannot be prepared"
	case "FailedScheduling":
		return "no node fits"
	case "FailedToMakePodDataDirectories", "FailedToCreatePodContainer", "FailedCreatePodContainer":
		return "the node cannot prepare the pod"
	case "CIDRNotAvailable", "FailedToCreateRoute":
		return "the node has no addresses for pods"
	}
	return reason
}

// runtimeSentence is a message without the words of those it has passed through.
func runtimeSentence(message string) string {
	for {
		before := message
		for _, said := range []string{"Failed to create pod sandbox: ", "failed to create pod sandbox: "} {
			message = strings.TrimPrefix(message, said)
		}
		if rest, ok := strings.CutPrefix(message, "rpc error: code = "); ok {
			if _, cause, ok := strings.Cut(rest, " desc = "); ok {
				message = cause
			}
		}
		if message == before {
			return message
		}
	}
}

// Hint is what helps against the cause.
func (c Cause) Hint() string {
	missing := strings.Contains(c.Message, "not found")
	switch {
	case c.Reason == "SchedulingGated":
		return "whoever set the gate has to remove it: a controller, or a person with kubectl edit"
	case c.Reason == "FailedScheduling":
		return "lower its requests or constraints, or add a node that fits"
	case strings.HasPrefix(c.Reason, "FailedMount") && missing:
		return "create what is missing, or correct its name in the pod's owner; the kubelet tries again by itself"
	case strings.HasPrefix(c.Reason, "FailedMount"), c.Reason == "FailedAttachVolume", c.Reason == "FailedMapVolume":
		return "check the volume, its claim and its driver; the kubelet tries again by itself"
	case causeWords(c.Reason) == causeWords("FailedCreatePodSandBox"):
		return "this is about the node, its network plug-in or its container runtime: ask whoever runs the node; the kubelet tries again by itself"
	}
	return "the kubelet tries again by itself; the container starts once this is resolved"
}

// TerminalWaitReasons are the kubelet's waiting reasons that do not pass by waiting; kubectl debug hangs on them.
func TerminalWaitReasons() []string {
	return []string{
		"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
		"SignatureValidationFailed", "ImageInspectError",
		"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError",
	}
}

// TellsCause reports whether a sentence of the kubelet says why; others only repeat the reason, in a status ("Back-off
// pulling image "x"") or in an event ("Error: ErrImagePull"). Newer kubelets put the cause behind the back-off.
func TellsCause(message string) bool {
	if strings.HasPrefix(message, "Back-off") {
		return strings.Contains(message, `": `)
	}
	return message != "" && !slices.Contains(TerminalWaitReasons(), strings.TrimPrefix(message, "Error: "))
}

// ImageCause is the sentence of an event as the status has it too, without "Failed to pull image "x": ".
func ImageCause(message string) string {
	if rest, ok := strings.CutPrefix(message, "Failed to pull image "); ok {
		if _, cause, ok := strings.Cut(rest, `": `); ok {
			return cause
		}
	}
	return message
}
