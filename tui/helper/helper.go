// Package helper keeps debug containers that run nothing themselves: programs are run in them by exec, whose output is in no log. One is added for a
// task, such as copying files or capturing packets, and ended when the task is over, whatever has ended it.
//
//	h := helper.Begin(engine, job)
//	defer h.End(ctx)
//	err := h.Await(ctx)
//	stream.Exec(ctx, cluster, h.Target(), …)
package helper

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Helper is a debug container, or a pod with one, that was added for a task.
type Helper struct {
	runner  *runner.Runner
	session *runner.Session
}

// Begin has a job's plan carried out, whose container only sleeps. Whether the rules of the context allow the job is asked before. It returns at once.
func Begin(r *runner.Runner, job runner.Job) *Helper {
	job.Piped, job.ReadOnly = true, true
	return Of(r, r.Start(job))
}

// Of is the helper whose session has begun already.
func Of(r *runner.Runner, s *runner.Session) *Helper { return &Helper{runner: r, session: s} }

// Start is [Begin] for a container in which what the plan runs is run later, by exec, and waits until the container runs or ctx ends. Accepted is called when the
// cluster has taken it; it may be nil. A helper is returned in any case, for [Helper.End]: what has not started may be there.
func Start(ctx context.Context, r *runner.Runner, job runner.Job, accepted func()) (*Helper, error) {
	plan := *job.Plan
	plan.Exec, plan.Request.Private = nil, false // the session is with what sleeps
	job.Plan, job.Unlisted = &plan, true
	h := Begin(r, job) //nolint:contextcheck // the runner has its own
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
	if problem != nil {
		return h, problem
	}
	return h, nil
}

// Await waits until the container runs. The error says why it does not start, or is the cause of the end of ctx.
func (h *Helper) Await(ctx context.Context) error {
	var failed error
	err := h.runner.Await(ctx, func() bool {
		now := h.session.Look()
		if started(&now) {
			return true
		}
		if !now.State.Over() {
			return false
		}
		failed = &kube.Problem{Message: "debug container " + now.Target.Container + " has not started", Help: []kube.Help{kube.ChooseTool}, Err: now.Err}
		if now.Err != nil {
			failed = now.Err
		}
		return true
	})
	if err != nil {
		return err //nolint:wrapcheck // it is the cause of the end
	}
	return failed
}

// started reports whether the container of a session is known to have started.
func started(now *runner.Snapshot) bool {
	return slices.ContainsFunc(now.Steps, func(s session.Step) bool { return s.Step == launch.Started })
}

// Session is the one with the container.
func (h *Helper) Session() *runner.Session { return h.session }

// Target is the container.
func (h *Helper) Target() kube.Target { return h.session.Container().Target }

// endPatience is how long it may take to end what was added.
const endPatience = time.Minute

// End ends what was added, also if ctx is over and if it has not started yet, and waits until that is written down. It takes seconds. The problem is that
// something is left, and says what.
func (h *Helper) End(ctx context.Context) *kube.Problem {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endPatience)
	defer cancel()
	var problem *kube.Problem
	if !h.session.Cancel() {
		h.session.Settle(ctx)
		problem = h.endAdded(ctx)
	}
	h.session.Leave()
	<-h.session.Done()
	if h.session.Job().Unlisted {
		h.runner.Forget(h.session)
	}
	return problem
}

// endAdded ends what was added, or may be.
func (h *Helper) endAdded(ctx context.Context) *kube.Problem {
	now := h.session.Look()
	if !now.Added && !now.Unanswered {
		return nil
	}
	if !started(&now) { // only then it can be ended
		_ = awaitStart(ctx, now.Job.Cluster, h.Target())
	}
	if err := h.runner.End(ctx, []runner.Container{h.session.Container()})[0]; err != nil {
		left := *kube.Explain(err)
		for _, l := range h.session.Look().Leftovers {
			left.Hint = "to delete it: " + l.Command(h.session.Job().Cluster.Context)
		}
		return &left
	}
	select { // the journal has its end then
	case <-h.session.Done():
	case <-ctx.Done():
	}
	return nil
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
