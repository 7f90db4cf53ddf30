package launch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// follower carries a plan out and tells its progress.
type follower struct {
	cluster  *kube.Cluster
	plan     debug.Plan
	progress chan Progress
	reached  Step
	cause    string // the newest event about our container that warns and says why

	latest   *kube.Pod
	reported []corev1.Event // about the pod as a whole, in the order of their arrival: a kubelet writes several within a second
	blocked  kube.Cause     // that was told last
}

func (f *follower) run(ctx context.Context) {
	changed, err := f.plan.Apply(ctx, f.cluster)
	if err != nil {
		failed := Progress{Step: Failed, Err: err}
		if write.IsUnsure(err) {
			failed.Leftovers = f.plan.Removable()
		}
		f.tell(ctx, failed)
		return
	}
	f.latest = f.cluster.NewPod(changed)
	f.tell(ctx, Progress{Step: Accepted, Leftovers: f.plan.Made(changed)})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t := f.plan.Debug
	pods := f.cluster.WatchPodFrom(ctx, t.Namespace, t.Pod, changed.ResourceVersion)
	events := watchEvents(ctx, f.cluster, t, string(changed.UID))
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			f.event(ctx, e)
			if f.refused(ctx, events, e) {
				return
			}
			f.block(ctx)
		case news := <-pods:
			if f.pod(ctx, events, news) {
				return
			}
			f.block(ctx)
		}
	}
}

func (f *follower) tell(ctx context.Context, p Progress) {
	if p.Step < f.reached {
		return
	}
	f.reached = p.Step
	select {
	case f.progress <- p: // also when ctx has ended: what has been made must be known
		return
	default:
	}
	select {
	case f.progress <- p:
	case <-ctx.Done():
	}
}

// event turns the kubelet's events of our container into steps, and keeps those about the pod.
func (f *follower) event(ctx context.Context, e containerEvent) {
	if !e.ours {
		f.report(e.object)
		return
	}
	step, known := map[string]Step{"Pulling": Pulling, "Pulled": Pulled, "Created": Created}[e.reason]
	switch {
	case e.warns && kube.TellsCause(e.message):
		f.cause = kube.ImageCause(e.message)
	case known:
		f.tell(ctx, Progress{Step: step, Words: e.message})
	}
}

// report keeps an event about the pod as the newest, in the place of the oldest when there are very many.
func (f *follower) report(e *corev1.Event) {
	const most = 100
	f.reported = slices.DeleteFunc(f.reported, func(kept corev1.Event) bool { return kept.UID == e.UID })
	if len(f.reported) == most {
		oldest := 0
		for i := range f.reported {
			if kube.EventOf(&f.reported[i]).Last.Before(kube.EventOf(&f.reported[oldest]).Last) {
				oldest = i
			}
		}
		f.reported = slices.Delete(f.reported, oldest, oldest+1)
	}
	f.reported = append(f.reported, *e)
}

// block tells why nothing starts in the pod at all, once for each cause, and when that has gone.
func (f *follower) block(ctx context.Context) {
	cause, blocked := f.latest.StartCause(kube.PodEventsOf(f.reported))
	switch {
	case f.latest.NodeLost():
		cause, blocked = kube.Cause{Reason: "NodeNotReady", Text: kube.NotResponding(f.latest.Node)}, true
	case f.reached >= Created:
		blocked = false
	}
	switch {
	case cause.Text == f.blocked.Text:
	case blocked:
		f.tell(ctx, Progress{Step: f.reached, Cause: problem(cause, f.plan.Debug.Container, f.plan.Debug.Pod)})
		f.blocked = cause
	default:
		f.tell(ctx, Progress{Step: f.reached})
		f.blocked = kube.Cause{}
	}
}

// refused reports whether an event is the kubelet's last word. It records every failure to start as "Error: …" at once, and puts
// it into the status only with its next look at the pod, ten to fifteen seconds later (seen with 1.34).
func (f *follower) refused(ctx context.Context, events <-chan containerEvent, e containerEvent) bool {
	text, failed := strings.CutPrefix(e.message, "Error: ")
	if !e.ours || !failed || !e.warns || e.reason != "Failed" {
		return false
	}
	reason, message := "CreateContainerError", text
	switch {
	case slices.Contains(kube.TerminalWaitReasons(), text):
		reason, message = text, f.why(ctx, events, "")
	case strings.HasPrefix(text, "failed to create containerd task"): // as the status will say, which comes later
		reason = "StartError"
	}
	f.tell(ctx, Progress{Step: Failed, Err: startProblem(f.plan, reason, message)})
	return true
}

// pod looks at the status of our container and tells whether that was the last word.
func (f *follower) pod(ctx context.Context, events <-chan containerEvent, news kube.PodNews) bool {
	t := f.plan.Debug
	switch {
	case news.Gone:
		f.tell(ctx, Progress{Step: Failed, Err: f.gone("pod %s was deleted before %s started", t.Pod, t.Container)})
		return true
	case news.Pod == nil:
		f.tell(ctx, Progress{Step: f.reached, Trouble: news.Trouble})
		return false // the watch is taken up again
	}
	f.latest = news.Pod
	c, ok := news.Pod.Container(t.Container)
	switch {
	case !ok: // the watch begins after the patch, and a new list is of now: this is not the pod that was patched
		f.tell(ctx, Progress{Step: Failed, Err: f.gone("pod %s was replaced by another of the same name before %s started", t.Pod, t.Container)})
		return true
	case c.Running:
		f.tell(ctx, Progress{Step: Started, ImageID: c.ImageID})
		return true
	case c.Exit != nil && kube.NeverStarted(c.Exit.Reason):
		f.tell(ctx, Progress{Step: Failed, Err: startProblem(f.plan, c.Exit.Reason, c.Exit.Message)})
		return true
	case c.Exit != nil:
		f.tell(ctx, Progress{Step: Ended, Exit: c.Exit, ImageID: c.ImageID})
		return true
	case news.Pod.Refusal != nil && !news.Pod.Waits(): // the pod ends or is being deleted: the kubelet starts nothing in it any more
		f.tell(ctx, Progress{Step: Failed, Err: news.Pod.Refusal})
		return true
	}
	reason := strings.TrimPrefix(c.State, "waiting: ")
	if !slices.Contains(kube.TerminalWaitReasons(), reason) {
		return false
	}
	f.tell(ctx, Progress{Step: Failed, Err: startProblem(f.plan, reason, f.why(ctx, events, c.Message))})
	return true
}

// gone is the problem of a pod that is no more.
func (f *follower) gone(format string, names ...any) *kube.Problem {
	hint, help := f.plan.Change.WhenGone()
	return &kube.Problem{Message: fmt.Sprintf(format, names...), Hint: hint, Help: help}
}

// why is the sentence that says most. The status alone may say no more than "Back-off pulling image …"; then the event
// that says why arrives a moment before or after it.
func (f *follower) why(ctx context.Context, events <-chan containerEvent, message string) string {
	const grace = 300 * time.Millisecond
	if kube.TellsCause(message) {
		return message
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	for f.cause == "" {
		select {
		case e := <-events:
			f.event(ctx, e)
		case <-timer.C:
			return message
		case <-ctx.Done():
			return message
		}
	}
	return f.cause
}

// problem tells that a debug container waits for the cause to go away.
func problem(c kube.Cause, container, pod string) *kube.Problem {
	return &kube.Problem{
		Message: fmt.Sprintf("%s cannot start yet, because nothing starts in pod %s: %s", container, pod, c.Text),
		Hint:    c.Hint(),
	}
}
