package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

func (s *toolsScreen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	before := s.cursor.at
	if s.cursor.move(k, msg, len(s.passed), 10) {
		if s.touched = true; s.cursor.at != before {
			s.turn()
		}
		return nil
	}
	switch {
	case key.Matches(msg, k.Filter):
		return s.filter.start()
	case key.Matches(msg, k.Back) && s.filter.text() != "":
		s.filter.clear()
		s.refilter()
	case key.Matches(msg, k.Profile):
		s.profile, s.walked = next(kube.Profiles(), s.profile), true
		s.replan()
	case key.Matches(msg, k.Target) && s.chosen.NoTarget:
		return s.flash(s.chosen.Name + " needs no target: it works on the pod's network")
	case key.Matches(msg, k.Target):
		s.target, s.asked = next(s.targets(), s.target), true
		s.replan()
	case key.Matches(msg, k.Whole) && s.plan.Adds != "":
		return s.ask(pushMsg{&textScreen{kit: s.kit, title: s.Title() + " › what will be added", text: s.plan.Command + "\n\n" + s.plan.Adds}})
	case key.Matches(msg, k.Launch):
		return s.launch()
	case s.state() != nil:
		return nil
	case key.Matches(msg, k.Compose):
		return s.compose()
	case key.Matches(msg, k.AnyImage):
		return s.typeImage()
	case key.Matches(msg, k.Fallback):
		return s.fallBack()
	case key.Matches(msg, k.SaveTool):
		return s.save()
	case key.Matches(msg, k.Command) && s.chosen.own:
		s.nextCommand()
	}
	return nil
}

// next is the value after v in a ring.
func next[T comparable](ring []T, v T) T {
	for i := range ring {
		if ring[i] == v {
			return ring[(i+1)%len(ring)]
		}
	}
	return ring[0]
}

// targets are the containers that could be looked at, and none.
func (s *toolsScreen) targets() []string {
	list := []string{""}
	if s.pod != nil {
		for _, c := range s.pod.Containers {
			if c.Kind != kube.DebugContainer && c.Running {
				list = append(list, c.Name)
			}
		}
	}
	return list
}

// nextCommand goes through what an image of no preset can start: what it says itself, or a shell that it may have.
func (s *toolsScreen) nextCommand() {
	ring := []string{"", "sh", "bash"}
	now := ""
	if len(s.chosen.Preset.Command) > 0 {
		now = s.chosen.Preset.Command[0]
	}
	t := s.chosen
	t.Preset.Command = nil
	if shell := next(ring, now); shell != "" {
		t.Preset.Command = []string{shell}
	}
	profile, walked := s.profile, s.walked
	s.replace(t)
	s.profile, s.walked = profile, walked
	s.replan()
}

// replace puts a tool in the place of the one of the same name and image, or in front of all.
func (s *toolsScreen) replace(t tool) {
	if i := slices.IndexFunc(s.own, t.same); i >= 0 {
		s.own[i] = t
	} else {
		s.own = append([]tool{t}, s.own...)
	}
	s.chosen = t
	s.restock()
	s.turn()
}

func (s *toolsScreen) launch() tea.Cmd {
	switch {
	case s.state() != nil:
		return s.flash(s.state().What)
	case !s.ready():
		return s.flash("the pod is still being read")
	case s.refused != nil:
		return s.flash(s.refused.What)
	case s.plan.Image == "":
		return s.flash("choose a tool first")
	}
	plan, cluster := s.plan, s.cluster
	s.memory.used(cluster.Context, s.chosen)
	s.name = s.newName() // a name can be used only once
	s.replan()
	return s.ask(launchMsg{cluster: cluster, plan: plan})
}

// launchMsg asks App to carry a plan out.
type launchMsg struct {
	cluster *kube.Cluster
	plan    kube.Plan
	again   string // not empty: plan the same anew for the pod as it is now, under this name
}
