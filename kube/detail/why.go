package detail

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// Why is one sentence on how a pod is, and how much it needs somebody.
type Why struct {
	Severity lists.Severity
	Text     string
}

// Diagnose says what is wrong with the pod, the first cause first. Events, which may be nil, are asked where the object itself
// says nothing: why a volume is not mounted, what a probe answers.
func Diagnose(p *kube.Pod, events []kube.PodEvent, now time.Time) Why {
	object := p.Object()
	if object == nil {
		return Why{lists.Changing, strings.ToLower(p.Phase)}
	}
	switch {
	case object.DeletionTimestamp != nil:
		return whyDeleting(p, now)
	case object.Status.Phase == corev1.PodSucceeded:
		return Why{lists.Finished, "completed: all containers exited with code 0"}
	case object.Status.Phase == corev1.PodFailed:
		return whyFailed(p)
	case object.Spec.NodeName == "":
		return whyPending(p, events, now)
	case p.NodeLost():
		return whyNodeLost(p, now)
	}
	if cause, ok := p.StartCause(events); ok {
		return whyBlocked(p, cause, now)
	}
	for i := range p.Containers {
		if w, ok := whyStopped(&p.Containers[i], object, now); ok {
			return w
		}
	}
	for i := range p.Containers {
		if w, ok := whyInit(&p.Containers[i], now); ok {
			return w
		}
	}
	if w, ok := whyStarting(p, now); ok {
		return w
	}
	if w, ok := whyUnready(p, events, now); ok {
		return w
	}
	return whyWell(p, now)
}

func whyDeleting(p *kube.Pod, now time.Time) Why {
	object := p.Object()
	asked := object.DeletionTimestamp.Time
	if grace := object.DeletionGracePeriodSeconds; grace != nil {
		asked = asked.Add(-time.Duration(*grace) * time.Second)
	}
	w := Why{lists.Changing, "terminating for " + ago(now, asked)}
	if now.Sub(asked) > lists.LongEnd {
		w.Severity = lists.SlowEnd
	}
	switch {
	case p.NodeLost():
		w.Text += ": its " + kube.NotResponding(p.Node) + ", and nobody else can end its containers"
		if w.Severity == lists.SlowEnd {
			w.Severity = lists.NodeLost
		}
	case len(object.Finalizers) > 0:
		w.Text += ": waiting for finalizer " + kube.Sanitize(strings.Join(object.Finalizers, ", "))
	case now.After(object.DeletionTimestamp.Time):
		w.Text += ": the grace period is over, but the node has not confirmed the end"
	}
	return w
}

func whyFailed(p *kube.Pod) Why {
	status := &p.Object().Status
	if status.Reason != "" || status.Message != "" {
		return Why{lists.PodFailed, "failed: " + kube.Sanitize(strings.TrimSpace(status.Reason+kube.Colon(status.Message)))}
	}
	for i := range p.Containers {
		if c := &p.Containers[i]; c.Ended() && failed(c) && c.Kind != kube.DebugContainer {
			return Why{lists.PodFailed, "failed: container " + c.Name + " " + c.Exit.Did()}
		}
	}
	return Why{lists.PodFailed, "failed"}
}

func whyPending(p *kube.Pod, events []kube.PodEvent, now time.Time) Why {
	severity := lists.Changing
	if now.Sub(p.Created) > lists.LongPending {
		severity = lists.SlowStart
	}
	if cause, ok := p.StartCause(events); ok {
		return Why{severity, cause.Text}
	}
	return Why{severity, "not scheduled to a node for " + ago(now, p.Created)}
}

// whyBlocked is of a pod on a node that has no sandbox, and therefore no containers.
func whyBlocked(p *kube.Pod, cause kube.Cause, now time.Time) Why {
	w := Why{lists.Changing, "cannot start: " + cause.Text}
	begun := p.Created
	if c, ok := p.Condition(corev1.PodReadyToStartContainers); ok && !c.LastTransitionTime.IsZero() {
		begun = c.LastTransitionTime.Time // an older pod has lost the sandbox that it had
	}
	if now.Sub(begun) > lists.LongPending {
		w.Severity = lists.SlowStart
	}
	return w
}

// whyStarting is of a pod on a node whose containers are not there yet.
func whyStarting(p *kube.Pod, now time.Time) (Why, bool) {
	for i := range p.Containers {
		c := &p.Containers[i]
		reason, waits := waits(c)
		if !waits || c.Kind == kube.DebugContainer || c.Exit != nil {
			continue
		}
		w := Why{lists.Changing, fmt.Sprintf("creating container %s for %s", c.Name, ago(now, p.Created))}
		if now.Sub(p.Created) > lists.LongPending {
			w.Severity = lists.SlowStart
		}
		if reason != "" && reason != "ContainerCreating" && reason != "PodInitializing" {
			w.Text = fmt.Sprintf("container %s is waiting: %s%s", c.Name, reason, kube.Colon(c.Message))
		}
		return w, true
	}
	return Why{}, false
}

func whyWell(p *kube.Pod, now time.Time) Why {
	n := 0
	var last *kube.Container
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Running && (c.Kind == kube.AppContainer || c.Kind == kube.Sidecar) {
			n++
			if failed(c) && now.Sub(c.Exit.Finished) < lists.RecentExit && (last == nil || c.Exit.Finished.After(last.Exit.Finished)) {
				last = c
			}
		}
	}
	if last != nil {
		return Why{lists.Restarted, fmt.Sprintf("ready again, but container %s %s, %s ago; %s", last.Name, last.Exit.Did(), ago(now, last.Exit.Finished), restarted(last))}
	}
	since := ""
	if c, ok := p.Condition(corev1.PodReady); ok && !c.LastTransitionTime.IsZero() {
		since = " for " + ago(now, c.LastTransitionTime.Time)
	}
	switch n {
	case 1:
		return Why{lists.Healthy, "container ready" + since}
	case 2:
		return Why{lists.Healthy, "both containers ready" + since}
	}
	return Why{lists.Healthy, fmt.Sprintf("all %d containers ready%s", n, since)}
}

// ago is how long ago something was, as kubectl writes it.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "some time"
	}
	return duration.HumanDuration(max(now.Sub(t), 0))
}

func restarted(c *kube.Container) string {
	switch c.Restarts {
	case 0:
		return "not restarted"
	case 1:
		return "restarted once"
	}
	return fmt.Sprintf("restarted %d times", c.Restarts)
}

// whyNodeLost is of a pod whose node does not answer: nobody knows how its containers are.
func whyNodeLost(p *kube.Pod, now time.Time) Why {
	text := kube.NotResponding(p.Node)
	if c, ok := p.Condition(corev1.PodReady); ok && c.Status != corev1.ConditionTrue && !c.LastTransitionTime.IsZero() {
		text += ", for " + ago(now, c.LastTransitionTime.Time)
	}
	return Why{lists.NodeLost, text + ": the state of its containers is not known" + kube.Colon(kube.Sanitize(p.Object().Status.Message))}
}
