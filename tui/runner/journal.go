package runner

import (
	"cmp"
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// Joined writes down that a person has attached to a session that was there before.
func (s *Session) Joined() {
	j := s.Job()
	s.runner.record(s.writes, j.Cluster, j.entry(journal.Attached))
}

// Explain keeps why a person goes on with the session, in their words, for the journal.
func (s *Session) Explain(reason string) {
	s.runner.change(func() { s.state.Job.About.Reason = reason })
}

// Visited keeps how it went while the session had the terminal, and writes down that its person has left a program that runs on. How one has
// ended is written down when it is known.
func (s *Session) Visited(v Visit) {
	var j Job
	s.runner.change(func() { s.state.Visit, j = v, s.state.Job })
	if v.Detached {
		s.runner.record(s.writes, j.Cluster, j.entry(journal.Detached))
	}
}

// Refuse writes down that a job was refused by a rule of its context: nothing was sent.
func (r *Runner) Refuse(j Job, why *kube.Problem) {
	e := j.complete().entry(journal.Refused)
	e.Why = cmp.Or(kube.Reason(why), j.Cluster.Guard().Why)
	r.record(&queue{runner: r}, j.Cluster, e)
}

// entry is what the journal says of a job.
func (j Job) entry(action string) journal.Entry {
	e := journal.Entry{Namespace: j.Target.Namespace, Pod: j.Target.Pod, UID: j.UID, Container: j.Target.Container}
	if j.Plan != nil {
		e = journal.About(*j.Plan)
	}
	e.Action, e.Preset, e.Batch, e.Reason = action, j.About.Preset, j.About.Batch, j.About.Reason
	return e
}

// deleted is the entry of the pod in whose place a copy has come.
func (j Job) deleted() journal.Entry {
	p := j.Plan
	return journal.Entry{Action: journal.Deleted, Namespace: p.Target.Namespace, Pod: p.Target.Pod, UID: p.UID, Preset: j.About.Preset, Batch: j.About.Batch, Reason: j.About.Reason}
}

// Records reports whether there is a journal.
func (r *Runner) Records() bool { return r.options.Journal != nil }

// Record writes down what was done to a pod by itself.
func (r *Runner) Record(cluster *kube.Cluster, e journal.Entry) {
	r.record(&queue{runner: r}, cluster, e)
}

// record writes an entry, behind what is queued.
func (r *Runner) record(q *queue, cluster *kube.Cluster, e journal.Entry) {
	if r.options.Journal == nil || cluster == nil {
		return
	}
	e.Time, e.Context = r.options.Now(), cluster.Context
	q.later(func(ctx context.Context) error {
		e.User = cluster.Who(ctx)
		return r.options.Journal.Write(e)
	})
}

// announce puts an event on the pod that is debugged, so that the team sees the session too.
func (r *Runner) announce(q *queue, j Job) {
	if !r.options.Announce || j.Plan.Target.Pod == "" { // of a node, nobody looks for it there
		return
	}
	q.later(func(ctx context.Context) error {
		return debug.Announce(ctx, j.Cluster, j.Plan.Target, j.Plan.Change.Done()+" by "+j.Cluster.Who(ctx))
	})
}
