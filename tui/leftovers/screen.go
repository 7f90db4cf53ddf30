// Package leftovers shows what debugging has left in a cluster, whichever tool has made it, the most dangerous first, and takes away what a person chooses.
package leftovers

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Screen is the list of leftovers.
type Screen struct {
	*kit.Kit
	keys keyMap
	ctx  context.Context //nolint:containedctx // of the screen's life: commands run in it
	with Options
	all  bool // all namespaces are looked through

	search  search
	list    itemList
	listed  bool // something has been found, or is known not to be there
	trouble *kube.Problem
	narrow  string    // why only one namespace is looked through, although nobody chose that; may be empty
	seen    time.Time // when the list was read last

	cursor kit.Cursor
	marks  bool // what comes is marked, once
	moved  bool // a person has moved the cursor: it stays on its item
	chosen id
	filter kit.Filter
	drawn  time.Time
	page   int
	right  int // where the list ends
}

// New looks for leftovers.
func New(ctx context.Context, k *kit.Kit, o Options) *Screen {
	return &Screen{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, with: o, all: !o.OneNamespace || o.Namespace == "", filter: kit.NewFilter("/ "), list: itemList{only: o.Only}, marks: len(o.Marked) > 0}
}

// ListsLeftovers tells App that this is the list of leftovers.
func (s *Screen) ListsLeftovers() {}

// Close ends what is read.
func (s *Screen) Close() { s.search.stop() }

// Init begins to look.
func (s *Screen) Init() tea.Cmd {
	return tea.Batch(s.look(), s.learnMine())
}

// Typing reports whether letters are text.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Place is which lines are on the screen.
func (s *Screen) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *Screen) Title() string {
	if s.all {
		return "leftovers"
	}
	return s.with.Namespace + " › leftovers"
}

// Hint is for newcomers.
func (s *Screen) Hint() string { return "space marks, e removes what is marked" }

// Summary is the right of the header.
func (s *Screen) Summary() string {
	if !s.listed {
		return ""
	}
	words := kit.Count(len(s.list.all), "leftover")
	if s.search.running() && s.search.replaces {
		words = "looking again"
	} else if s.search.running() {
		words += " so far"
	}
	for _, d := range []struct {
		danger inventory.Danger
		word   string
	}{{inventory.NodeRoot, "root on node"}, {inventory.Elevated, "elevated"}} {
		if n := s.list.count(d.danger); n > 0 {
			words += fmt.Sprintf(" · %d %s", n, d.word)
		}
	}
	return words + s.list.marked.Words(0)
}

// narrowed reports whether some are left out.
func (s *Screen) narrowed() bool { return s.filter.Text() != "" || s.list.only }

// HoldsBack reports whether esc shows all, before it leaves them.
func (s *Screen) HoldsBack() bool { return s.narrowed() || s.list.marked.Ranging() }

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	var keys []key.Binding
	if s.trouble != nil {
		keys = append(keys, k.Again)
	}
	if len(s.list.shown) > 0 {
		keys = append(keys, k.CleanUp, k.Mark, k.MarkAll, k.MarkRange, k.Open, k.Inspect)
		if isEntry(s.under()) {
			keys = append(keys, k.Evict)
		}
	}
	if s.narrowed() {
		keys = append(keys, k.FilterClear)
	}
	keys = append(keys, s.mineKey(), k.Filter, k.Sort, s.scopeKey())
	if s.trouble == nil {
		keys = append(keys, k.Again)
	}
	return keys
}

func (s *Screen) mineKey() key.Binding {
	b := s.keys.Mine
	if s.list.only {
		b.SetHelp(b.Help().Key, "everybody's")
	}
	return b
}

func (s *Screen) scopeKey() key.Binding {
	b := s.keys.AllNamespaces
	if s.all {
		b.SetHelp(b.Help().Key, "one namespace")
	}
	return b
}

// Reading reports whether nothing has come yet.
func (s *Screen) Reading() bool { return !s.listed && s.trouble == nil && !s.Typing() }

// Needs reports whether a key is about an item of the list.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return key.Matches(msg, append(k.Moves(), k.CleanUp, k.Mark, k.MarkAll, k.MarkRange, k.Open, k.Inspect, k.Evict)...)
}

// under is the item that the cursor is on; nil: there is none.
func (s *Screen) under() *inventory.Item {
	if len(s.list.shown) == 0 {
		return nil
	}
	return s.list.shown[s.cursor.At]
}

// CopyName is the pod.
func (s *Screen) CopyName() string {
	if item := s.under(); item != nil {
		return item.Target.Pod
	}
	return ""
}

// CopyCommand takes the item away, or shows the pod that it is in.
func (s *Screen) CopyCommand() string {
	item := s.under()
	if item == nil {
		return ""
	}
	context := s.with.Cluster.Context
	if step := cleanup.Of(*item, context); step.Command != "" {
		return step.Command
	}
	return kube.Kubectl(context, item.Target.Namespace, "describe", "pod", item.Target.Pod)
}

// Click puts the cursor on an item, and opens the one that has it.
func (s *Screen) Click(x, y int) tea.Cmd {
	if x >= s.right || s.Typing() {
		return nil
	}
	on, again := s.cursor.Click(y-1, len(s.list.shown), s.page)
	if on {
		s.moved = true
		s.choose()
	}
	if again {
		return s.open()
	}
	return nil
}
