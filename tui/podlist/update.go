package podlist

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// New shows a namespace as it was looked at last, or through a filter that is given.
func New(ctx context.Context, k *kit.Kit, o Options) *Screen {
	s := &Screen{
		Kit: k, keys: k.Bindings, memory: o.Memory, ctx: ctx, cluster: o.Cluster, namespace: o.Namespace, node: o.Node, filter: kit.NewFilter("/ "), why: pod.NewWhy(ctx, k),
	}
	s.recall(o.Filter)
	s.watch(o.Cluster) //nolint:contextcheck // the screen has it
	return s
}

// Init begins to read.
func (s *Screen) Init() tea.Cmd {
	source, pace := s.updates, podsPace
	if !s.listed || s.partial {
		pace = 0
	}
	return kit.ListenPaced(source, s.heard.Add(pace), func(b kit.Batch[lists.PodsUpdate]) tea.Msg { return newsMsg{source, b} })
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	return tea.Batch(s.update(msg), s.why.Update(msg), s.explain())
}

// explain has the pane follow the cursor, where there is a pane.
func (s *Screen) explain() tea.Cmd {
	if !s.wide || s.list.len() == 0 {
		s.why.Leave()
		return nil
	}
	e := s.list.row(s.cursor.At)
	return s.why.Follow(s.cluster, e.PodKey, fmt.Sprint(e.Status, e.Ready, e.Restarts))
}

func (s *Screen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case newsMsg:
		if msg.source != s.updates {
			return nil
		}
		s.heard = time.Now()
		s.take(msg.news.Items)
		if msg.news.Ended {
			return nil
		}
		return tea.Batch(s.Init(), s.check(), s.watchNodes(), s.watchQuarantined())
	case quarantineMsg:
		cmd := s.takeQuarantined(msg)
		s.stay(func() { s.list.isolate(s.quarantined.pods) })
		return cmd
	case lostNodesMsg:
		return s.takeNodes(msg)
	case kit.Tick:
		before, at := s.list.shown, s.cursor.At
		if s.list.rejudge(s.Now()) {
			s.follow(before, at)
		}
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

// Reconnect asks App to read the kubeconfig again, which may have new credentials, and to restart the list.
type Reconnect struct{ Screen *Screen }

// Restart lists anew. What is on the screen stays until there is something newer.
func (s *Screen) Restart(cluster *kube.Cluster) tea.Cmd {
	s.nodes.Close()
	s.quarantined.Close()
	s.list.isolate(nil)
	s.watch(cluster)
	return s.Init()
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	if s.cursor.Move(k, msg, s.list.len(), s.page) {
		s.moved = true
		s.choose()
		return nil
	}
	if s.marks.Press(k, msg, &s.cursor, s.list.len(), s.keyOf) {
		s.moved = true
		s.choose()
		return nil
	}
	switch {
	case key.Matches(msg, k.Filter):
		return s.filter.Start()
	case key.Matches(msg, k.Sort):
		s.list.sort = (s.list.sort + 1) % orders
		s.stay(s.list.arrange)
		s.remember()
	case key.Matches(msg, k.OnlySick):
		s.list.onlySick = !s.list.onlySick
		s.stay(s.list.refilter)
		s.remember()
	case key.Matches(msg, k.Back) && (s.marks.Ranging() || !s.narrowed()):
		return s.Flash(s.marks.ClearWords())
	case key.Matches(msg, k.Back):
		s.filter.Clear()
		s.list.onlySick = false
		return s.filtered()
	case key.Matches(msg, k.AllNamespaces) && s.namespace != "":
		return s.Ask(kit.OpenPods{Cluster: s.cluster, Namespace: ""})
	case key.Matches(msg, k.Retry):
		return s.Ask(Reconnect{s})
	case s.list.len() == 0 && s.Needs(msg):
		return s.Flash("no pod is selected")
	case key.Matches(msg, k.Open):
		return s.open(false)
	case key.Matches(msg, k.Debug):
		return s.open(true)
	case key.Matches(msg, k.Logs):
		return s.Ask(kit.OpenLogs{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Enter):
		return s.Ask(kit.EnterContainer{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Files):
		return s.Ask(kit.OpenFiles{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Inspect):
		return s.Ask(kit.Inspect{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Compare):
		return s.Ask(kit.Compare{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Report):
		return s.Ask(kit.OpenReport{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Capture):
		return s.capture()
	case key.Matches(msg, k.Quarantine):
		return s.Ask(kit.Quarantine{Cluster: s.cluster, Pod: s.chosen})
	case key.Matches(msg, k.Evict):
		return s.Ask(kit.Evict{Cluster: s.cluster, Pod: s.chosen})
	}
	return nil
}

// takeNodes judges the pods of nodes that are lost now, or not any more; the cursor stays on its pod.
func (s *Screen) takeNodes(msg lostNodesMsg) tea.Cmd {
	if msg.source != s.nodes.source {
		return nil
	}
	if items := msg.news.Items; len(items) > 0 {
		before, at := s.list.shown, s.cursor.At
		if s.list.lose(items[len(items)-1], s.Now()) {
			s.follow(before, at)
		}
	}
	if msg.news.Ended {
		return nil
	}
	return s.nodes.listen()
}

// watchNodes begins to ask which nodes are lost, once the list of pods is whole: nothing waits for that.
func (s *Screen) watchNodes() tea.Cmd {
	if s.nodes.source != nil || !s.listed || s.partial {
		return nil
	}
	var ctx context.Context
	ctx, s.nodes.stop = context.WithCancel(s.ctx)
	s.nodes.source = lists.WatchLostNodes(ctx, s.cluster)
	return s.nodes.listen()
}
