package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// recorder writes into the journal what is done, and says it on the pod where the configuration wants that. It is work: it happens in
// commands, and what goes wrong is told once.
type recorder struct {
	ctx      context.Context                         //nolint:containedctx // of the program's life: an entry outlives the screen it is about
	journal  interface{ Write(journal.Entry) error } // nil: nothing is written
	announce bool
	told     bool            // that something could not be written
	pending  *sync.WaitGroup // entries on their way
}

// recordTroubleMsg is why something could not be recorded.
type recordTroubleMsg struct{ err error }

// recordPatience is how long is waited for the cluster to say who one is, and to take an event.
const recordPatience = 5 * time.Second

// record writes one entry.
func (k *services) record(cluster *kube.Cluster, e journal.Entry) tea.Cmd {
	if k.recorder.journal == nil || cluster == nil {
		return nil
	}
	e.Time, e.Context = k.Now(), cluster.Context
	book, pending := k.recorder.journal, k.recorder.pending
	pending.Add(1)
	return func() tea.Msg {
		defer pending.Done()
		ctx, cancel := context.WithTimeout(k.recorder.ctx, recordPatience)
		defer cancel()
		e.User = cluster.Who(ctx)
		if err := book.Write(e); err != nil {
			return recordTroubleMsg{err}
		}
		return nil
	}
}

// say puts an event on the pod, so that the team sees the session too.
func (k *services) say(cluster *kube.Cluster, p kube.Plan) tea.Cmd {
	if !k.recorder.announce {
		return nil
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(k.recorder.ctx, recordPatience)
		defer cancel()
		words := "debug container " + p.Debug.Container + " with " + p.Image + " was added by " + cluster.Who(ctx)
		if err := cluster.Announce(ctx, p.Debug, words); err != nil {
			return recordTroubleMsg{err}
		}
		return nil
	}
}

// recordTrouble tells the first time that something was not recorded.
func (a *App) recordTrouble(msg recordTroubleMsg) tea.Cmd {
	if a.recorder.told {
		return nil
	}
	a.recorder.told = true
	return a.Kit.Flash(kube.Explain(msg.err).What)
}

// entry is what the journal says of a session with a container.
func (m attachMsg) entry(action string) journal.Entry {
	e := journal.Entry{Namespace: m.target.Namespace, Pod: m.target.Pod, Container: m.target.Container}
	if m.plan != nil {
		e = journal.About(*m.plan)
	}
	e.Action, e.Preset, e.Reason = action, m.about.Preset, m.about.Reason
	return e
}

// recordLeaving writes down that a person has left a program that runs on. How one has ended the card learns.
func (a *App) recordLeaving(msg sessionOverMsg) tea.Cmd {
	if !msg.outcome.Detached {
		return nil
	}
	return a.record(msg.attach.cluster, msg.attach.entry(journal.Detached))
}

// begin is called once, with the context of the program's life.
func (r *recorder) begin(ctx context.Context) { r.ctx, r.pending = ctx, &sync.WaitGroup{} }

// drain waits for the entries that are on their way when the interface ends, but not for long: what was to write one may never have run.
func (r *recorder) drain() {
	const patience = time.Second
	written := make(chan struct{})
	go func() {
		defer close(written)
		r.pending.Wait()
	}()
	select {
	case <-written:
	case <-time.After(patience):
	}
}
