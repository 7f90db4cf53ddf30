// Package choice makes plans of what a person has chosen, in the interface or on the command line: a preset, as it is used in a cluster, for a pod as
// it is now.
package choice

import (
	"cmp"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// Choice is what a person has chosen.
type Choice struct {
	Preset presets.Preset
	Named  bool   // the image is used as it is named, whatever the node's architecture: a person has typed or checked it
	Name   string // of the debug container
	Target string // the container that is looked at; empty: none
	// Around is what is around the pod of a copy; nil: not read, or no copy is made.
	Around *debug.CopyEnvironment
	// Host is what is around the node of a pod that is made there; nil: not read, or none is made.
	Host *debug.NodeEnvironment
	// Change makes of the preset's request what else was chosen; nil: nothing was.
	Change func(debug.Request) debug.Request
}

// Plan makes the plan for a pod on a node of an architecture (empty: not known), with the registries of its context. Rule is what has replaced the
// image's registry; nil: nothing has. The error is a [*kube.Problem]: the pod cannot be debugged so.
func (c Choice) Plan(pod *kube.Pod, arch string, registries registry.Settings) (debug.Plan, *registry.Rule, error) {
	used, rule := c.used(arch, registries)
	request := used.Request(c.Name, c.Target)
	if c.Change != nil {
		request = c.Change(request)
	}
	if request.Way == debug.Join { // one is needed, whatever the tool works on
		request.Target = cmp.Or(request.Target, c.Target)
	}
	if request.Way == debug.Idle {
		request.Image, rule = registries.Rewrite(debug.StaticBusybox(c.Preset.Image))
	}
	plan, err := debug.NewPlan(pod, request.Fit(c.Around).FitNode(c.Host))
	return plan, rule, err
}

// used is the preset as it is really used: for the architecture of the node, and from the registry that the settings name.
func (c Choice) used(arch string, registries registry.Settings) (presets.Preset, *registry.Rule) {
	p := c.Preset
	if !c.Named {
		p = p.For(arch, registries.Nixery)
	}
	var rule *registry.Rule
	p.Image, rule = registries.Rewrite(p.Image)
	return p, rule
}
