package batch

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	kubebatch "github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
)

// plan is in whom something would run, and how.
type plan struct {
	*Ask
	question question
	tool     presets.Preset
	command  []string // that was typed; nil: the tool's own
	text     string   // as it was typed
	id       string   // of the batch that comes of it

	way         way
	perWorkload bool
	limits      int // in limits()
	timeout     int // in timeouts()

	sure bool // very many are to be asked about
	asks bool // it is asked whether they are

	cancel   context.CancelFunc
	attempt  int
	looked   *atomic.Int64
	begun    time.Time
	subjects []kubebatch.Subject // once they are read
	batch    *kubebatch.Batch    // nil: not known yet
	problem  *kube.Problem
	agreed   agreed

	top, lines, page int
}

type (
	// preparedMsg is in whom it would run.
	preparedMsg struct {
		of       *plan
		attempt  int
		subjects []kubebatch.Subject
		batch    kubebatch.Batch
		err      error
	}
	// agreedMsg is what a person has said.
	agreedMsg struct {
		of     *plan
		agreed agreed
	}
	// toolMsg is the tool that a person has chosen.
	toolMsg struct {
		of   *plan
		name string
	}
)

func newPlan(s *Ask, q question, tool presets.Preset, command []string, text string) *plan {
	return &plan{Ask: s, question: q, tool: tool, command: command, text: text, id: s.with.NewID(), cancel: func() {}}
}

func (p *plan) stop() { p.cancel() }

// title is what is run, for the header.
func (p *plan) title() string {
	if p.question.own {
		return kube.Brief(p.text)
	}
	return p.question.preset.Name
}

// what is what is run.
func (p *plan) what() string {
	if p.question.own {
		return kube.Sanitize(p.text)
	}
	return strings.TrimSpace(kube.Sanitize(p.question.preset.Name + " " + p.text))
}

// how is in what it runs.
func (p *plan) how() string {
	switch {
	case p.ofNodes():
		return "in a pod of " + p.tool.Image + " on each node, deleted afterwards"
	case p.way == byExec:
		return "in a container of each pod that is there; nothing is added"
	case p.way == inCopy:
		return "in " + p.tool.Image + " in a copy of each pod, deleted afterwards"
	case p.way == fromNode:
		return "in " + p.tool.Image + " from the node of each pod, by one pod on each node"
	}
	return "in a new debug container of " + p.tool.Image
}

// runs is the command itself.
func (p *plan) runs() []string {
	if p.command != nil {
		return p.command
	}
	return p.tool.Command
}

// mostUnasked is about how many the cluster is asked without another question: it takes a request for each.
const mostUnasked = 1000

// all is how many it is about.
func (p *plan) all() int { return max(len(p.with.Pods), len(p.with.Nodes)) }

// reading reports whether it is not known yet in whom it would run.
func (p *plan) reading() bool { return p.batch == nil && p.problem == nil && !p.asks }

// prepare looks in whom it would run.
func (p *plan) prepare() tea.Cmd {
	p.cancel()
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(p.ctx)
	p.attempt++
	p.batch, p.problem, p.looked, p.begun, p.agreed, p.top = nil, nil, &atomic.Int64{}, p.Now(), agreed{}, 0
	if problem := p.with.Cluster.Guard().Closed(); problem != nil {
		p.problem = problem
		return nil
	}
	if p.asks = p.all() > mostUnasked && !p.sure; p.asks {
		return nil
	}
	attempt, subjects, looked, cluster, options := p.attempt, p.subjects, p.looked, p.with.Cluster, p.options()
	query := kubebatch.Query{Pods: p.with.Pods, Nodes: p.ofNodes(), Names: p.with.Nodes}
	options.Looked = func() { looked.Add(1) }
	return func() tea.Msg {
		msg := preparedMsg{of: p, attempt: attempt, subjects: subjects}
		if msg.subjects == nil {
			if msg.subjects, msg.err = kubebatch.Choose(ctx, cluster, query); msg.err != nil {
				return msg
			}
		}
		msg.batch = kubebatch.Prepare(ctx, cluster, msg.subjects, options)
		return msg
	}
}

// take takes in whom it would run.
func (p *plan) take(msg preparedMsg) tea.Cmd {
	switch {
	case msg.attempt != p.attempt:
	case msg.err != nil:
		p.problem = kube.Explain(msg.err)
	default:
		p.batch, p.subjects = &msg.batch, msg.subjects
	}
	return nil
}

// options are how it is prepared.
func (p *plan) options() kubebatch.Options {
	o := kubebatch.Options{Exec: p.way == byExec, Way: p.way.debugWay(), OnePerWorkload: p.perWorkload}
	if o.Exec {
		return o
	}
	registries := p.with.Registries(p.with.Cluster.Context)
	o.Image, o.NodeNamespace, o.Look = p.tool.Facts(), p.with.Usual.NodeNamespace, choice.Looks(p.with.Registry, registries, p.tool)
	way := o.Way
	cluster, tool, command, usual, id, now := p.with.Cluster, p.tool, p.command, p.with.Usual, p.id, p.Now
	o.Plan = func(subject kubebatch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
		pod, target := subject.Pod, ""
		if subject.Node != "" {
			pod = cluster.OnNode(subject.Node)
		} else {
			target = detail.Focus(pod, now())
		}
		chosen := choice.Choice{Preset: tool, Name: kubebatch.ContainerName(id), Target: target, Around: around.Copy, Host: around.Host, Change: func(r debug.Request) debug.Request {
			if command != nil {
				r.Command, r.ArgumentsOnly = command, false
			}
			r.NoTTY, r.NoStdin, r.EndsAfter, r.Way = true, true, usual.Life, way
			if subject.Node != "" {
				r.Way = debug.Node
			}
			if r.Way.OwnPod() {
				r.EndsAfter = cmp.Or(usual.OwnPod, debug.CopyLife)
			}
			r.Private = r.Way == debug.Join // a pod on a node serves all of them there
			if r.Way.FromNode() {
				r.Own.Namespace = usual.NodeNamespace
			}
			return r
		}}
		made, _, err := chosen.Plan(pod, around.Arch, registries)
		return made, err
	}
	return o
}
