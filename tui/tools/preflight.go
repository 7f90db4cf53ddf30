package tools

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// preflight is what the cluster says of the plan on the screen while a person is still choosing. Nothing waits for it.
type preflight struct {
	*kit.Kit
	ctx  context.Context //nolint:containedctx // of the screen's life: commands run in it
	id   int             // of the present plan: what comes late for another is dropped
	stop context.CancelFunc

	cluster *kube.Cluster
	plan    debug.Plan
	asking  bool
	known   bool
	since   time.Time // of the answer
	answer  debug.Preflight
}

// preflightDelay is how long a plan stands before the cluster is asked about it.
const preflightDelay = 150 * time.Millisecond

type (
	preflightDueMsg struct {
		preflight *preflight
		id        int
	}
	preflightMsg struct {
		preflight *preflight
		id        int
		answer    debug.Preflight
	}
)

func newPreflight(ctx context.Context, k *kit.Kit) *preflight {
	return &preflight{Kit: k, ctx: ctx, stop: func() {}}
}

// of turns to another plan; one without an image is none. The same one is not asked about again.
func (p *preflight) of(cluster *kube.Cluster, plan debug.Plan) tea.Cmd {
	if plan.Adds == p.plan.Adds && plan.UID == p.plan.UID {
		return nil
	}
	p.Close()
	p.id++
	p.cluster, p.plan, p.asking, p.known, p.answer = cluster, plan, false, false, debug.Preflight{}
	if plan.Image == "" {
		return nil
	}
	p.asking = true
	return p.After(preflightDelay, preflightDueMsg{p, p.id})
}

// again asks once more about the same plan: rights are granted, quotas are raised, webhooks recover. What is known stays until then.
func (p *preflight) again() tea.Cmd {
	if !p.known || p.asking {
		return nil
	}
	p.Close()
	p.id++
	p.asking = true
	return p.After(0, preflightDueMsg{p, p.id})
}

// stale reports whether an answer may not hold any more. One that is none is asked for sooner.
func (p *preflight) stale() bool {
	holds := 30 * time.Second
	if p.unclear() != nil {
		holds = 10 * time.Second
	}
	return p.known && p.Now().Sub(p.since) > holds
}

// Close stops asking.
func (p *preflight) Close() {
	p.stop()
	p.stop = func() {}
}

func (p *preflight) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case preflightDueMsg:
		if msg.preflight != p || msg.id != p.id {
			return nil
		}
		ctx, stop := context.WithCancel(p.ctx)
		p.stop = stop
		cluster, plan, id := p.cluster, p.plan, p.id
		return func() tea.Msg { return preflightMsg{p, id, debug.RunPreflight(ctx, cluster, plan)} }
	case preflightMsg:
		if msg.preflight == p && msg.id == p.id {
			p.asking, p.known, p.answer, p.since = false, true, msg.answer, p.Now()
		}
	}
	return nil
}

// refusal is why the cluster is known to refuse the plan; nil: it is not.
func (p *preflight) refusal() *kube.Problem {
	if p.known && p.answer.Blocks() {
		return p.answer.Problem
	}
	return nil
}

// unclear is why it is not known whether the cluster would take the plan; nil: it is known.
func (p *preflight) unclear() *kube.Problem {
	if p.known && !p.answer.Blocks() {
		return p.answer.Problem
	}
	return nil
}
