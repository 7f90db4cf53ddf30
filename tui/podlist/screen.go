// Package podlist shows the pods of a namespace, or of all, as they change: the sickest first, filtered and ordered as a person wants.
package podlist

import (
	"context"
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// Screen is the live list of pods of a namespace, or of all.
type Screen struct {
	*kit.Kit
	keys        kit.KeyMap
	memory      Memory
	ctx         context.Context //nolint:containedctx // of the screen's life: commands run in it
	cluster     *kube.Cluster
	namespace   string         // empty: all
	node        string         // whose pods are shown; empty: of any
	query       lists.PodQuery // what is watched
	wanted      string         // a name that may be of a pod, until the list is whole
	updates     <-chan lists.PodsUpdate
	nodes       nodeWatch
	quarantined quarantineWatch
	asked       time.Time // when they began
	stop        context.CancelFunc
	heard       time.Time      // when news was taken last, by the real clock
	again       []lists.PodRow // of a list that is read once more, until it is whole
	reading     bool           // there is one

	list    podList
	listed  bool // rows are in
	partial bool // but not all
	checked bool // an empty namespace has been asked for
	unknown *kube.Problem
	trouble *kube.Problem
	since   time.Time // of trouble
	moved   bool      // a person has moved the cursor: it stays on its pod. Before, it is on the first
	chosen  kube.PodKey
	cursor  kit.Cursor
	marks   kit.Marks[kube.PodKey]
	filter  kit.Filter
	wrong   *lineError // of the filter's line; nil: nothing
	why     *pod.Why
	wide    bool // the pane is on the screen
	right   int  // where the list ends
	page    int
}

// Options is what a list of pods is made of.
type Options struct {
	Cluster   *kube.Cluster
	Namespace string // empty: all
	Node      string // whose pods are shown, of all namespaces; empty: of any
	Filter    string // that it is looked at through; empty: none
	Memory    Memory
}

// Memory knows how the list of a context was looked at last.
type Memory interface {
	View(context string) View
	KeepView(context string, v View)
}

// watch begins to read the pods that the filter asks the API server for.
func (s *Screen) watch(cluster *kube.Cluster) {
	if s.stop != nil {
		s.stop()
	}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.ctx)
	s.query = s.queryOf(s.list.filter)
	s.cluster, s.updates, s.checked, s.unknown = cluster, lists.WatchPods(ctx, cluster, s.query), false, nil
	s.again, s.reading, s.asked = nil, false, s.Now()
}

// queryOf is what the API server is asked for through a filter.
func (s *Screen) queryOf(f podFilter) lists.PodQuery {
	q := f.query(s.namespace)
	q.Node = s.node
	return q
}

// How often a screen of pods is drawn anew at most, when very much changes.
const podsPace = 200 * time.Millisecond

// Close ends what is read.
func (s *Screen) Close() {
	s.stop()
	s.nodes.Close()
	s.quarantined.Close()
	s.why.Close()
}

// Hint is for newcomers.
func (s *Screen) Hint() string {
	return "Practice: containers are processes on this machine. ↵ opens a pod"
}

// Typing reports whether letters are text.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Place is which lines are on the screen.
func (s *Screen) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *Screen) Title() string {
	switch {
	case s.node != "":
		return "nodes › " + s.node + " › pods"
	case s.namespace == "":
		return "all namespaces › pods"
	}
	return s.namespace + " › pods"
}

// narrowed reports whether pods are left out.
func (s *Screen) narrowed() bool { return s.filter.Text() != "" || s.list.onlySick }

// HoldsBack reports whether esc shows all pods, or takes their marks, before it leaves them.
func (s *Screen) HoldsBack() bool {
	return s.node != "" && (s.narrowed() || s.marks.Len() > 0 || s.marks.Ranging())
}

// Summary is the right of the header.
func (s *Screen) Summary() string {
	if !s.listed {
		return ""
	}
	words := kit.Count(len(s.list.all), "pod")
	switch {
	case s.partial && s.trouble != nil:
		words += ", not all"
	case s.partial:
		words += " so far"
	}
	if s.list.sick > 0 {
		words += fmt.Sprintf(" · %d sick", s.list.sick)
	}
	if n := s.list.inQuarantine(); n > 0 {
		words += fmt.Sprintf(" · %d in quarantine", n)
	}
	words += s.marks.Words(s.hiddenMarks())
	if s.trouble != nil {
		words += " · stale for " + kit.Age(s.Now(), s.since)
	}
	return words
}

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	elsewhere := []key.Binding{k.Namespace, k.Context}
	if s.namespace != "" {
		elsewhere = append(elsewhere, k.AllNamespaces)
	}
	narrowed := s.narrowed()
	keys := append([]key.Binding{k.Open, k.Debug, k.Enter, k.Logs, k.Filter, k.OnlySick, k.Inspect, k.Sort}, elsewhere...)
	switch {
	case s.list.len() == 0 && narrowed:
		keys = append([]key.Binding{k.FilterClear, k.Filter}, elsewhere...)
	case s.list.len() == 0:
		keys = elsewhere
	case narrowed:
		keys = slices.Insert(keys, 1, k.FilterClear) // far in front: a filter may be a surprise
	}
	if s.list.len() > 0 {
		keys = append(append(append(keys, k.Files), k.MarkKeys()...), k.Quarantine, k.Evict, k.Capture, k.Compare, k.Report)
	}
	if s.marks.Len() > 0 || s.marks.Ranging() {
		keys = s.marks.Keys(k, keys, s.narrowed(), "in")
	}
	if s.trouble != nil {
		keys = append([]key.Binding{k.Retry}, keys...)
	}
	if s.node != "" && !s.HoldsBack() {
		keys = append(keys, k.Back)
	}
	return keys
}

// namespaceMsg reports whether the namespace of a screen exists.
type namespaceMsg struct {
	screen *Screen
	err    error
}

// check asks whether a namespace without pods exists at all.
func (s *Screen) check() tea.Cmd {
	if s.checked || !s.listed || s.namespace == "" || len(s.list.all) > 0 {
		return nil
	}
	s.checked = true
	return func() tea.Msg { return namespaceMsg{s, s.cluster.CheckNamespace(s.ctx, s.namespace)} }
}

// Reading reports whether no pods have come yet.
func (s *Screen) Reading() bool { return !s.listed && s.trouble == nil && !s.Typing() }

// Needs reports whether a key is about a pod of the list.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return key.Matches(msg, append(append(k.Moves(), k.MarkKeys()...), k.Open, k.Debug, k.Enter, k.Logs, k.Files, k.Inspect, k.Compare, k.Report, k.Quarantine, k.Evict, k.Capture)...)
}

// open shows the containers of the chosen pod, or goes on to the tools for its default container, or to what is to run in the pods that are marked.
func (s *Screen) open(debug bool) tea.Cmd {
	if debug {
		s.marks.EndRange(s.cursor.At, s.list.len(), s.keyOf)
	}
	switch {
	case debug && s.marks.Len() > 0:
		return s.Ask(kit.OpenMany{Cluster: s.cluster, Pods: s.list.marked(&s.marks)})
	case debug:
		return s.Ask(kit.OpenTools{Cluster: s.cluster, Pod: s.chosen})
	}
	return s.Ask(kit.OpenPod{Cluster: s.cluster, Pod: s.chosen})
}

// capture goes on to the packets of the chosen pod, or of those that are marked.
func (s *Screen) capture() tea.Cmd {
	s.marks.EndRange(s.cursor.At, s.list.len(), s.keyOf)
	pods := []kube.PodKey{s.chosen}
	if s.marks.Len() > 0 {
		pods = s.list.marked(&s.marks)
	}
	return s.Ask(kit.OpenCapture{Cluster: s.cluster, Pods: pods})
}

// View is how the list of pods is looked at.
type View struct {
	Order    string `json:"order,omitempty"`    // see order; empty: by need
	OnlySick bool   `json:"onlySick,omitempty"` // healthy and finished pods are left out
}
