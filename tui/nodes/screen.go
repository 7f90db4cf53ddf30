// Package nodes shows the nodes of a cluster as they change, the sickest first, and all there is to know of one.
package nodes

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Screen is the live list of nodes.
type Screen struct {
	*kit.Kit
	keys    keyMap
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	cluster *kube.Cluster
	updates <-chan nodes.Update
	pods    <-chan map[string]int
	asked   time.Time // when they began
	stop    context.CancelFunc
	heard   time.Time // when news was taken last, by the real clock

	list    nodeList
	listed  bool // rows are in
	partial bool // but not all
	trouble *kube.Problem
	since   time.Time // of trouble
	moved   bool      // a person has moved the cursor: it stays on its node. Before, it is on the first
	chosen  string
	cursor  kit.Cursor
	marks   kit.Marks[string]
	filter  kit.Filter
	reading reading
	wide    bool // the pane is on the screen
	right   int  // where the list ends
	page    int
}

// New shows the nodes of a cluster.
func New(ctx context.Context, k *kit.Kit, cluster *kube.Cluster) *Screen {
	s := &Screen{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, filter: kit.NewFilter("/ "), reading: newReading(ctx, k)}
	s.watch(cluster) //nolint:contextcheck // the screen has it
	return s
}

// watch begins to read the nodes.
func (s *Screen) watch(cluster *kube.Cluster) {
	if s.stop != nil {
		s.stop()
	}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.ctx)
	s.cluster, s.updates, s.asked, s.pods = cluster, nodes.Watch(ctx, cluster), s.Now(), nil
}

// ListsNodes tells App that this is the list of nodes.
func (s *Screen) ListsNodes() {}

// Close ends what is read.
func (s *Screen) Close() {
	s.stop()
	s.reading.stop()
}

// Hint is for newcomers.
func (s *Screen) Hint() string { return "↵ shows the pods of a node" }

// Typing reports whether letters are text.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Place is which lines are on the screen.
func (s *Screen) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *Screen) Title() string { return "nodes" }

// Summary is the right of the header.
func (s *Screen) Summary() string {
	if !s.listed {
		return ""
	}
	words := kit.Count(len(s.list.all), "node")
	if s.partial {
		words += " so far"
	}
	for _, c := range []struct {
		severity nodes.Severity
		word     string
	}{{nodes.NotReady, "not ready"}, {nodes.Pressured, "under pressure"}, {nodes.Cordoned, "cordoned"}, {nodes.Skewed, "skewed"}} {
		if n := s.list.counts[c.severity]; n > 0 {
			words += fmt.Sprintf(" · %d %s", n, c.word)
		}
	}
	words += s.marks.Words(s.hiddenMarks())
	if s.trouble != nil {
		words += " · stale for " + kit.Age(s.Now(), s.since)
	}
	return words
}

// narrowed reports whether nodes are left out.
func (s *Screen) narrowed() bool { return s.filter.Text() != "" || s.list.onlySick }

// HoldsBack reports whether esc shows all nodes, or takes their marks, before it leaves them.
func (s *Screen) HoldsBack() bool { return s.narrowed() || s.marks.Len() > 0 || s.marks.Ranging() }

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	var keys []key.Binding
	if s.trouble != nil {
		keys = append(keys, k.Retry)
	}
	switch {
	case s.list.len() > 0 && s.narrowed():
		keys = append(keys, k.Pods, k.FilterClear, k.Debug, k.Inspect, k.Filter, k.OnlySick, k.Sort)
	case s.list.len() > 0:
		keys = append(keys, k.Pods, k.Debug, k.Inspect, k.Filter, k.OnlySick, k.Sort)
	case s.narrowed():
		keys = append(keys, k.FilterClear, k.Filter)
	}
	if s.list.len() > 0 {
		keys = append(keys, k.MarkKeys()...)
	}
	if s.marks.Len() > 0 || s.marks.Ranging() {
		keys = s.marks.Keys(k.KeyMap, keys, s.narrowed(), "on")
	}
	return append(keys, k.Namespace, k.Context)
}

// Reading reports whether no nodes have come yet.
func (s *Screen) Reading() bool { return !s.listed && s.trouble == nil && !s.Typing() }

// Needs reports whether a key is about a node of the list.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return key.Matches(msg, append(append(k.Moves(), k.MarkKeys()...), k.Pods, k.Debug, k.Inspect)...)
}

// nameOf is the node of a line.
func (s *Screen) nameOf(line int) string { return s.list.shown[line].Name }

// hiddenMarks is how many of the marked nodes the list does not show.
func (s *Screen) hiddenMarks() int {
	n := s.marks.Len()
	for _, e := range s.list.shown {
		if s.marks.Has(e.Name) {
			n--
		}
	}
	return n
}

// debug offers the tools for the node under the cursor, or what is to run on those that are marked.
func (s *Screen) debug() tea.Cmd {
	s.marks.EndRange(s.cursor.At, s.list.len(), s.nameOf)
	if s.marks.Len() == 0 {
		return s.Ask(kit.OpenNodeTools{Cluster: s.cluster, Node: s.chosen})
	}
	var marked []string
	for _, e := range s.list.rows {
		if s.marks.Has(e.Name) {
			marked = append(marked, e.Name)
		}
	}
	return s.Ask(kit.OpenMany{Cluster: s.cluster, Nodes: marked})
}

// CopyName is the node.
func (s *Screen) CopyName() string { return s.chosen }

// CopyCommand describes the node.
func (s *Screen) CopyCommand() string {
	if s.list.len() == 0 {
		return ""
	}
	return kube.Kubectl(s.cluster.Context, "", "describe", "node", s.chosen)
}

// Click puts the cursor on a node, and opens the one that has it.
func (s *Screen) Click(x, y int) tea.Cmd {
	if x >= s.right || s.Typing() {
		return nil
	}
	on, again := s.cursor.Click(y-1, s.list.len(), s.page)
	if on {
		s.moved = true
		s.choose()
	}
	if again {
		return s.Ask(kit.OpenNodePods{Cluster: s.cluster, Node: s.chosen})
	}
	return s.explain()
}
