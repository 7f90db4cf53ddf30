package kube

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

// Why is one sentence on how a pod is, and how much it needs somebody.
type Why struct {
	Severity Severity
	Text     string
}

// Why says what is wrong with the pod, the first cause first. Events, which may be nil, are asked where the object itself
// says nothing: why a volume is not mounted, what a probe answers.
func (p *Pod) Why(events []PodEvent, now time.Time) Why {
	object := p.object
	if object == nil {
		return Why{Changing, strings.ToLower(p.Phase)}
	}
	switch {
	case object.DeletionTimestamp != nil:
		return p.whyDeleting(now)
	case object.Status.Phase == corev1.PodSucceeded:
		return Why{Finished, "completed: all containers exited with code 0"}
	case object.Status.Phase == corev1.PodFailed:
		return p.whyFailed()
	case object.Spec.NodeName == "":
		return p.whyPending(events, now)
	case p.nodeLost():
		return p.whyNodeLost(now)
	}
	if cause, ok := p.StartCause(events); ok {
		return p.whyBlocked(cause, now)
	}
	for i := range p.Containers {
		if w, ok := p.Containers[i].whyStopped(object, now); ok {
			return w
		}
	}
	for i := range p.Containers {
		if w, ok := p.Containers[i].whyInit(now); ok {
			return w
		}
	}
	if w, ok := p.whyStarting(now); ok {
		return w
	}
	if w, ok := p.whyUnready(events, now); ok {
		return w
	}
	return p.whyWell(now)
}

func (p *Pod) whyDeleting(now time.Time) Why {
	object := p.object
	asked := object.DeletionTimestamp.Time
	if grace := object.DeletionGracePeriodSeconds; grace != nil {
		asked = asked.Add(-time.Duration(*grace) * time.Second)
	}
	w := Why{Changing, "terminating for " + ago(now, asked)}
	if now.Sub(asked) > longEnd {
		w.Severity = SlowEnd
	}
	switch {
	case p.nodeLost():
		w.Text += ": its node " + p.Node + " is not responding, and nobody else can end its containers"
		if w.Severity == SlowEnd {
			w.Severity = NodeLost
		}
	case len(object.Finalizers) > 0:
		w.Text += ": waiting for finalizer " + Clean(strings.Join(object.Finalizers, ", "))
	case now.After(object.DeletionTimestamp.Time):
		w.Text += ": the grace period is over, but the node has not confirmed the end"
	}
	return w
}

func (p *Pod) whyFailed() Why {
	status := &p.object.Status
	if status.Reason != "" || status.Message != "" {
		return Why{PodFailed, "failed: " + Clean(strings.TrimSpace(status.Reason+colon(status.Message)))}
	}
	for i := range p.Containers {
		if c := &p.Containers[i]; c.ended() && c.failed() && c.Kind != DebugContainer {
			return Why{PodFailed, "failed: container " + c.Name + " " + c.Exit.did()}
		}
	}
	return Why{PodFailed, "failed"}
}

func (p *Pod) whyPending(events []PodEvent, now time.Time) Why {
	severity := Changing
	if now.Sub(p.Created) > longPending {
		severity = SlowStart
	}
	if cause, ok := p.StartCause(events); ok {
		return Why{severity, cause.Text}
	}
	return Why{severity, "not scheduled to a node for " + ago(now, p.Created)}
}

// whyBlocked is of a pod on a node that has no sandbox, and therefore no containers.
func (p *Pod) whyBlocked(cause Cause, now time.Time) Why {
	w := Why{Changing, "cannot start: " + cause.Text}
	begun := p.Created
	if c, ok := p.condition(corev1.PodReadyToStartContainers); ok && !c.LastTransitionTime.IsZero() {
		begun = c.LastTransitionTime.Time // an older pod has lost the sandbox that it had
	}
	if now.Sub(begun) > longPending {
		w.Severity = SlowStart
	}
	return w
}

// whyStarting is of a pod on a node whose containers are not there yet.
func (p *Pod) whyStarting(now time.Time) (Why, bool) {
	for i := range p.Containers {
		c := &p.Containers[i]
		reason, waits := c.waits()
		if !waits || c.Kind == DebugContainer || c.Exit != nil {
			continue
		}
		w := Why{Changing, fmt.Sprintf("creating container %s for %s", c.Name, ago(now, p.Created))}
		if now.Sub(p.Created) > longPending {
			w.Severity = SlowStart
		}
		if reason != "" && reason != "ContainerCreating" && reason != "PodInitializing" {
			w.Text = fmt.Sprintf("container %s is waiting: %s%s", c.Name, reason, colon(c.Message))
		}
		return w, true
	}
	return Why{}, false
}

func (p *Pod) whyWell(now time.Time) Why {
	n := 0
	var last *Container
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Running && (c.Kind == AppContainer || c.Kind == Sidecar) {
			n++
			if c.failed() && now.Sub(c.Exit.Finished) < recentExit && (last == nil || c.Exit.Finished.After(last.Exit.Finished)) {
				last = c
			}
		}
	}
	if last != nil {
		return Why{Restarted, fmt.Sprintf("ready again, but container %s %s, %s ago; %s", last.Name, last.Exit.did(), ago(now, last.Exit.Finished), last.restarted())}
	}
	since := ""
	if c, ok := p.condition(corev1.PodReady); ok && !c.LastTransitionTime.IsZero() {
		since = " for " + ago(now, c.LastTransitionTime.Time)
	}
	switch n {
	case 1:
		return Why{Healthy, "container ready" + since}
	case 2:
		return Why{Healthy, "both containers ready" + since}
	}
	return Why{Healthy, fmt.Sprintf("all %d containers ready%s", n, since)}
}

func (p *Pod) condition(kind corev1.PodConditionType) (corev1.PodCondition, bool) {
	for _, c := range p.object.Status.Conditions {
		if c.Type == kind {
			return c, true
		}
	}
	return corev1.PodCondition{}, false
}

// ago is how long ago something was, as kubectl writes it.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "some time"
	}
	return duration.HumanDuration(max(now.Sub(t), 0))
}

// did says how an instance ended: "exited with code 3 (Error) after 2s".
func (e *Exit) did() string {
	var words string
	switch {
	case neverStarted(e.Reason):
		return "could not be started" + colon(e.Message)
	case e.Reason == "OOMKilled":
		words = "was killed: out of memory"
	case e.lost():
		return "was " + e.Words()
	default:
		words = fmt.Sprintf("exited with code %d (%s)", e.Code, cmp.Or(e.Reason, e.Words()))
	}
	return words + e.after()
}

// after is how long an instance has run; empty when its node does not say, or says nothing sensible.
func (e *Exit) after() string {
	if e.Started.IsZero() || e.Finished.Before(e.Started) {
		return ""
	}
	if d := e.Finished.Sub(e.Started); d >= time.Second {
		return " after " + duration.HumanDuration(d)
	}
	return " immediately after starting"
}

func (c *Container) restarted() string {
	switch c.Restarts {
	case 0:
		return "not restarted"
	case 1:
		return "restarted once"
	}
	return fmt.Sprintf("restarted %d times", c.Restarts)
}
