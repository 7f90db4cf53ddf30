package tui

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// containersScreen shows the containers of one pod: choose the one to look at, or a debug container to attach to.
type containersScreen struct {
	*kit
	podWatch
	cursor cursor
	placed bool // the cursor has been put on the default container
	page   int
}

func newContainersScreen(ctx context.Context, k *kit, cluster *kube.Cluster, pod kube.PodKey) *containersScreen {
	return &containersScreen{kit: k, podWatch: watchPod(ctx, cluster, pod)}
}

func (s *containersScreen) Title() string { return s.key.Namespace + " › " + s.key.Name }

func (s *containersScreen) Keys() []key.Binding {
	if s.pod == nil || s.gone {
		return []key.Binding{s.keys.Back}
	}
	switch c, ok := s.chosen(); {
	case ok && attachable(c):
		return []key.Binding{s.keys.Attach, s.keys.Back}
	case ok && c.Kind == kube.DebugContainer:
		return []key.Binding{s.keys.Back}
	}
	return []key.Binding{s.keys.Debug, s.keys.Back}
}

// attachable are debug containers with a terminal that run.
func attachable(c kube.Container) bool {
	return c.Kind == kube.DebugContainer && c.Running && c.TTY
}

func (s *containersScreen) chosen() (kube.Container, bool) {
	if s.pod == nil || len(s.pod.Containers) == 0 {
		return kube.Container{}, false
	}
	s.cursor.clamp(len(s.pod.Containers))
	return s.pod.Containers[s.cursor.at], true
}

func (s *containersScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case podNewsMsg:
		cmd, _ := s.take(msg)
		if s.pod != nil && !s.placed {
			s.placed = true
			for i, c := range s.pod.Containers {
				if c.Name == s.pod.Default {
					s.cursor.at = i
				}
			}
		}
		return cmd
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

func (s *containersScreen) press(msg tea.KeyPressMsg) tea.Cmd {
	c, ok := s.chosen()
	if !ok || s.cursor.move(s.keys, msg, len(s.pod.Containers), s.page) {
		return nil
	}
	switch {
	case attachable(c) && key.Matches(msg, s.keys.Attach, s.keys.Open):
		target := kube.Target{Namespace: s.key.Namespace, Pod: s.key.Name, Container: c.Name}
		return s.ask(attachMsg{cluster: s.cluster, target: target, tty: c.TTY, again: true})
	case key.Matches(msg, s.keys.Attach):
		return s.flash(c.Name + " cannot be attached to: only a running debug container with a terminal can")
	case key.Matches(msg, s.keys.Debug, s.keys.Open):
		if c.Kind == kube.DebugContainer {
			return s.flash(c.Name + " is a debug container (" + c.State + "): choose one of the app's containers to debug")
		}
		return s.ask(openToolsMsg{s.cluster, s.key, c.Name})
	}
	return nil
}

// openToolsMsg asks App for the choice of a tool.
type openToolsMsg struct {
	cluster *kube.Cluster
	pod     kube.PodKey
	target  string // container; empty: the pod's default
}

func (s *containersScreen) View(width, height int) string {
	st := &s.styles
	var out []string
	if p := s.state(); p != nil {
		out = append(out, strings.Split(problemText(st, p, width), "\n")...)
		if s.pod == nil {
			return box(strings.Join(out, "\n"), width, height)
		}
		out = append(out, "")
	}
	if s.pod == nil {
		return box("\n  "+st.muted.Render("Reading the pod…"), width, height)
	}
	out = append(out, s.about(width)...)
	g := grid{columns: []column{
		{}, {title: "CONTAINER", flex: true}, {title: "KIND"}, {title: "STATE"}, {title: "SINCE", drop: 1},
		{title: "RESTARTS", drop: 2}, {title: "IMAGE", drop: 3},
	}}
	list := s.pod.Containers
	line := func(i int) []cell { return s.cells(&list[i]) }
	g.measure(len(list), line)
	widths := g.widths(width - 1)
	out = append(out, " "+g.header(widths, st.muted))
	s.page = max(height-len(out)-3, 1)
	from, to := s.cursor.window(len(list), s.page)
	for i := from; i < to; i++ {
		lead, over := st.row(i == s.cursor.at)
		out = append(out, padStyled(lead+g.line(line(i), widths, over, st.accent), width, over))
	}
	if c, ok := s.chosen(); ok {
		for _, words := range []string{s.lastEnd(c), c.Message} {
			if words != "" {
				out = append(out, "", indent(wrapStyled(words, width-4, st.muted), 2))
			}
		}
	}
	return box(strings.Join(out, "\n"), width, height)
}

// lastEnd says how the instance before the present one ended: of a container that restarts, why it does.
func (s *containersScreen) lastEnd(c kube.Container) string {
	if c.Exit == nil || strings.HasPrefix(c.State, "ended") {
		return ""
	}
	words := fmt.Sprintf("last ended %s ago with exit %d: %s", age(s.now(), c.Exit.Finished), c.Exit.Code, c.Exit.Words())
	if c.Exit.Message != "" {
		words += ": " + c.Exit.Message
	}
	return words
}

// about is a line on the pod, and why it cannot be debugged if it cannot.
func (s *containersScreen) about(width int) []string {
	st := &s.styles
	p := s.pod
	facts := []string{p.Phase, "age " + age(s.now(), p.Created)}
	if p.Node != "" {
		facts = append(facts, "node "+p.Node)
	}
	if p.IP != "" {
		facts = append(facts, "IP "+p.IP)
	}
	out := []string{"  " + st.muted.Render(strings.Join(facts, " · "))}
	if p.Refusal != nil && !s.gone {
		out = append(out, indent(st.warn.Render("! ")+strings.ReplaceAll(wrapStyled(p.Refusal.What, width-6, st.text), "\n", "\n  "), 2))
	}
	return append(out, "")
}

func (s *containersScreen) cells(c *kube.Container) []cell {
	st := &s.styles
	symbol, style := "…", st.warn
	switch {
	case c.Running && (c.Ready || c.Kind == kube.DebugContainer || c.Kind == kube.Sidecar):
		symbol, style = "●", st.good
	case c.Running:
		symbol = "!"
	case c.Exit != nil && c.Exit.Code == 0 && !strings.HasPrefix(c.State, "waiting"):
		symbol, style = "✓", st.muted
	case c.Exit != nil, strings.HasPrefix(c.State, "waiting: ") && !strings.HasSuffix(c.State, "ing") && !strings.HasSuffix(c.State, "Creating"):
		symbol, style = "✗", st.bad
	}
	name := c.Name
	if c.Looks != "" {
		name += " → " + c.Looks
	}
	return []cell{
		{text: symbol, style: style},
		{text: name, style: st.text},
		{text: c.Kind.String(), style: st.muted},
		{text: c.State, style: style},
		{text: age(s.now(), c.Since), style: st.text},
		{text: fmt.Sprint(c.Restarts), style: st.text},
		{text: c.Image, style: st.muted},
	}
}
