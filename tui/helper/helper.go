// Package helper keeps debug containers that run nothing themselves: programs are run in them by exec, whose output is in no log. One is added for a
// task, such as copying files or capturing packets, and ended when the task is over.
//
//	h, err := helper.Start(ctx, engine, job)
//	stream.Exec(ctx, cluster, h.Target(), …)
//	problem := h.End(ctx)
package helper

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Helper is a debug container, or a pod with one, that was added for a task.
type Helper struct {
	runner  *runner.Runner
	session *runner.Session
	started bool // it has, or it is known that it will not
}

// Start adds what the job's plan says, whose container only sleeps, and waits until it runs or ctx ends. Whether the rules of the context allow the job is asked
// before. Accepted is called when the cluster has taken it; it may be nil. A helper is returned in any case, for [Helper.End]: what has not started may be there.
func Start(ctx context.Context, r *runner.Runner, job runner.Job, accepted func()) (*Helper, error) {
	plan := *job.Plan
	plan.Exec, plan.Request.Private = nil, false // the session is with what sleeps
	job.Plan, job.Piped, job.ReadOnly, job.Unlisted = &plan, true, true, true
	h := &Helper{runner: r, session: r.Start(job)} //nolint:contextcheck // the runner has its own
	h.session.Settle(ctx)
	now := h.session.Look()
	if ctx.Err() != nil {
		return h, context.Cause(ctx)
	}
	if now.State == session.Failed {
		return h, now.Err
	}
	if accepted != nil {
		accepted()
	}
	problem := awaitStart(ctx, job.Cluster, h.Target())
	if ctx.Err() != nil {
		return h, context.Cause(ctx)
	}
	if h.started = true; problem != nil {
		return h, problem
	}
	return h, nil
}

// Target is the container.
func (h *Helper) Target() kube.Target { return h.session.Container().Target }

// endPatience is how long it may take to end what was added.
const endPatience = time.Minute

// End ends what was added, also if ctx is over. It takes seconds. The problem is that something is left, and says what.
func (h *Helper) End(ctx context.Context) *kube.Problem {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endPatience)
	defer cancel()
	h.session.Settle(ctx)
	var problem *kube.Problem
	if now := h.session.Look(); now.Added || now.Unanswered {
		if !h.started { // only then it can be ended
			_ = awaitStart(ctx, now.Job.Cluster, h.Target())
		}
		if err := h.runner.End(ctx, []runner.Container{h.session.Container()})[0]; err != nil {
			left := *kube.Explain(err)
			for _, l := range h.session.Look().Leftovers {
				left.Hint = "to delete it: " + l.Command(h.session.Job().Cluster.Context)
			}
			problem = &left
		} else {
			select { // the journal has its end then
			case <-h.session.Done():
			case <-ctx.Done():
			}
		}
	}
	h.session.Leave()
	<-h.session.Done()
	h.runner.Forget(h.session)
	return problem
}

// awaitStart waits until a container has started or ctx ends, and returns why it does not start.
func awaitStart(ctx context.Context, c *kube.Cluster, at kube.Target) *kube.Problem {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for news := range c.WatchPod(ctx, at.Namespace, at.Pod) {
		if news.Gone {
			return &kube.Problem{Message: "pod " + at.Pod + " was deleted before " + at.Container + " had started"}
		}
		if news.Pod == nil { // the watch goes on by itself
			continue
		}
		container, there := news.Pod.Container(at.Container)
		reason, waits := strings.CutPrefix(container.State, "waiting: ")
		switch {
		case there && container.Running:
			return nil
		case there && container.Ended():
			return &kube.Problem{Message: at.Container + " has ended at once: " + container.State + kube.Colon(container.Message), Hint: "the image needs sh and sleep", Help: []kube.Help{kube.ChooseTool}}
		case there && waits && slices.Contains(kube.TerminalWaitReasons(), reason):
			return &kube.Problem{Message: at.Container + " does not start: " + reason + kube.Colon(container.Message), Help: []kube.Help{kube.ChooseTool}, Err: kube.StartError(reason)}
		}
	}
	return nil
}
