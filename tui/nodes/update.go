package nodes

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// newsMsg is a batch of news for the screen that listens on source.
type newsMsg struct {
	source <-chan nodes.Update
	news   kit.Batch[nodes.Update]
}

// podsMsg is how many pods nodes have, for the screen that listens on source.
type podsMsg struct {
	source <-chan map[string]int
	news   kit.Batch[map[string]int]
}

// serverMsg is the version of the API server of a screen's cluster.
type serverMsg struct {
	cluster *kube.Cluster
	version nodes.Version
}

// Reconnect asks App to read the kubeconfig again, which may have new credentials, and to restart the list.
type Reconnect struct{ Screen *Screen }

// How often the screen is drawn anew at most, when very much changes, and how often nodes are judged again.
const (
	nodesPace = 200 * time.Millisecond
	judgePace = 5 * time.Second
)

// Init begins to read.
func (s *Screen) Init() tea.Cmd { return s.listen() }

func (s *Screen) listen() tea.Cmd {
	source, pace := s.updates, nodesPace
	if !s.listed || s.partial {
		pace = 0
	}
	return kit.ListenPaced(source, s.heard.Add(pace), func(b kit.Batch[nodes.Update]) tea.Msg { return newsMsg{source, b} })
}

// Restart lists anew. What is on the screen stays until there is something newer.
func (s *Screen) Restart(cluster *kube.Cluster) tea.Cmd {
	s.watch(cluster)
	return s.Init()
}

// Brings is the message by which news comes to this screen.
func (s *Screen) Brings(news ...nodes.Update) tea.Msg {
	return newsMsg{s.updates, kit.Batch[nodes.Update]{Items: news}}
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	return tea.Batch(s.update(msg), s.reading.update(msg), s.explain())
}

// explain has the pane follow the cursor, where there is a pane.
func (s *Screen) explain() tea.Cmd {
	if !s.wide || s.list.len() == 0 {
		if s.reading.name != "" {
			s.reading.leave()
		}
		return nil
	}
	return s.reading.follow(s.cluster, s.chosen, restTime)
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
		return tea.Batch(s.listen(), s.more())
	case podsMsg:
		return s.takePods(msg)
	case serverMsg:
		if msg.cluster == s.cluster {
			s.stay(func() { s.list.know(msg.version, s.Now()) })
		}
	case kit.Tick:
		if s.Now().Sub(s.list.judged) >= judgePace {
			s.stay(func() { s.list.rejudge(s.Now()) })
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

// more reads what nothing waits for, once the names are in: the version of the server, and how many pods nodes have.
func (s *Screen) more() tea.Cmd {
	if s.pods != nil || !s.listed || s.partial {
		return nil
	}
	ctx, stop := context.WithCancel(s.ctx)
	before := s.stop
	s.stop = func() {
		before()
		stop()
	}
	s.pods = nodes.WatchPodCounts(ctx, s.cluster)
	cluster := s.cluster
	return tea.Batch(s.listenPods(), func() tea.Msg {
		health, err := cluster.Ping(ctx)
		if err != nil {
			return nil // App says so itself
		}
		return serverMsg{cluster, nodes.ParseVersion(health.Version)}
	})
}

func (s *Screen) listenPods() tea.Cmd {
	source := s.pods
	return kit.Listen(source, func(b kit.Batch[map[string]int]) tea.Msg { return podsMsg{source, b} })
}

func (s *Screen) takePods(msg podsMsg) tea.Cmd {
	if msg.source != s.pods {
		return nil
	}
	if items := msg.news.Items; len(items) > 0 {
		s.list.pods = items[len(items)-1]
		s.stay(s.list.gather)
	}
	if msg.news.Ended {
		return nil
	}
	return s.listenPods()
}

// take applies news; the cursor stays on its node while rows move.
func (s *Screen) take(news []nodes.Update) {
	for _, u := range news {
		if u.Trouble != nil {
			if s.trouble == nil {
				s.since = s.Now()
			}
			s.trouble = kube.Explain(u.Trouble)
			continue
		}
		s.trouble, s.partial = nil, u.More
		s.listed = s.listed || u.Reset
	}
	s.stay(func() { s.list.apply(news, s.Now()) })
	if s.listed && !s.partial {
		s.marks.Keep(func(name string) bool { return s.list.all[name] != nil })
	}
}

// stay keeps the cursor on its node when the list changes. When it has gone, what stood below it has the cursor.
func (s *Screen) stay(change func()) {
	before, at := s.list.shown, s.cursor.At
	change()
	switch {
	case !s.moved:
		s.cursor.At = 0
	case s.list.at(s.chosen) < 0:
		s.chosen = s.list.successor(before, at)
		s.cursor.At = max(s.list.at(s.chosen), 0)
	default:
		s.cursor.At = s.list.at(s.chosen)
	}
	s.choose()
}

// choose remembers the node under the cursor.
func (s *Screen) choose() {
	s.cursor.Clamp(s.list.len())
	s.chosen = ""
	if s.list.len() > 0 {
		s.chosen = s.list.shown[s.cursor.At].Name
	}
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	if s.cursor.Move(k.KeyMap, msg, s.list.len(), s.page) {
		s.moved = true
		s.choose()
		return nil
	}
	if s.marks.Press(k.KeyMap, msg, &s.cursor, s.list.len(), s.nameOf) {
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
	case key.Matches(msg, k.OnlySick):
		s.list.onlySick = !s.list.onlySick
		s.stay(s.list.refilter)
	case key.Matches(msg, k.Back) && (s.marks.Ranging() || !s.narrowed()):
		return s.Flash(s.marks.ClearWords())
	case key.Matches(msg, k.Back):
		s.filter.Clear()
		s.list.onlySick = false
		s.find("")
	case key.Matches(msg, k.Retry):
		return s.Ask(Reconnect{s})
	case s.list.len() == 0 && s.Needs(msg):
		return s.Flash("no node is selected")
	case key.Matches(msg, k.Pods):
		return s.Ask(kit.OpenNodePods{Cluster: s.cluster, Node: s.chosen})
	case key.Matches(msg, k.Debug):
		return s.debug()
	case key.Matches(msg, k.Inspect):
		return s.Ask(kit.InspectNode{Cluster: s.cluster, Node: s.chosen})
	}
	return nil
}

// typed takes a key while the filter's line has the keyboard.
func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.Text()
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	if text := s.filter.Text(); text != before {
		s.find(text)
	}
	return cmd
}

// find narrows the list. Looking for something goes to the first that is found; when nothing is looked for any more, the cursor stays on it.
func (s *Screen) find(text string) {
	s.stay(func() {
		s.list.filter = parseFilter(text)
		s.list.refilter()
	})
	if text != "" {
		s.cursor.At, s.moved = 0, true
		s.choose()
	}
}
