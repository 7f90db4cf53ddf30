package tools

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// turn is called when another tool is under the cursor: its own profile counts again.
func (s *Screen) turn() {
	s.profile, s.chosen, s.profileChosen, s.fixes, s.loses = "", tool{}, false, nil, ""
	if t, ok := s.tool(); ok {
		s.profile, s.chosen = kube.Profile(t.Profile), t
	}
	s.replan()
}

// tool is the one under the cursor.
func (s *Screen) tool() (tool, bool) {
	if len(s.passed) == 0 {
		return tool{}, false
	}
	s.cursor.Clamp(len(s.passed))
	return s.tools[s.passed[s.cursor.At].Index], true
}

// replan builds the plan of what is chosen, for the pod as it is now.
func (s *Screen) replan() {
	s.plan, s.refused, s.rule = debug.Plan{}, nil, nil
	t, ok := s.tool()
	if !ok || !s.ready() {
		return
	}
	if !s.asked {
		s.target, s.asked = detail.Focus(s.Pod, s.Now()), true
	}
	chosen := choice.Choice{Preset: t.Preset, Named: t.fixed, Name: s.name, Target: s.target, Around: s.around.Copy, Host: s.around.Host, Change: func(request debug.Request) debug.Request {
		request.Profile, request.Way, request.Copy.Choices = s.profile, s.way, s.choices
		if s.way.FromNode() {
			host := s.nodeChoice()
			host.Shell = host.Shell || request.Node.Shell
			request.Node, request.Own.Namespace = host.NodeOptions, host.Namespace
		}
		request = s.mode.of(request)
		if t.Brings != nil { // its container waits, and nobody types to it
			request.Private, request.StdinOnce = false, false
		}
		request.Idle = s.idle()
		for _, fix := range s.fixes {
			request = fix(request)
		}
		return request
	}}
	plan, rule, err := chosen.Plan(s.Pod, s.around.Arch, s.settings())
	if s.rule = rule; err != nil {
		s.refused = kube.Explain(err)
		return
	}
	s.plan = plan
}

// offerWay offers the way that is possible first, unless a person has chosen one: a static pod takes no ephemeral container.
func (s *Screen) offerWay() {
	if s.wayChosen || s.Pod == nil {
		return
	}
	way, reason := debug.OfferedWay(s.Pod)
	if s.wayReason = reason; way != s.way {
		s.way = way
		s.restock()
	}
}

// idle is what the registry has said of the target's own image, once it is what the plan runs.
func (s *Screen) idle() debug.IdleOptions {
	c, ok := s.Pod.Container(s.target)
	if !ok || s.look.answer.Digest == "" || s.look.image != c.Image {
		return debug.IdleOptions{}
	}
	return debug.IdleOptions{Known: true, Entrypoint: s.look.answer.Entrypoint, Command: s.look.answer.Command}
}

// settings are the registries of the pod's context.
func (s *Screen) settings() registry.Settings {
	if s.with.Registries == nil || s.Cluster == nil {
		return registry.Settings{}
	}
	return s.with.Registries(s.Cluster.Context)
}
