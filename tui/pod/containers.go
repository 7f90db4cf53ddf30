// Package pod shows one pod: its containers, all there is to know of it, and why it is as it is. Other rooms have parts of it: a pod that is
// watched ([Watch]), and why it is as it is ([Why]).
package pod

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Screen shows the containers of one pod: choose the one to look at, or a debug container to attach to.
type Screen struct {
	*kit.Kit
	explainedPod
	cursor kit.Cursor
	placed bool // the cursor has been put on the container to look at first
	all    bool // debug containers that have ended are listed, not counted
	page   int
	first  int // row of the first container
}

// New shows the containers of a pod.
func New(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, pod kube.PodKey) *Screen {
	return &Screen{Kit: k, explainedPod: explainPod(ctx, k, cluster, pod)}
}

// Place is which lines are on the screen.
func (s *Screen) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *Screen) Title() string { return s.Key.Namespace + " › " + s.Key.Name }

// Misses reports whether there is, as far as is known, no such pod.
func (s *Screen) Misses(name string) bool { return s.Key.Name == name && s.Pod == nil }

// Hint is for newcomers.
func (s *Screen) Hint() string {
	return "Choose a container to look at, then d for the tools"
}

func (s *Screen) chosen() (kube.Container, bool) {
	list, folded := s.rows()
	s.cursor.Clamp(len(list) + len(folded[:min(len(folded), 1)]))
	if s.cursor.At >= len(list) {
		return kube.Container{}, false
	}
	return list[s.cursor.At], true
}

// rows are the containers that are listed: the pod's own, then its debug containers, the newest first. Those that have ended are folded into one
// row where there are several.
func (s *Screen) rows() (list []kube.Container, folded []*kube.Container) {
	if s.Pod == nil {
		return nil, nil
	}
	own, running, ended := byKind(s.Pod.Containers)
	if len(ended) > 1 && !s.all {
		folded, ended = ended, nil
	}
	for _, c := range slices.Concat(own, running, ended) {
		list = append(list, *c)
	}
	return list, folded
}

// count is how many rows there are.
func (s *Screen) count() int {
	list, folded := s.rows()
	return len(list) + min(len(folded), 1)
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case News:
		cmd := s.take(msg)
		if s.Pod != nil && !s.placed {
			s.placed = true
			list, _ := s.rows()
			s.cursor.At = max(slices.IndexFunc(list, func(c kube.Container) bool { return c.Name == detail.Focus(s.Pod, s.Now()) }), 0)
		}
		return cmd
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return s.why.Update(msg)
}

// View draws the screen.
func (s *Screen) View(width, height int) string {
	st := &s.Styles
	var out []string
	if p := s.State(); p != nil {
		out = append(out, strings.Split(kit.ProblemText(st, s.Advised(s, p), width), "\n")...)
		if s.Pod == nil {
			return kit.Box(strings.Join(out, "\n"), width, height)
		}
		out = append(out, "")
	}
	if s.Pod == nil {
		return kit.Box("\n  "+st.Muted.Render("Reading the pod…"), width, height)
	}
	out = append(out, s.about(width)...)
	g := kit.Table{Columns: []kit.Column{
		{}, {Title: "CONTAINER", Flex: true}, {Title: "KIND"}, {Title: "STATE"}, {Title: "SINCE", Drop: 1},
		{Title: "RESTARTS", Drop: 2}, {Title: "IMAGE", Drop: 3},
	}}
	list, folded := s.rows()
	line := func(i int) []kit.Cell { return s.cells(&list[i]) }
	g.Measure(len(list), line)
	widths := g.Widths(width - 1)
	out = append(out, " "+g.Header(widths, st.Muted))
	const below = 8 // lines on what is wrong are worth more than the rest of many containers
	room := max(height-len(out), 1)
	s.first, s.page = len(out), max(min(s.count(), max(room-below, room/2)), 1)
	from, to := s.cursor.Window(s.count(), s.page)
	for i := from; i < to; i++ {
		lead, over := st.Row(i == s.cursor.At)
		if i == len(list) {
			words := st.Muted.Over(over).Render(kit.Fit("· ↵ lists "+endedWords(folded, s.Now()), max(width-2, 1)))
			out = append(out, kit.PadStyled(lead+words, width, over))
			continue
		}
		out = append(out, kit.PadStyled(lead+g.Line(line(i), widths, over, st.Accent), width, over))
	}
	if facts := s.below(width-4, height-len(out)-1); len(facts) > 0 {
		out = append(out, "", kit.Indent(kit.Join(facts), 2))
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// below says what there is to say of the chosen container, and then of the pod.
func (s *Screen) below(width, height int) []string {
	st := &s.Styles
	chosen := document.Part{Least: 2}
	said := s.said(width)
	if c, ok := s.chosen(); ok {
		for _, words := range []string{lastEnd(&c, s.Now()), newWords(c.Message, said)} {
			if words != "" {
				chosen.Lines = append(chosen.Lines, kit.Lines(kit.Clip(words, width, 3, st.Muted))...)
			}
		}
	}
	return document.Share(append([]document.Part{chosen}, s.why.parts(s.Pod, said, width)...), height, st.Muted)
}

// said is what the headline has told of the pod, as far as it is on the screen.
func (s *Screen) said(width int) string {
	why := detail.Diagnose(s.Pod, s.why.Events(), s.Now())
	if !why.Severity.Sick() || s.Gone {
		return ""
	}
	return shownText(why.Text, width-2, aboutLines) // below is given four cells less than about
}

// aboutLines is how many lines the headline over the containers has at most.
const aboutLines = 4

// about is a line on the pod, and why it cannot be debugged if it cannot.
func (s *Screen) about(width int) []string {
	st := &s.Styles
	p := s.Pod
	facts := []string{p.Phase, "age " + kit.Age(s.Now(), p.Created)}
	if p.Node != "" {
		facts = append(facts, "node "+p.Node)
	}
	if p.IP != "" {
		facts = append(facts, "IP "+p.IP)
	}
	out := []string{"  " + st.Muted.Render(strings.Join(facts, " · "))}
	if why := detail.Diagnose(p, s.why.Events(), s.Now()); why.Severity.Sick() && !s.Gone {
		symbol, style := st.Severity(why.Severity)
		out = append(out, kit.Indent(style.Render(symbol)+" "+kit.Hang(kit.Clip(why.Text, width-6, aboutLines, st.Text), 2), 2))
	}
	if words := s.quarantined(); words != "" && !s.Gone {
		out = append(out, kit.Indent(st.Warn.Render("! ")+kit.Hang(kit.WrapStyled(words, width-6, st.Text), 2), 2))
	}
	if p.Refusal != nil && !s.Gone {
		out = append(out, kit.Indent(st.Warn.Render("! ")+kit.Hang(kit.WrapStyled(p.Refusal.Message, width-6, st.Text), 2), 2))
	}
	return append(out, "")
}

func (s *Screen) cells(c *kube.Container) []kit.Cell {
	st := &s.Styles
	symbol, style := container(st, c)
	name := c.Name
	if c.Looks != "" {
		name += " → " + c.Looks
	}
	return []kit.Cell{
		{Text: symbol, Style: style},
		{Text: name, Style: st.Text},
		{Text: c.Kind.String(), Style: st.Muted},
		{Text: c.State, Style: style},
		{Text: kit.Age(s.Now(), c.Since), Style: st.Text},
		{Text: fmt.Sprint(c.Restarts), Style: st.Text},
		{Text: c.Image, Style: st.Muted},
	}
}

// CopyName is the container under the cursor.
func (s *Screen) CopyName() string {
	c, _ := s.chosen()
	return c.Name
}

// CopyCommand attaches where that can be done, and reads the log elsewhere: of a container that does not run, the log that it left.
func (s *Screen) CopyCommand() string {
	c, ok := s.chosen()
	switch {
	case !ok:
		return ""
	case attachable(c) && debug.Holds(c.Starts):
		return kube.KubectlExec(s.Cluster.Context, s.target(c), debug.Shell(c.Starts))
	case attachable(c):
		return KubectlAttach(s.Cluster, s.target(c))
	}
	words := []string{"logs", s.Key.Name, "--container=" + c.Name}
	if c.Restarts > 0 && !c.Running {
		words = append(words, "--previous")
	}
	return kube.Kubectl(s.Cluster.Context, s.Key.Namespace, words...)
}

// KubectlAttach attaches to a container.
func KubectlAttach(cluster *kube.Cluster, t kube.Target) string {
	return kube.Kubectl(cluster.Context, t.Namespace, "attach", "-it", t.Pod, "--container="+t.Container)
}

// Click opens the container that has the cursor already.
func (s *Screen) Click(_, y int) tea.Cmd {
	if s.Pod == nil {
		return nil
	}
	if _, again := s.cursor.Click(y-s.first, s.count(), s.page); again {
		return s.press(kit.PressOf(s.Bindings.Open))
	}
	return nil
}
