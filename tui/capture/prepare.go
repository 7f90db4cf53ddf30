package capture

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
)

// prepare looks from whom it would be captured.
func (s *Ask) prepare() tea.Cmd {
	s.cancel()
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.ctx)
	s.attempt++
	s.batch, s.problem, s.begun, s.agreed, s.top = nil, nil, s.Now(), agreed{}, 0
	if s.problem = s.with.Cluster.Guard().Closed(); s.problem != nil {
		return nil
	}
	tool, ok := s.tool()
	if !ok {
		s.problem = &kube.Problem{Message: "there is no preset " + capturerun.Preset, Hint: "a file of yours hides it: see the hints on your presets"}
		return nil
	}
	attempt, cluster, pods, options := s.attempt, s.with.Cluster, s.with.Pods, s.options(ctx, tool)
	return func() tea.Msg {
		msg := preparedMsg{of: s, attempt: attempt}
		subjects, err := batch.Choose(ctx, cluster, batch.Query{Pods: pods})
		if msg.err = err; err == nil {
			msg.batch = batch.Prepare(ctx, cluster, subjects, options)
		}
		return msg
	}
}

// tool is the preset that has tcpdump.
func (s *Ask) tool() (presets.Preset, bool) {
	list := s.with.Presets()
	i := slices.IndexFunc(list, func(p presets.Preset) bool { return p.Name == capturerun.Preset && p.Node == "" })
	if i < 0 {
		return presets.Preset{}, false
	}
	return list[i], true
}

// options are how it is prepared.
func (s *Ask) options(ctx context.Context, tool presets.Preset) batch.Options {
	cluster, what, now, namespace, name := s.with.Cluster, s.what, s.Now, s.with.NodeNamespace, s.with.NewName()
	registries, way := s.with.Registries(cluster.Context), debug.InPod
	if s.fromNode {
		way = debug.Join
	}
	o := batch.Options{Way: way, Image: tool.Facts(), NodeNamespace: namespace, Look: choice.Looks(s.with.Registry, registries, tool)}
	o.Plan = func(subject batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
		chosen := choice.Choice{
			Preset: tool, Name: name, Target: detail.Focus(subject.Pod, now()), Around: around.Copy, Host: around.Host,
			Change: func(r debug.Request) debug.Request {
				if r.Way = way; way.FromNode() {
					r.Own.Namespace = namespace
				}
				return capturerun.Shape(r, what)
			},
		}
		plan, _, err := chosen.Plan(subject.Pod, around.Arch, registries)
		return plan, err
	}
	if g := cluster.Guard(); !s.fromNode && !g.Protected && !g.AskReason { // nothing is run anywhere before it is agreed to
		o.Earlier = func(subject batch.Subject) batch.Earlier {
			return batch.Earlier{Target: capture.Find(ctx, cluster, subject.Pod)}
		}
	}
	return o
}
