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
		return Why{Finished, "completed: its containers have ended with exit 0"}
	case object.Status.Phase == corev1.PodFailed:
		return p.whyFailed()
	case object.Status.Phase == corev1.PodUnknown:
		return Why{Unready, "its node " + p.Node + " does not answer" + colon(Clean(object.Status.Message))}
	case object.Spec.NodeName == "":
		return p.whyPending(events, now)
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
	if w, ok := p.whyStarting(events, now); ok {
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
	w := Why{Changing, "is being deleted, for " + ago(now, asked)}
	if now.Sub(asked) > longEnd {
		w.Severity = SlowEnd
	}
	switch {
	case len(object.Finalizers) > 0:
		w.Text += ": it is held by finalizer " + Clean(strings.Join(object.Finalizers, ", "))
	case now.After(object.DeletionTimestamp.Time):
		w.Text += ": its grace is over, the node has not confirmed the end"
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
	if gates := p.object.Spec.SchedulingGates; len(gates) > 0 {
		names := make([]string, len(gates))
		for i := range gates {
			names[i] = Clean(gates[i].Name)
		}
		return Why{severity, "held back by scheduling gate " + strings.Join(names, ", ")}
	}
	for _, c := range p.object.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue && c.Message != "" {
			return Why{severity, "no node fits: " + Clean(c.Message)}
		}
	}
	if e, ok := newestWarning(events, "FailedScheduling"); ok {
		return Why{severity, "no node fits: " + e.Message}
	}
	return Why{severity, "no node has taken it for " + ago(now, p.Created)}
}

// whyStarting is of a pod on a node whose containers are not there yet.
func (p *Pod) whyStarting(events []PodEvent, now time.Time) (Why, bool) {
	for i := range p.Containers {
		c := &p.Containers[i]
		reason, waits := c.waits()
		if !waits || c.Kind == DebugContainer || c.Exit != nil {
			continue
		}
		w := Why{Changing, fmt.Sprintf("container %s is being created, for %s", c.Name, ago(now, p.Created))}
		if now.Sub(p.Created) > longPending {
			w.Severity = SlowStart
		}
		if reason != "" && reason != "ContainerCreating" && reason != "PodInitializing" {
			w.Text = fmt.Sprintf("container %s waits: %s%s", c.Name, reason, colon(c.Message))
		} else if e, ok := newestWarning(events, ""); ok {
			w.Text += ": " + e.Reason + colon(e.Message)
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
		return Why{Restarted, fmt.Sprintf("ready again, but container %s %s %s ago; %s", last.Name, last.Exit.did(), ago(now, last.Exit.Finished), last.restarted())}
	}
	since := ""
	if c, ok := p.condition(corev1.PodReady); ok && !c.LastTransitionTime.IsZero() {
		since = ", for " + ago(now, c.LastTransitionTime.Time)
	}
	switch n {
	case 1:
		return Why{Healthy, "its container is ready" + since}
	case 2:
		return Why{Healthy, "both containers are ready" + since}
	}
	return Why{Healthy, fmt.Sprintf("all %d containers are ready%s", n, since)}
}

func (p *Pod) condition(kind corev1.PodConditionType) (corev1.PodCondition, bool) {
	for _, c := range p.object.Status.Conditions {
		if c.Type == kind {
			return c, true
		}
	}
	return corev1.PodCondition{}, false
}

// newestWarning finds the newest event that warns; with a reason, of that alone.
func newestWarning(events []PodEvent, reason string) (PodEvent, bool) {
	for _, e := range events {
		if e.Warns && (reason == "" || e.Reason == reason) {
			return e, true
		}
	}
	return PodEvent{}, false
}

// ago is how long ago something was, as kubectl writes it.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "some time"
	}
	return duration.HumanDuration(max(now.Sub(t), 0))
}

// did says what an instance did at last: "exited with 3 (Error) after 2 s".
func (e *Exit) did() string {
	var words string
	switch {
	case neverStarted(e.Reason):
		return "could not be started" + colon(e.Message)
	case e.Reason == "OOMKilled":
		words = "was killed for lack of memory"
	default:
		words = fmt.Sprintf("exited with %d (%s)", e.Code, cmp.Or(e.Reason, e.Words()))
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
	return " at once"
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
