package pod

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Inspection is all there is to know of one pod, as it is now: in words, and as YAML.
type Inspection struct {
	*kit.Kit
	keys inspectKeys
	explainedPod
	search inspectSearch
	yaml   bool

	tops    [2]int // the first line shown, in words and as YAML: each view keeps its place
	page    int
	doc     inspectDoc
	drawnAs inspectState
}

// inspectState is all that a document depends on: as long as it stays the same, so does the document.
type inspectState struct {
	pod    *kube.Pod
	shown  *kube.PodEvent // the first event, and how many there are
	events int
	log    int
	read   [2]bool
	yaml   bool
	gone   bool
	width  int
	second int64
	theme  string
}

// NewInspection shows all of a pod.
func NewInspection(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, pod kube.PodKey) *Inspection {
	return &Inspection{Kit: k, keys: newInspectKeys(k.Bindings), explainedPod: explainPod(ctx, k, cluster, pod), search: newInspectSearch()}
}

// Title is where one is.
func (s *Inspection) Title() string {
	title := s.Key.Namespace + " › " + s.Key.Name + " › inspect"
	if s.yaml {
		title += " › YAML"
	}
	return title
}

// Typing reports whether letters are text.
func (s *Inspection) Typing() bool { return s.search.input.Typing() }

// Claims the keys that go through what has been found.
func (s *Inspection) Claims(msg tea.KeyPressMsg) bool {
	return s.search.on() && key.Matches(msg, s.keys.NextMatch, s.keys.MatchBefore, s.keys.FilterClear)
}

// Keys are what can be done now.
func (s *Inspection) Keys() []key.Binding {
	k := s.keys
	switch {
	case s.Typing():
		return []key.Binding{k.SearchDone, k.FilterClear}
	case s.Pod == nil:
		return []key.Binding{k.Back}
	}
	var keys []key.Binding
	if s.search.on() {
		keys = append(keys, k.NextMatch, k.MatchBefore, k.FilterClear)
	}
	view := k.YAML
	if s.yaml {
		view.SetHelp(view.Help().Key, "words")
	}
	keys = append(keys, view)
	if _, ok := s.session(); ok {
		keys = append(keys, k.Attach)
	}
	if !s.Gone {
		keys = append(keys, k.Logs, k.Debug)
	}
	return append(keys, k.Search, k.Section, k.Back)
}

// session is the debug container that can be attached to.
func (s *Inspection) session() (kube.Container, bool) {
	if s.Pod == nil || s.Gone {
		return kube.Container{}, false
	}
	return newestSession(s.Pod)
}

// Update takes news of the pod, what has been read of it, and keys.
func (s *Inspection) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case News:
		return s.take(msg)
	case tea.KeyPressMsg:
		if s.Typing() {
			return s.typed(msg)
		}
		return s.press(msg)
	case tea.PasteMsg:
		if s.Typing() {
			return s.typed(msg)
		}
		return nil
	}
	return tea.Batch(s.why.Update(msg), s.typedOn(msg))
}

// typedOn lets the line's own clock go on.
func (s *Inspection) typedOn(msg tea.Msg) tea.Cmd {
	if !s.Typing() {
		return nil
	}
	return s.search.input.Update(s.keys.KeyMap, msg)
}

func (s *Inspection) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.search.on() && s.found(msg) || s.scroll(msg) {
		return nil
	}
	switch {
	case key.Matches(msg, k.YAML):
		s.yaml = !s.yaml
		s.search.at = -1
	case key.Matches(msg, k.Search):
		s.search.home = *s.top()
		return s.search.input.Start()
	case s.Pod == nil && s.State() != nil && s.Needs(msg):
		return s.Flash(s.State().Message)
	case s.Pod == nil || s.Gone:
	case key.Matches(msg, k.Attach):
		c, ok := s.session()
		if !ok {
			return s.Flash("there is no debug container with a terminal that runs in this pod")
		}
		return s.Ask(kit.Attach{Cluster: s.Cluster, Target: kube.Target{Namespace: s.Key.Namespace, Pod: s.Key.Name, Container: c.Name}, Container: c})
	case key.Matches(msg, k.Logs):
		return s.Ask(kit.OpenLogs{Cluster: s.Cluster, Pod: s.Key, Container: s.hurts()})
	case key.Matches(msg, k.Debug):
		return s.Ask(kit.OpenTools{Cluster: s.Cluster, Pod: s.Key, Target: ""})
	}
	return nil
}

// Needs reports whether a key is about the pod.
func (s *Inspection) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return !s.Typing() && key.Matches(msg, append(k.Moves(), k.Section, k.Attach, k.Logs, k.Debug)...)
}

// hurts is the container whose log is of interest: the one that hurts, or the pod's default.
func (s *Inspection) hurts() string {
	if hurt, ok := detail.Hurts(s.Pod, s.Now()); ok && !hurt.Silent {
		return hurt.Container
	}
	return detail.Focus(s.Pod, s.Now())
}

// top is the first line shown of the present view.
func (s *Inspection) top() *int {
	if s.yaml {
		return &s.tops[1]
	}
	return &s.tops[0]
}

func (s *Inspection) scroll(msg tea.KeyPressMsg) bool {
	top := s.top()
	if key.Matches(msg, s.keys.Section) {
		s.to(s.doc.after(*top))
		return true
	}
	c := kit.Cursor{At: *top} // of a list that is moved by whole lines
	moved := c.Move(s.keys.KeyMap, msg, max(len(s.doc.lines)-s.page+1, 1), s.page)
	*top = c.At
	return moved
}

// to shows a line first, or as near to the beginning as there are lines to follow.
func (s *Inspection) to(line int) {
	*s.top() = max(min(line, len(s.doc.lines)-s.page), 0)
}

// Wheel scrolls.
func (s *Inspection) Wheel(lines int) tea.Cmd {
	s.to(*s.top() + lines)
	return nil
}

// CopyName is the pod.
func (s *Inspection) CopyName() string { return s.Key.Name }

// CopyCommand shows the same with kubectl.
func (s *Inspection) CopyCommand() string {
	if s.yaml {
		return kube.Kubectl(s.Cluster.Context, s.Key.Namespace, "get", "pod", s.Key.Name, "--output=yaml")
	}
	return kube.Kubectl(s.Cluster.Context, s.Key.Namespace, "describe", "pod", s.Key.Name)
}

// place says which lines are shown.
func (s *Inspection) place() string {
	if len(s.doc.lines) <= s.page {
		return ""
	}
	top := *s.top()
	return fmt.Sprintf("%d-%d of %d", top+1, min(top+s.page, len(s.doc.lines)), len(s.doc.lines))
}
