package kube

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// exitWindow is how far apart the kubelet may report two ends that were one: runtimes report each container on its own, and the API has
// whole seconds.
const exitWindow = 3 * time.Second

// explainExits fills in [Exit.Cause] and [Exit.Detail] of containers that something outside of them has ended.
func (p *Pod) explainExits() {
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Ended() && (c.Exit.signalled() || c.Exit.Lost()) {
			c.Exit.Cause, c.Exit.Detail = p.exitCause(c)
		}
	}
}

// exitCause is what ended a container with a signal, as far as its pod shows it, and what is known of that; empty: nothing outside of it.
func (p *Pod) exitCause(c *Container) (cause ExitCause, detail string) {
	const killed = 128 + 9
	status := &p.object.Status
	switch {
	case status.Phase == corev1.PodFailed && status.Reason != "" && p.endedWithPod(c):
		return ExitPodFailed, Sanitize(strings.TrimSpace(status.Reason + Colon(status.Message)))
	case p.Deleting && p.endedSinceDeletion(c):
		return ExitPodDeleted, p.disruption()
	case c.Exit.Code != killed || !p.sharesTargetProcesses(c):
		return "", ""
	}
	// When the first process of a PID namespace ends, the kernel kills all others in it: pid_namespaces(7).
	target, ok := p.Container(c.Looks)
	if !ok || target.Exit == nil || !sameInstance(target.Exit, c.Exit) {
		return "", ""
	}
	return ExitTargetEnded, target.Name + " " + target.Exit.Did()
}

// sharesTargetProcesses reports whether a debug container runs in the PID namespace of its target. Where the pod or the node has one for all,
// its first process is another.
func (p *Pod) sharesTargetProcesses(c *Container) bool {
	spec := &p.object.Spec
	return c.Looks != "" && !spec.HostPID && (spec.ShareProcessNamespace == nil || !*spec.ShareProcessNamespace)
}

// sameInstance reports whether an instance of the target that has ended is the one that a container ended with: it had begun before, and the two
// ended together.
func sameInstance(target, own *Exit) bool {
	if target.Finished.IsZero() || own.Finished.IsZero() || target.Lost() {
		return false
	}
	return !target.Started.After(own.Started.Add(exitWindow)) && target.Finished.Sub(own.Finished).Abs() <= exitWindow
}

// endedWithPod reports whether a container of a pod that has failed ended when the pod did, and not long before: when no container of the
// workload ran any longer than it could take to end.
func (p *Pod) endedWithPod(c *Container) bool {
	const usualGrace = 30 * time.Second
	if c.Exit.Finished.IsZero() {
		return true
	}
	grace := usualGrace
	if seconds := p.object.Spec.TerminationGracePeriodSeconds; seconds != nil {
		grace = time.Duration(*seconds) * time.Second
	}
	for _, other := range p.Containers {
		if other.Kind == AppContainer && other.Ended() && other.Exit.Finished.Sub(c.Exit.Finished) > grace+exitWindow {
			return false
		}
	}
	return true
}

// endedSinceDeletion reports whether a container of a pod that is being deleted ended after that was asked for.
func (p *Pod) endedSinceDeletion(c *Container) bool {
	asked := p.object.DeletionTimestamp.Time
	if grace := p.object.DeletionGracePeriodSeconds; grace != nil {
		asked = asked.Add(-time.Duration(*grace) * time.Second)
	}
	return c.Exit.Finished.IsZero() || !c.Exit.Finished.Before(asked.Add(-exitWindow))
}

// disruption is why the control plane deletes a pod: an eviction, a preemption, a taint; empty when it is no such thing.
func (p *Pod) disruption() string {
	c, ok := p.Condition(corev1.DisruptionTarget)
	if !ok || c.Status != corev1.ConditionTrue {
		return ""
	}
	return Sanitize(strings.TrimSpace(c.Reason + Colon(c.Message)))
}
