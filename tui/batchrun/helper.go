package batchrun

import (
	"context"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// helper is a pod on a node from which all members of a batch there are joined. The first of them makes it, and the last takes it away.
type helper struct {
	begin   sync.Once
	session *runner.Session // nil: it was not begun
	problem *kube.Problem   // why it does not run
	ips     []string
	users   int // members that may still want it; under the lock of the run
}

// newHelpers are the helpers that a batch needs, by node.
func newHelpers(items []batch.Item) map[string]*helper {
	helpers := map[string]*helper{}
	for i := range items {
		if !items[i].Shares() {
			continue
		}
		if helpers[items[i].OnNode] == nil {
			helpers[items[i].OnNode] = &helper{}
		}
		helpers[items[i].OnNode].users++
	}
	return helpers
}

// fromNode runs the command of a member in the helper on its node, which joins the member's container. Life outlasts the member's own ctx: the helper is for
// others too.
func (r *run) fromNode(ctx, life context.Context, item int, out *output) Result {
	i := &r.Items[item]
	h := r.helpers[i.OnNode]
	result := r.joinFrom(ctx, life, h, i, out)
	if r.leaves(h) {
		r.close(life, h, &result)
	}
	return result
}

func (r *run) joinFrom(ctx, life context.Context, h *helper, i *batch.Item, out *output) Result {
	h.begin.Do(func() { r.start(life, h, i) })
	switch {
	case h.problem != nil:
		return Result{Problem: h.problem, sent: true}
	case ctx.Err() != nil:
		return Result{Problem: r.explain(ctx, session.ErrDetached), sent: true}
	}
	at := h.session.Container().Target
	entry := journal.About(*i.Plan)
	entry.Action, entry.Namespace, entry.Pod, entry.Container = journal.Attached, at.Namespace, at.Pod, at.Container
	entry.Preset, entry.Batch, entry.Reason = r.About.Preset, r.About.Batch, r.About.Reason
	r.Runner.Record(r.Cluster, entry) //nolint:contextcheck // an entry outlives the request
	code, err := stream.Exec(ctx, r.Cluster, at, i.Plan.Exec, stream.Streams{Out: out})
	result := Result{Added: true, IPs: h.ips, sent: true, at: at}
	if err != nil { // what still runs ends with the helper
		entry.Action, entry.Why = journal.Failed, kube.Reason(err)
		result.Problem = r.explain(ctx, err)
	} else {
		result.Exit = &kube.Exit{Code: code}
		entry.Action, entry.Exit, entry.Why = journal.Ended, &code, result.Exit.Word()
	}
	r.Runner.Record(r.Cluster, entry) //nolint:contextcheck // an entry outlives the request
	return result
}

// start makes the helper by the plan of a member, whose container only sleeps, and waits until it runs.
func (r *run) start(life context.Context, h *helper, i *batch.Item) {
	plan := *i.Plan
	plan.Exec, plan.Request.Private = nil, false // its session is with what sleeps
	job := runner.Job{Cluster: r.Cluster, Plan: &plan, About: r.About, Piped: true, Unlisted: true, ReadOnly: true}
	if r.Confirmed {
		job.Confirmed = plan.Target.Name()
	}
	h.session = r.Runner.Start(job) //nolint:contextcheck // the runner has its own
	h.session.Settle(life)
	if now := h.session.Look(); now.State == session.Failed {
		h.problem = kube.Explain(now.Err)
		return
	}
	at := h.session.Container().Target
	if h.problem = awaitStart(life, r.Cluster, at); h.problem == nil && life.Err() != nil {
		h.problem = r.explain(life, life.Err())
	}
	if h.problem == nil {
		h.ips = r.addresses(life, at)
	}
}

// leaves tells that a member does not want a helper any more, and reports whether nobody does.
func (r *run) leaves(h *helper) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	h.users--
	return h.users == 0
}

// close takes a helper away, and says in a result what stays.
func (r *run) close(life context.Context, h *helper, result *Result) {
	if h.session == nil {
		return
	}
	h.session.Leave()
	r.cleanUp(life, h.session, result)
	<-h.session.Done()
	r.Runner.Forget(h.session)
}

// closeHelpers takes the helpers away whose members were not all begun.
func (r *run) closeHelpers(life context.Context) {
	for node, h := range r.helpers {
		if h.users == 0 || h.session == nil {
			continue
		}
		for i := range r.results {
			if r.Items[i].OnNode == node && !r.results[i].NotBegun {
				r.close(life, h, &r.results[i])
				break
			}
		}
	}
}
