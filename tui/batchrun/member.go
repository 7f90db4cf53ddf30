package batchrun

import (
	"context"
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// How often an item is begun that the API server has no time for, how long while there is no API server, and the longest time between two tries.
const (
	attempts = 6
	away     = 2 * time.Minute
	pause    = 5 * time.Second
)

// cleaning is how long what was made for an item may take to be deleted.
const cleaning = 15 * time.Second

// one carries an item out, again while the API server is too busy to take it, or away.
func (r *run) one(life context.Context, item int) Result {
	ctx := life
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.Timeout, ErrLate)
		defer cancel()
	}
	began := r.now()
	for try := 1; ; try++ {
		out := &output{most: r.Keep, all: &r.kept, hand: r.handOver(item)}
		result := r.attempt(ctx, life, item, out)
		out.close()
		if !result.Added && out.total == 0 && !result.sent && r.again(result.Problem, try, began) && wait(ctx, min(r.Cluster.Patience(try), pause)) {
			continue
		}
		result.Item, result.Began, result.Ended = r.Items[item], began, r.now()
		if result.at != (kube.Target{}) {
			result.Item.Target = result.at
		}
		result.Output, result.Bytes, result.Cut = out.kept, out.total, out.total > int64(len(out.kept))
		return result
	}
}

// again reports whether an item is begun again that was not begun. Its debug container has the same name then: one that was added all the same, while the
// answer was lost, stays the only one.
func (r *run) again(why *kube.Problem, try int, began time.Time) bool {
	switch {
	case why == nil:
		return false
	case kube.TooBusy(why.Err):
		return try < attempts
	case !kube.Away(why.Err), r.now().Sub(began) > away:
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Away != nil && !r.toldAway {
		r.Away(why)
	}
	r.toldAway = true
	return true
}

// wait waits, and reports whether nobody has lost patience meanwhile.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *run) attempt(ctx, life context.Context, item int, out *output) Result {
	if r.Items[item].Joins {
		return r.join(ctx, item, out)
	}
	if r.Items[item].Plan == nil {
		return r.exec(ctx, item, out)
	}
	if r.Items[item].Shares() {
		return r.fromNode(ctx, life, item, out)
	}
	return r.session(ctx, item, out)
}

// exec executes the command in a container that is there.
func (r *run) exec(ctx context.Context, item int, out *output) Result {
	at := r.Items[item].Target
	if problem := r.checkTyped(at); problem != nil {
		return Result{Problem: problem}
	}
	entry := journal.Entry{Action: journal.Attached, Namespace: at.Namespace, Pod: at.Pod, Container: at.Container, Preset: r.About.Preset, Batch: r.About.Batch, Reason: r.About.Reason}
	if object := r.Items[item].Pod.Object(); object != nil {
		entry.UID = string(object.UID)
	}
	if err := r.stillThere(ctx, at, entry.UID); err != nil {
		return Result{Problem: r.explain(ctx, err)}
	}
	r.Runner.Record(r.Cluster, entry) //nolint:contextcheck // an entry outlives the request
	code, err := stream.Exec(ctx, r.Cluster, at, r.Command, stream.Streams{Out: out})
	if err != nil {
		entry.Action, entry.Why = journal.Failed, kube.Reason(err)
		r.Runner.Record(r.Cluster, entry) //nolint:contextcheck // an entry outlives the request
		return Result{Problem: r.explain(ctx, err), RunsOn: ctx.Err() != nil || errors.Is(err, kube.ErrLinkLost), sent: true}
	}
	exit := &kube.Exit{Code: code}
	entry.Action, entry.Exit, entry.Why = journal.Ended, &code, exit.Word()
	r.Runner.Record(r.Cluster, entry) //nolint:contextcheck // an entry outlives the request
	return Result{Exit: exit}
}

// stillThere reads the pod that a command is about to be executed in. A command has no name by which the cluster could tell that it was sent before, so it is
// sent once: whether there is an API server is asked by a request that may be repeated.
func (r *run) stillThere(ctx context.Context, at kube.Target, uid string) error {
	pod, err := r.Cluster.Pod(ctx, at.Namespace, at.Pod)
	switch {
	case err != nil:
		return err
	case uid != "" && string(pod.Object().UID) != uid:
		return &kube.Problem{Message: "the pod was replaced by another of its name", Hint: "choose the pods again"}
	}
	return nil
}

// checkTyped asks the rules of the context whether what a person has confirmed counts for a pod.
func (r *run) checkTyped(at kube.Target) *kube.Problem {
	typed := ""
	if r.Confirmed {
		typed = at.Pod
	}
	return r.Cluster.Guard().CheckTyped(at, typed)
}

// explain is why there is no exit code. What has ended the member from our side comes first.
func (r *run) explain(ctx context.Context, err error) *kube.Problem {
	if ctx.Err() == nil {
		return kube.Explain(err)
	}
	if errors.Is(context.Cause(ctx), ErrLate) {
		return &kube.Problem{Message: ErrLate.Error() + " after " + r.Timeout.String(), Err: ErrLate}
	}
	return &kube.Problem{Message: "left before its end", Err: context.Cause(ctx)}
}

// session carries the plan of an item out.
func (r *run) session(ctx context.Context, item int, out *output) Result {
	plan := *r.Items[item].Plan
	job := runner.Job{Cluster: r.Cluster, Plan: &plan, About: r.About, Piped: true, Unlisted: true, ReadOnly: true}
	if r.Confirmed {
		job.Confirmed = plan.Target.Name()
	}
	return r.follow(ctx, job, out)
}

// follow carries a job out, and stays with it until its program has ended or ctx has.
func (r *run) follow(ctx context.Context, job runner.Job, out *output) Result {
	s := r.Runner.Start(job) //nolint:contextcheck // the runner has its own
	defer r.Runner.Forget(s)
	defer context.AfterFunc(ctx, s.Leave)()
	failed := s.Stream(context.WithoutCancel(ctx), session.Pipe{Out: out})
	s.Leave()
	<-s.Done()
	result := r.outcome(ctx, s.Look(), failed)
	if job.Plan != nil && job.Plan.Request.Way.OwnPod() {
		result.IPs = r.addresses(ctx, s.Container().Target)
	}
	r.cleanUp(ctx, s, &result)
	result.Added = s.Look().Added
	return result
}

// addresses are those of the pod that was made for a member, whose output may have them; none: nobody knows.
func (r *run) addresses(ctx context.Context, at kube.Target) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	pod, err := r.Cluster.Pod(ctx, at.Namespace, at.Pod)
	if err != nil {
		return nil
	}
	return pod.IPs
}

// join stays with a debug container that an earlier run has added, until it has ended or ctx has. Of one that has ended already, its log and its status
// tell the rest.
func (r *run) join(ctx context.Context, item int, out *output) Result {
	at := r.Items[item].Target
	if problem := r.checkTyped(at); problem != nil {
		return Result{Problem: problem}
	}
	problem := awaitStart(ctx, r.Cluster, at)
	switch {
	case ctx.Err() != nil:
		return Result{Problem: r.explain(ctx, ctx.Err()), RunsOn: true}
	case problem != nil:
		return Result{Problem: problem}
	}
	uid := string(r.Items[item].Pod.Object().UID)
	return r.follow(ctx, runner.Job{Cluster: r.Cluster, Target: at, UID: uid, About: r.About, Joins: true, Piped: true, Unlisted: true, ReadOnly: true}, out)
}

// outcome is how a session has ended.
func (r *run) outcome(ctx context.Context, now runner.Snapshot, failed error) Result {
	result := Result{Exit: now.Ending.Exit, RunsOn: !now.State.Over() || now.Ending.Running}
	if now.LogErr != nil {
		result.Missing = kube.Explain(now.LogErr).Message
	}
	switch {
	case now.State == session.Failed:
		result.Exit, result.Problem, result.RunsOn = nil, kube.Explain(now.Err), errors.Is(now.Err, stream.ErrGateway)
	case result.Exit != nil:
	case result.RunsOn:
		result.Problem = r.explain(ctx, session.ErrDetached)
		if now.Cause != nil { // why nothing has started
			result.Problem.Message += ": " + now.Cause.Message
		}
	case failed != nil:
		result.Problem = kube.Explain(failed)
	default:
		result.Problem = gone()
	}
	return result
}

// cleanUp takes away what the plan has made beside a container, and waits until it is known what that is.
func (r *run) cleanUp(ctx context.Context, s *runner.Session, result *Result) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	if job := s.Job(); job.Plan == nil || !job.Plan.CleansUp() {
		s.Settle(ctx)
		if result.RunsOn {
			s.Visited(runner.Visit{Detached: true}) //nolint:contextcheck // the runner has its own
		}
		return
	}
	failed := r.Runner.End(ctx, []runner.Container{s.Container()})
	if failed[0] == nil {
		result.RunsOn = false
		return
	}
	result.Stays = kube.Explain(failed[0]).Message
	for _, left := range s.Look().Leftovers {
		result.Stays += "; to delete it: " + left.Command(r.Cluster.Context)
	}
}
