package tui

import (
	"context"
	"errors"
	"strings"

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
	filter  filter
	cursor  cursor
	passed  []match
	plan    kube.Plan
	refused *kube.Problem // why there is no plan
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
	if s.refused != nil || s.pod == nil {
		return []key.Binding{k.Profile, k.Target, k.Filter, k.Back}
	}
	return []key.Binding{k.Launch, k.Profile, k.Target, k.Filter, k.Back}
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
	lines := make([]string, len(s.presets))
	for i, p := range s.presets {
		lines[i] = p.Name + " " + p.Purpose
	}
	s.passed = matches(s.filter.text(), lines)
	if s.filter.text() != "" {
		s.cursor.at = best(s.passed)
	}
	s.turn()
}

// turn is called when another preset is under the cursor: its own profile counts again.
func (s *toolsScreen) turn() {
	s.profile = ""
	if p, ok := s.preset(); ok {
		s.profile = kube.Profile(p.Profile)
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
	if s.cursor.move(k, msg, len(s.passed), 10) {
		s.turn()
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
	case key.Matches(msg, k.Target):
		s.target, s.asked = next(s.targets(), s.target), true
		s.replan()
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
		return flash(s.state().What)
	case s.pod == nil:
		return flash("the pod is still being read")
	case s.refused != nil:
		return flash(s.refused.What)
	case s.plan.Image == "":
		return flash("choose a tool first")
	}
	plan, cluster := s.plan, s.cluster
	s.name = s.newName() // a name can be used only once
	s.replan()
	return func() tea.Msg { return launchMsg{cluster, plan} }
}

// launchMsg asks App to carry a plan out.
type launchMsg struct {
	cluster *kube.Cluster
	plan    kube.Plan
}

func (s *toolsScreen) View(width, height int) string {
	var foot string
	if line := s.filter.view(&s.styles, width-4); line != "" {
		foot = " " + line
		height--
	}
	const wide = 110
	var body string
	if width >= wide {
		left := 52
		bar := strings.TrimSuffix(strings.Repeat(s.styles.muted.Render("│")+"\n", height), "\n")
		body = beside(box(s.listView(left, height), left, height), bar, box(s.details(width-left-2, height), width-left-2, height))
	} else {
		rows := min(len(s.passed), max(height/3, 1))
		body = box(s.listView(width, rows), width, rows) + "\n" +
			s.styles.muted.Render(strings.Repeat("─", width)) + "\n" + s.details(width, height-rows-1)
	}
	if foot == "" {
		return body
	}
	return box(body, width, height) + "\n" + foot
}

func (s *toolsScreen) listView(width, height int) string {
	st := &s.styles
	if len(s.passed) == 0 {
		return "\n  " + st.text.Render("No tool matches.") + st.muted.Render("  esc clears the filter.")
	}
	var out []string
	from, to := s.cursor.window(len(s.passed), height)
	for i := from; i < to; i++ {
		p := s.presets[s.passed[i].index]
		lead, over := "  ", st.text.UnsetForeground()
		if i == s.cursor.at {
			lead, over = st.accent.Inherit(st.selection).Render(" ▸"), st.selection
		}
		name := over.Render(" ") + st.title.Inherit(over).Render(fit(p.Name, 11))
		purpose := st.muted.Inherit(over).Render(fit(p.Purpose, max(width-15, 0)))
		out = append(out, padStyled(lead+name+purpose, width, over))
	}
	for _, notice := range s.notices {
		out = append(out, "", " "+st.warn.Render("! ")+strings.ReplaceAll(wrapStyled(notice, width-4, st.text), "\n", "\n   "))
	}
	return strings.Join(out, "\n")
}

// details are what would be done: facts, warnings, the command, the object.
func (s *toolsScreen) details(width, height int) string {
	st := &s.styles
	if p := s.state(); p != nil {
		return problemText(st, p, width)
	}
	if s.pod == nil {
		return "\n  " + st.muted.Render("Reading the pod…")
	}
	if s.refused != nil {
		return problemText(st, s.refused, width)
	}
	preset, ok := s.preset()
	if !ok {
		return ""
	}
	plan := s.plan
	var out []string
	fact := func(label, text string) {
		out = append(out, " "+st.muted.Render(fit(label, 8))+" "+strings.ReplaceAll(wrapStyled(text, width-11, st.text), "\n", "\n          "))
	}
	fact("image", plan.Image)
	fact("profile", string(plan.Profile)+": "+plan.Profile.Gives())
	if plan.Target.Container == "" {
		fact("target", "none: the pod's network is shared, no container's processes")
	} else {
		fact("target", plan.Target.Container+": its processes, and its files in /proc/1/root")
	}
	for _, n := range plan.Notes {
		mark := st.muted.Render("·")
		if n.Warns {
			mark = st.warn.Render("!")
		}
		out = append(out, " "+mark+" "+strings.ReplaceAll(wrapStyled(n.Text, width-4, st.text), "\n", "\n   "))
	}
	out = append(out, " "+st.muted.Render("$")+" "+strings.ReplaceAll(wrapStyled(plan.Command, width-4, st.accent), "\n", "\n   "))
	if len(preset.Try) > 0 {
		fact("then try", strings.Join(preset.Try, "   "))
	}
	out = append(out, " "+st.muted.Render("will be added to the pod, and stay in it until it is deleted:"), indent(wrapStyled(strings.TrimRight(plan.Adds, "\n"), width-4, st.muted), 3))
	return box(strings.Join(out, "\n"), width, height)
}

// beside sets blocks of equal height next to each other.
func beside(blocks ...string) string {
	var rows []string
	for _, block := range blocks {
		for i, line := range strings.Split(block, "\n") {
			if i == len(rows) {
				rows = append(rows, "")
			}
			rows[i] += line
		}
	}
	return strings.Join(rows, "\n")
}

// isCanceled tells an end that we brought about ourselves.
func isCanceled(err error) bool { return errors.Is(err, context.Canceled) }
