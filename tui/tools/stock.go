package tools

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// restock lists the tools anew: for another pod, with other presets, with one more that was composed. What was under the cursor stays there,
// unless nothing has been looked at yet.
func (s *Screen) restock() {
	catalogue := &nixery.Catalogue{}
	if len(s.with.Memory.EarlierImages()) > 0 {
		if c, err := s.with.Catalogue(); err == nil {
			catalogue = c
		}
	}
	var advice []presets.Advice
	if s.ready() && s.way != debug.Node {
		advice = presets.Recommend(s.offered(), s.facts())
	}
	s.tools = toolbox(s.own, s.offered(), advice, earlierTools(s.with.Memory.EarlierImages(), s.settings().Nixery, catalogue))
	s.narrow()
	s.stay()
}

// offered are the presets for the way: for a node, those that are made for nodes first.
func (s *Screen) offered() []presets.Preset {
	var first, rest []presets.Preset
	for _, p := range s.with.Presets() {
		switch {
		case p.Node == "":
			rest = append(rest, p)
		case s.way == debug.Node:
			first = append(first, p)
		}
	}
	return append(first, rest...)
}

// stay puts the cursor on the tool that it was on, as that is now: its preset may have been written anew. One that has gone is told, for the
// cursor is on another then.
func (s *Screen) stay() {
	for i, m := range s.passed {
		if t := s.tools[m.Index]; s.chosen.Name != "" && t.same(s.chosen) {
			s.cursor.At, s.chosen = i, t
			if !s.profileChosen {
				s.profile = kube.Profile(t.Profile)
			}
			return
		}
	}
	if s.chosen.Name != "" {
		s.Flash(s.chosen.Name + " is no longer available")
	}
	s.turn()
}

// refilter narrows the list to what has been typed, and goes to what matches best.
func (s *Screen) refilter() {
	s.narrow()
	if s.filter.Text() != "" {
		s.cursor.At = kit.Best(s.passed)
	} else {
		for i, m := range s.passed {
			if s.tools[m.Index].same(s.chosen) {
				s.cursor.At = i
			}
		}
	}
	if t, ok := s.tool(); !ok || !t.same(s.chosen) {
		s.turn()
	}
}

// narrow finds the tools that pass the filter.
func (s *Screen) narrow() {
	names, rest := make([]string, len(s.tools)), make([]string, len(s.tools))
	for i, t := range s.tools {
		names[i], rest[i] = t.Name, strings.Join(append([]string{t.Purpose, t.Image}, t.Tags...), " ")
	}
	s.passed = kit.Matches(s.filter.Text(), names, rest)
}

// facts are what there is to know of the pod for a recommendation.
func (s *Screen) facts() presets.Facts {
	f := presets.Facts{
		PodSecurity: s.around.PodSecurity, Arch: s.around.Arch,
		LastUsed: s.with.Memory.EarlierPresets(s.Cluster.Context),
	}
	target := s.target
	if target == "" {
		target = detail.Focus(s.Pod, s.Now())
	}
	c, ok := s.Pod.Container(target)
	if !ok {
		return f
	}
	f.Image, f.Command, f.Ports, f.Words = c.Image, c.Starts, c.Ports, words(c)
	return f
}

// words are those of a container's state and of how it ended last.
func words(c kube.Container) []string {
	list := strings.Fields(strings.ReplaceAll(c.State, ":", " "))
	if c.Exit != nil {
		list = append(list, c.Exit.Reason)
	}
	return list
}
