package nodes

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// When a node is read: not before the cursor has come to rest, and now and then again, as long as somebody looks.
const (
	restTime  = 150 * time.Millisecond
	readAgain = 10 * time.Second
	unseen    = 1500 * time.Millisecond // what is on the screen is drawn every second
)

// reading reads one node, again and again. All of its messages have the identity of what was asked for; what comes late is dropped.
type reading struct {
	*kit.Kit
	ctx     context.Context //nolint:containedctx // of the screen's life: readings run in it
	cluster *kube.Cluster
	name    string
	due     *dueMsg // the next time to read; nil: none
	stop    context.CancelFunc
	source  <-chan nodes.Evidence // of what is being read; nil: nothing
	drawn   time.Time             // when it was shown last

	shown nodes.Evidence
}

// dueMsg is the time to read, for the reading whose it is.
type dueMsg struct{ of *reading }

// evidenceMsg is what has been read, for the reading that listens on source.
type evidenceMsg struct {
	source <-chan nodes.Evidence
	news   kit.Batch[nodes.Evidence]
}

func newReading(ctx context.Context, k *kit.Kit) reading {
	return reading{Kit: k, ctx: ctx, stop: func() {}}
}

// follow says which node is looked at. It is read after a rest; what was being read of another is given up.
func (r *reading) follow(cluster *kube.Cluster, name string, rest time.Duration) tea.Cmd {
	if cluster == r.cluster && name == r.name {
		return nil
	}
	r.leave()
	r.cluster, r.name = cluster, name
	r.drawn = r.Now()
	return r.appoint(rest)
}

// leave is for a list without a node under the cursor.
func (r *reading) leave() {
	r.stop()
	*r = newReading(r.ctx, r.Kit)
}

// again reads at once, whatever is due.
func (r *reading) again(cluster *kube.Cluster) tea.Cmd {
	r.cluster = cluster
	return r.read()
}

func (r *reading) appoint(wait time.Duration) tea.Cmd {
	if wait == 0 {
		return r.read()
	}
	r.due = &dueMsg{r}
	return r.After(wait, r.due)
}

func (r *reading) read() tea.Cmd {
	r.stop()
	var ctx context.Context
	ctx, r.stop = context.WithCancel(r.ctx)
	r.due, r.source = nil, nodes.Gather(ctx, r.cluster, r.name)
	return r.listen()
}

func (r *reading) listen() tea.Cmd {
	source := r.source
	return kit.Listen(source, func(b kit.Batch[nodes.Evidence]) tea.Msg { return evidenceMsg{source, b} })
}

// update takes what is addressed to this reading.
func (r *reading) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *dueMsg:
		switch {
		case msg != r.due:
			return nil
		case r.Now().Sub(r.drawn) > unseen: // nobody looks
			return r.appoint(unseen)
		}
		return r.read()
	case evidenceMsg:
		if r.source == nil || msg.source != r.source {
			return nil
		}
		for i := range msg.news.Items {
			r.take(&msg.news.Items[i])
		}
		if !msg.news.Ended {
			return r.listen()
		}
		r.source = nil
		return r.appoint(readAgain)
	}
	return nil
}

// take shows news. What was shown before stays until the same part has come anew.
func (r *reading) take(e *nodes.Evidence) {
	before := r.shown
	r.shown = *e
	if e.Absent != nil {
		r.shown.Node = before.Node // as it was at last
		return
	}
	if !e.EventsRead {
		r.shown.Events, r.shown.EventsRead, r.shown.NoEvents = before.Events, before.EventsRead, before.NoEvents
	}
	if e.Use == nil && e.NoUse == nil {
		r.shown.Use, r.shown.NoUse = before.Use, before.NoUse
	}
}
