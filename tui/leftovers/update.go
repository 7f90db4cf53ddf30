package leftovers

import (
	"errors"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// How often the list is read anew, as long as somebody looks.
const (
	lookAgain = 30 * time.Second
	unseen    = 1500 * time.Millisecond // what is on the screen is drawn every second
)

// mineMsg tells which items of a cluster are the person's.
type mineMsg struct {
	cluster *kube.Cluster
	mine    func(inventory.Item) bool
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case foundMsg:
		return s.take(msg)
	case mineMsg:
		if msg.cluster == s.with.Cluster {
			s.stay(func() {
				s.list.mine = msg.mine
				s.list.arrange()
			})
			s.markAsked()
		}
	case carriedMsg: // the summary may have been left meanwhile
		switch {
		case msg.cluster != s.with.Cluster:
		case msg.news.Ended:
			s.list.unmark(msg.steps) // they have had their effect; others may have been set meanwhile
			return s.HaveEnded()
		default:
			return listenTo(msg.cluster, msg.steps, msg.source)
		}
	case kit.Tick:
		return s.tick()
	case tea.KeyPressMsg:
		return s.press(msg)
	default:
		if s.Typing() {
			return s.typed(msg)
		}
	}
	return nil
}

// look reads the cluster, from the beginning.
func (s *Screen) look() tea.Cmd {
	s.search.stop()
	namespace := s.with.Namespace
	if s.all {
		namespace = ""
	}
	s.search = newSearch(s.ctx, s.with.Cluster, namespace, s.listed, s.Now())
	return s.search.listen()
}

// learnMine finds out which items are the person's.
func (s *Screen) learnMine() tea.Cmd {
	if s.with.Mine == nil {
		return nil
	}
	ctx, with := s.ctx, s.with
	return func() tea.Msg { return mineMsg{with.Cluster, with.Mine(ctx, with.Cluster)} }
}

// take applies news of the search.
func (s *Screen) take(msg foundMsg) tea.Cmd {
	if !s.search.running() || msg.source != s.search.updates {
		return nil
	}
	if trouble := s.search.take(msg.news.Items); trouble != nil {
		if found := s.search.found; len(found) > 0 && !s.search.replaces { // what was found is worth as much as before
			s.listed = true
			s.stay(func() { s.list.replace(slices.Clone(found)) })
		}
		return s.failed(trouble)
	}
	if over := msg.news.Ended; over || !s.search.replaces {
		s.listed = s.listed || over || len(s.search.found) > 0
		s.stay(func() { s.list.replace(slices.Clone(s.search.found)) })
	}
	if msg.news.Ended {
		s.search.stop()
		s.trouble, s.seen = nil, s.Now()
		s.markAsked()
		return nil
	}
	return s.search.listen()
}

// markAsked marks what the person came for and can be taken away, once all is in.
func (s *Screen) markAsked() {
	if !s.marks || s.search.running() {
		return
	}
	s.marks = false
	for _, item := range s.list.shown {
		asked := slices.ContainsFunc(s.with.Marked, func(i inventory.Item) bool { return idOf(&i) == idOf(item) })
		if asked && cleanup.Of(*item, "").Way != cleanup.Nothing {
			s.list.marked.Set(idOf(item))
		}
	}
}

// failed tells why the search has ended before it was through. Who may not look everywhere looks in one namespace.
func (s *Screen) failed(err error) tea.Cmd {
	s.search.stop()
	s.seen = s.Now()
	if s.all && !s.listed && denied(err) && s.with.Namespace != "" {
		s.all = false
		s.narrow = "you may not list the pods of all namespaces"
		return s.look()
	}
	s.trouble = kube.Explain(err)
	return nil
}

// denied reports whether the cluster's authorizer has said no, and not that something else is wrong.
func denied(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if kube.DeniedByRBAC(err.Error()) {
			return true
		}
	}
	return false
}

// HaveEnded looks at what is left, after something was taken away.
func (s *Screen) HaveEnded() tea.Cmd { return s.look() }

// tick looks again when it is time, and somebody looks.
func (s *Screen) tick() tea.Cmd {
	now := s.Now()
	if s.search.running() || s.seen.IsZero() || now.Sub(s.seen) < lookAgain || now.Sub(s.drawn) > unseen {
		return nil
	}
	return s.look()
}

// Brings is the message by which news comes to this screen.
func (s *Screen) Brings(news ...inventory.Update) tea.Msg {
	if !s.search.running() {
		source := make(chan inventory.Update)
		s.search.updates = source
	}
	return foundMsg{s.search.updates, kit.Batch[inventory.Update]{Items: news, Ended: true}}
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	if s.cursor.Move(k.KeyMap, msg, len(s.list.shown), s.page) {
		s.moved = true
		s.choose()
		return nil
	}
	switch {
	case key.Matches(msg, k.Filter):
		return s.filter.Start()
	case key.Matches(msg, k.Sort):
		s.stay(func() {
			s.list.sort = (s.list.sort + 1) % orders
			s.list.arrange()
		})
	case key.Matches(msg, k.Mine):
		return s.onlyMine()
	case key.Matches(msg, k.Back) && s.list.marked.Ranging():
		s.list.marked.Clear()
	case key.Matches(msg, k.Back):
		s.filter.Clear()
		s.stay(func() {
			s.list.only, s.list.filter = false, ""
			s.list.arrange()
		})
	case key.Matches(msg, k.Again):
		return s.look()
	case key.Matches(msg, k.AllNamespaces):
		return s.elsewhere()
	case len(s.list.shown) == 0 && s.Needs(msg):
		return s.Flash("nothing is selected")
	case s.list.marked.Press(k.KeyMap, msg, &s.cursor, len(s.list.shown), s.list.idAt):
		s.moved = true
		s.choose()
	case key.Matches(msg, k.CleanUp):
		return s.cleanUp()
	case key.Matches(msg, k.Open):
		return s.open()
	case key.Matches(msg, k.Evict):
		return s.withPod(func(pod kube.PodKey) tea.Msg { return kit.Evict{Cluster: s.with.Cluster, Pod: pod} })
	case key.Matches(msg, k.Inspect):
		return s.withPod(func(pod kube.PodKey) tea.Msg { return kit.Inspect{Cluster: s.with.Cluster, Pod: pod} })
	}
	return nil
}

// onlyMine shows what the person has made, or everything.
func (s *Screen) onlyMine() tea.Cmd {
	if s.list.mine == nil && !s.list.only {
		return s.Flash("it is not known yet who you are to the cluster")
	}
	s.stay(func() {
		s.list.only = !s.list.only
		s.list.arrange()
	})
	return nil
}

// elsewhere looks in all namespaces, or in one.
func (s *Screen) elsewhere() tea.Cmd {
	if s.all && s.with.Namespace == "" {
		return s.Ask(kit.Flash{Text: "all namespaces are open: choose one (n) first"})
	}
	s.all, s.narrow, s.listed, s.trouble = !s.all, "", false, nil
	s.list.replace(nil)
	s.cursor, s.moved = kit.Cursor{}, false
	return s.look()
}

// cleanUp shows what would be done about what is marked.
func (s *Screen) cleanUp() tea.Cmd {
	s.list.marked.EndRange(s.cursor.At, len(s.list.shown), s.list.idAt)
	items := s.list.chosen(s.cursor.At)
	return s.Ask(kit.Show{Screen: newSummary(s.ctx, s.Kit, s.with, s.Title(), cleanup.Steps(items, s.with.Cluster.Context))})
}

func (s *Screen) open() tea.Cmd {
	return s.withPod(func(pod kube.PodKey) tea.Msg { return kit.OpenPod{Cluster: s.with.Cluster, Pod: pod} })
}

// withPod asks for a screen about the pod that the cursor is on.
func (s *Screen) withPod(request func(kube.PodKey) tea.Msg) tea.Cmd {
	item := s.under()
	if item.Target.Pod == "" || isJob(item) {
		return s.Flash("a Job has no screen of its own: Y copies the command that deletes it")
	}
	return s.Ask(request(kube.PodKey{Namespace: item.Target.Namespace, Name: item.Target.Pod}))
}

// stay keeps the cursor on its item when the list changes.
func (s *Screen) stay(change func()) {
	change()
	switch at := s.list.at(s.chosen); {
	case !s.moved:
		s.cursor.At = 0
	case at >= 0:
		s.cursor.At = at
	}
	s.choose()
}

// choose remembers the item under the cursor.
func (s *Screen) choose() {
	s.cursor.Clamp(len(s.list.shown))
	s.chosen = id{}
	if item := s.under(); item != nil {
		s.chosen = idOf(item)
	}
}

// typed takes a key while the filter's line has the keyboard.
func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.Text()
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	if text := s.filter.Text(); text != before {
		s.stay(func() {
			s.list.filter = text
			s.list.arrange()
		})
		if text != "" {
			s.cursor.At, s.moved = 0, true
			s.choose()
		}
	}
	return cmd
}
