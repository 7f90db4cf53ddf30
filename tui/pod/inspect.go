package pod

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Inspection is all there is to know of one pod, as it is now: in words, and as YAML.
type Inspection struct {
	*kit.Kit
	keys document.Keys
	explainedPod
	view    document.View
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
	like   string // what is said of its replicas
}

// NewInspection shows all of a pod.
func NewInspection(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, pod kube.PodKey) *Inspection {
	keys := document.NewKeys(k.Bindings)
	return &Inspection{Kit: k, keys: keys, explainedPod: explainPod(ctx, k, cluster, pod), view: document.NewView(keys)}
}

// Title is where one is.
func (s *Inspection) Title() string {
	title := s.Key.Namespace + " › " + s.Key.Name + " › inspect"
	if s.view.YAML {
		title += " › YAML"
	}
	return title
}

// Typing reports whether letters are text.
func (s *Inspection) Typing() bool { return s.view.Typing() }

// Claims the keys that go through what has been found.
func (s *Inspection) Claims(msg tea.KeyPressMsg) bool { return s.view.Claims(msg) }

// Keys are what can be done now.
func (s *Inspection) Keys() []key.Binding {
	if s.Pod == nil && !s.Typing() {
		return []key.Binding{s.keys.Back}
	}
	var own []key.Binding
	if _, ok := s.session(); ok {
		own = append(own, s.keys.Attach)
	}
	if !s.Gone {
		own = append(own, s.keys.Logs, s.keys.Debug)
	}
	keys := s.view.Keys(own...)
	if !s.Gone && !s.Typing() {
		keys = append(keys, s.keys.Compare, s.keys.Report)
	}
	return keys
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
	if news, ok := msg.(News); ok {
		return s.take(news)
	}
	cmd, mine := s.view.Take(msg)
	press, isPress := msg.(tea.KeyPressMsg)
	switch {
	case mine:
		return cmd
	case isPress:
		return s.press(press)
	}
	return tea.Batch(s.why.Update(msg), cmd)
}

func (s *Inspection) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	switch {
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
	case key.Matches(msg, k.Compare):
		return s.Ask(kit.Compare{Cluster: s.Cluster, Pod: s.Key})
	case key.Matches(msg, k.Report):
		return s.Ask(kit.OpenReport{Cluster: s.Cluster, Pod: s.Key})
	case key.Matches(msg, k.Debug):
		return s.Ask(kit.OpenTools{Cluster: s.Cluster, Pod: s.Key, Target: ""})
	}
	return nil
}

// Needs reports whether a key is about the pod.
func (s *Inspection) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return s.view.Needs(msg) || !s.Typing() && key.Matches(msg, k.Attach, k.Logs, k.Debug, k.Compare, k.Report)
}

// hurts is the container whose log is of interest: the one that hurts, or the pod's default.
func (s *Inspection) hurts() string {
	if hurt, ok := detail.Hurts(s.Pod, s.Now()); ok && !hurt.Silent {
		return hurt.Container
	}
	return detail.Focus(s.Pod, s.Now())
}

// Wheel scrolls.
func (s *Inspection) Wheel(lines int) tea.Cmd { return s.view.Wheel(lines) }

// CopyName is the pod.
func (s *Inspection) CopyName() string { return s.Key.Name }

// CopyCommand shows the same with kubectl.
func (s *Inspection) CopyCommand() string {
	if s.view.YAML {
		return kube.Kubectl(s.Cluster.Context, s.Key.Namespace, "get", "pod", s.Key.Name, "--output=yaml")
	}
	return kube.Kubectl(s.Cluster.Context, s.Key.Namespace, "describe", "pod", s.Key.Name)
}
