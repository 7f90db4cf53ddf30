package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
)

// toolsScreen is the choice of a tool for a pod. It shows exactly what would be added before anything is.
type toolsScreen struct {
	*kit
	podWatch
	target  string // the container to look at; empty: none
	asked   bool   // target has been chosen by a person, or from the pod
	name    string // of the debug container to be
	profile kube.Profile
	chosen  string // name of the preset under the cursor
	filter  filter
	cursor  cursor
	passed  []match
	plan    kube.Plan
	refused *kube.Problem            // why there is no plan
	listed  struct{ wide, high int } // the cells of the list, from the top left
}

func newToolsScreen(ctx context.Context, k *kit, cluster *kube.Cluster, pod kube.PodKey, target string) *toolsScreen {
	s := &toolsScreen{
		kit: k, podWatch: watchPod(ctx, cluster, pod), target: target, asked: target != "",
		name: k.newName(), filter: newFilter("/ "),
	}
	s.refilter()
	return s
}

func (s *toolsScreen) Title() string {
	title := s.key.Namespace + " › " + s.key.Name
	if s.target != "" {
		title += " › " + s.target
	}
	return title + " › tools"
}

func (s *toolsScreen) Typing() bool { return s.filter.Typing() }

func (s *toolsScreen) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	if s.state() != nil {
		return []key.Binding{k.Back}
	}
	if s.refused != nil || s.pod == nil {
		return []key.Binding{k.Profile, k.Target, k.Filter, k.Back}
	}
	return []key.Binding{k.Launch, k.Profile, k.Target, k.Whole, k.Filter, k.Back}
}

func (s *toolsScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case podNewsMsg:
		cmd, mine := s.take(msg)
		if mine {
			s.replan()
		}
		return cmd
	case tea.KeyPressMsg:
		return s.press(msg)
	default:
		if s.Typing() {
			return s.typed(msg)
		}
	}
	return nil
}

func (s *toolsScreen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.text()
	cmd := s.filter.update(s.keys, msg)
	if s.filter.text() != before {
		s.refilter()
	}
	return cmd
}

func (s *toolsScreen) refilter() {
	names, purposes := make([]string, len(s.presets)), make([]string, len(s.presets))
	for i, p := range s.presets {
		names[i], purposes[i] = p.Name, p.Purpose
	}
	s.passed = matches(s.filter.text(), names, purposes)
	chosen := s.chosen
	if s.filter.text() != "" {
		s.cursor.at = best(s.passed)
	} else {
		for i, m := range s.passed {
			if s.presets[m.index].Name == chosen {
				s.cursor.at = i
			}
		}
	}
	if p, ok := s.preset(); !ok || p.Name != chosen {
		s.turn()
	}
}

// turn is called when another preset is under the cursor: its own profile counts again.
func (s *toolsScreen) turn() {
	s.profile, s.chosen = "", ""
	if p, ok := s.preset(); ok {
		s.profile, s.chosen = kube.Profile(p.Profile), p.Name
	}
	s.replan()
}

func (s *toolsScreen) preset() (presets.Preset, bool) {
	if len(s.passed) == 0 {
		return presets.Preset{}, false
	}
	s.cursor.clamp(len(s.passed))
	return s.presets[s.passed[s.cursor.at].index], true
}

func (s *toolsScreen) needsNoTarget() bool {
	p, ok := s.preset()
	return ok && p.NoTarget
}

// replan builds the plan of what is chosen, for the pod as it is now.
func (s *toolsScreen) replan() {
	s.plan, s.refused = kube.Plan{}, nil
	p, ok := s.preset()
	if !ok || s.pod == nil {
		return
	}
	if !s.asked {
		s.target, s.asked = s.pod.Default, true
	}
	request := p.Request(s.name, s.target)
	request.Profile = s.profile
	plan, err := kube.NewPlan(s.pod, request)
	if err != nil {
		s.refused = kube.Explain(err)
		return
	}
	s.plan = plan
}

func (s *toolsScreen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	before := s.cursor.at
	if s.cursor.move(k, msg, len(s.passed), 10) {
		if s.cursor.at != before {
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
		s.profile = next(kube.Profiles(), s.profile)
		s.replan()
	case key.Matches(msg, k.Target) && s.needsNoTarget():
		return s.flash(s.chosen + " needs no target: it works on the pod's network")
	case key.Matches(msg, k.Target):
		s.target, s.asked = next(s.targets(), s.target), true
		s.replan()
	case key.Matches(msg, k.Whole) && s.plan.Adds != "":
		return s.ask(pushMsg{&textScreen{kit: s.kit, title: s.Title() + " › what will be added", text: s.plan.Command + "\n\n" + s.plan.Adds}})
	case key.Matches(msg, k.Launch):
		return s.launch()
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

func (s *toolsScreen) launch() tea.Cmd {
	switch {
	case s.state() != nil:
		return s.flash(s.state().What)
	case s.pod == nil:
		return s.flash("the pod is still being read")
	case s.refused != nil:
		return s.flash(s.refused.What)
	case s.plan.Image == "":
		return s.flash("choose a tool first")
	}
	plan, cluster := s.plan, s.cluster
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
