package tui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// podsScreen is the live list of pods of a namespace, or of all.
type podsScreen struct {
	*kit
	ctx       context.Context //nolint:containedctx // of the screen's life: commands run in it
	cluster   *kube.Cluster
	namespace string // empty: all
	updates   <-chan kube.PodsUpdate
	stop      context.CancelFunc

	list    podList
	listed  bool // the first list is in
	checked bool // an empty namespace has been asked for
	unknown *kube.Problem
	trouble *kube.Problem
	since   time.Time // of trouble
	chosen  kube.PodKey
	cursor  cursor
	filter  filter
	grid    grid
	page    int
}

// podsMsg is a batch of news for the screen that listens on source.
type podsMsg struct {
	source <-chan kube.PodsUpdate
	news   batch[kube.PodsUpdate]
}

func newPodsScreen(ctx context.Context, k *kit, cluster *kube.Cluster, namespace string) *podsScreen {
	watching, stop := context.WithCancel(ctx)
	return &podsScreen{
		kit: k, ctx: ctx, cluster: cluster, namespace: namespace, stop: stop, filter: newFilter("/ "),
		updates: cluster.WatchPods(watching, namespace),
	}
}

func (s *podsScreen) Init() tea.Cmd {
	source := s.updates
	return listen(source, func(b batch[kube.PodsUpdate]) tea.Msg { return podsMsg{source, b} })
}

func (s *podsScreen) Close() { s.stop() }

func (s *podsScreen) Typing() bool { return s.filter.Typing() }

func (s *podsScreen) Title() string {
	if s.namespace == "" {
		return "all namespaces › pods"
	}
	return s.namespace + " › pods"
}

// Summary is the right of the header.
func (s *podsScreen) Summary() string {
	if !s.listed {
		return ""
	}
	words := count(len(s.list.all), "pod")
	if s.list.sick > 0 {
		words += fmt.Sprintf(" · %d sick", s.list.sick)
	}
	return words
}

func (s *podsScreen) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	elsewhere := []key.Binding{k.Namespace, k.Context, k.AllNamespaces}
	keys := append([]key.Binding{k.Open, k.Debug, k.Filter, k.Sort}, elsewhere...)
	if s.list.len() == 0 {
		keys = elsewhere
	}
	if s.trouble != nil {
		keys = append([]key.Binding{k.Retry}, keys...)
	}
	return keys
}

func (s *podsScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case podsMsg:
		if msg.source != s.updates {
			return nil
		}
		s.take(msg.news.items)
		if msg.news.ended {
			return nil
		}
		return tea.Batch(s.Init(), s.check())
	case namespaceMsg:
		if msg.screen == s && msg.err != nil {
			s.unknown = kube.Explain(msg.err)
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	default:
		if s.Typing() {
			return s.typed(msg)
		}
	}
	return nil
}

// retryMsg asks App to read the kubeconfig again, which may have new credentials, and to restart the list.
type retryMsg struct{ screen *podsScreen }

// restart lists anew. What is on the screen stays until there is something newer.
func (s *podsScreen) restart(cluster *kube.Cluster) tea.Cmd {
	s.stop()
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.ctx)
	s.cluster, s.updates, s.checked, s.unknown = cluster, cluster.WatchPods(ctx, s.namespace), false, nil
	return s.Init()
}

// namespaceMsg tells whether the namespace of a screen exists.
type namespaceMsg struct {
	screen *podsScreen
	err    error
}

// check asks whether a namespace without pods exists at all.
func (s *podsScreen) check() tea.Cmd {
	if s.checked || !s.listed || s.namespace == "" || len(s.list.all) > 0 {
		return nil
	}
	s.checked = true
	return func() tea.Msg { return namespaceMsg{s, s.cluster.CheckNamespace(s.ctx, s.namespace)} }
}

// take applies news; the cursor stays on its pod while rows move.
func (s *podsScreen) take(news []kube.PodsUpdate) {
	for _, u := range news {
		if u.Trouble != nil {
			if s.trouble == nil {
				s.since = s.now()
			}
			s.trouble = kube.Explain(u.Trouble)
			continue
		}
		s.trouble = nil
		s.listed = s.listed || u.Reset
		s.list.apply(u)
	}
	s.arrange()
}

// arrange puts the list in order; the column it is ordered by is marked.
func (s *podsScreen) arrange() {
	s.list.arrange()
	title := func(name string, by order) string {
		if s.list.sort == by {
			return name + " ▾"
		}
		return name
	}
	namespace := ""
	if s.namespace == "" {
		namespace = "NAMESPACE"
	}
	s.grid.columns = []column{
		{}, {title: namespace, drop: 1}, {title: title("NAME", byName), flex: true}, {title: "READY", drop: 2},
		{title: title("STATUS", byNeed)}, {title: title("RESTARTS", byRestarts), drop: 4},
		{title: title("AGE", byAge), drop: 3}, {title: title("NODE", byNode), drop: 5},
	}
	s.grid.measure(len(s.list.rows), func(i int) []cell { return s.cells(&s.list.rows[i], nil) })
	s.follow()
}

// follow puts the cursor where the chosen pod is now.
func (s *podsScreen) follow() {
	if at := s.list.find(s.chosen); at >= 0 {
		s.cursor.at = at
	}
	s.choose()
}

// choose remembers the pod under the cursor.
func (s *podsScreen) choose() {
	s.cursor.clamp(s.list.len())
	if s.list.len() > 0 {
		s.chosen = s.list.row(s.cursor.at).PodKey
	}
}

func (s *podsScreen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.text()
	cmd := s.filter.update(s.keys, msg)
	if text := s.filter.text(); text != before {
		s.list.pattern = text
		s.list.refilter()
		if text == "" {
			s.follow()
		} else {
			s.cursor.at = best(s.list.passed)
			s.choose()
		}
	}
	return cmd
}

func (s *podsScreen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	if s.cursor.move(k, msg, s.list.len(), s.page) {
		s.choose()
		return nil
	}
	switch {
	case key.Matches(msg, k.Filter):
		return s.filter.start()
	case key.Matches(msg, k.Sort):
		s.list.sort = (s.list.sort + 1) % orders
		s.arrange()
	case key.Matches(msg, k.Back):
		s.filter.clear()
		s.list.pattern = ""
		s.list.refilter()
		s.follow()
	case key.Matches(msg, k.AllNamespaces):
		return s.ask(openMsg{s.cluster, ""})
	case key.Matches(msg, k.Retry):
		return s.ask(retryMsg{s})
	case s.list.len() == 0:
	case key.Matches(msg, k.Open):
		return s.open(false)
	case key.Matches(msg, k.Debug):
		return s.open(true)
	}
	return nil
}

// open shows the containers of the chosen pod, or goes on to the tools for its default container.
func (s *podsScreen) open(debug bool) tea.Cmd {
	return s.ask(openPodMsg{s.cluster, s.chosen, debug})
}

// openPodMsg asks App for the screen of a pod.
type openPodMsg struct {
	cluster *kube.Cluster
	pod     kube.PodKey
	debug   bool // and at once for the tools
}
