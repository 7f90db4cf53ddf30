// Package logs shows the log of one container of a pod, or of all, and goes on with what is written.
package logs

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// Screen shows the logs of one container of a pod, or of all, and goes on with what is written.
type Screen struct {
	*kit.Kit
	keys keyMap
	pod.Watch
	ctx context.Context //nolint:containedctx // of the screen's life: another choice is read in it

	container string // empty: the pod's default, once the pod is known
	all       bool
	previous  bool
	tail      int64

	feed   feed
	since  time.Time // when the reading began
	of     *kube.Pod // whose log it is; nil: that is not known yet
	ring   ring
	pager  pager
	anchor *kubelogs.Line // to be the first row again, when it comes in another reading
	times  bool
	wrap   bool

	search  search
	entry   kit.Filter
	before  pager  // where one was when the search was begun
	folder  string // to save into; empty: where the program runs
	saved   string // where the lines are now, or why nowhere, until the next key
	unsaved bool   // it is why nowhere
	breaks  logBreaks
	palette map[string]int // which colour a container has
}

// savedMsg says where a log has been saved, or why not.
type savedMsg struct {
	screen *Screen
	words  string
	failed bool
}

// searchMsg goes on with a search that has not looked at all lines yet.
type searchMsg struct {
	screen *Screen
	needle string
}

// New reads what is asked for.
func New(ctx context.Context, k *kit.Kit, msg kit.OpenLogs) *Screen {
	s := &Screen{
		Kit: k, keys: newKeyMap(k.Bindings), Watch: pod.NewWatch(ctx, msg.Cluster, msg.Pod), ctx: ctx,
		container: msg.Container, previous: msg.Previous, tail: logTail, wrap: true, entry: kit.NewFilter("/ "),
		ring: newRing(), pager: pager{follow: true, page: 1}, search: search{at: -1},
	}
	s.pager.rows = func(int) int { return 1 }
	return s
}

// Title is where one is.
func (s *Screen) Title() string {
	title := s.Key.Namespace + " › " + s.Key.Name
	switch {
	case s.all:
		title += " › all containers"
	case s.container != "":
		title += " › " + s.container
	}
	return title + " › logs"
}

// Init reads the pod, and the log at once when it is known whose.
func (s *Screen) Init() tea.Cmd {
	if s.container == "" {
		return s.Watch.Init()
	}
	return tea.Batch(s.Watch.Init(), s.read())
}

// Close ends all that is read.
func (s *Screen) Close() {
	s.feed.close()
	s.Watch.Close()
}

// Helps is the key that does what helps.
func (s *Screen) Helps(h kube.Help) (key.Binding, bool) {
	return s.keys.Previous, h == kube.CurrentLog
}

// Typing reports whether a search is being typed.
func (s *Screen) Typing() bool { return s.entry.Typing() }

// read begins to read what is chosen now, from its end.
func (s *Screen) read() tea.Cmd {
	s.feed.close()
	s.feed = readLogs(s.ctx, s.Cluster, s.request())
	s.since, s.of = s.Now(), s.Pod
	s.ring = newRing()
	s.breaks.clear()
	if s.anchor == nil {
		s.pager.follow = true
	}
	s.pager.top = place{}
	s.pager.first, s.pager.end, s.pager.side = 0, 0, 0
	s.search.begin(s.search.needle, 0, 0)
	return s.feed.listen()
}

func (s *Screen) request() kubelogs.Request {
	names := []string{s.container}
	if s.all && s.Pod != nil {
		names = nil
		for i := range s.Pod.Containers {
			names = append(names, s.Pod.Containers[i].Name)
		}
	}
	s.palette = map[string]int{}
	for i, name := range names {
		s.palette[name] = i
	}
	const least = 100
	return kubelogs.Request{
		Pod: s.Key, Containers: names, Tail: max(s.tail/int64(len(names)), least), Previous: s.previous, Follow: !s.previous,
	}
}

// takeLogs adds what has come. Nothing on the screen moves by it, unless the end is followed.
func (s *Screen) takeLogs(b kit.Batch[kubelogs.News]) tea.Cmd {
	for _, news := range b.Items {
		for i := range news.Lines {
			s.add(news.Lines[i])
		}
	}
	s.pager.first, s.pager.end = s.ring.first, s.ring.end()
	return s.feed.take(b)
}

func (s *Screen) add(line kubelogs.Line) {
	number := s.ring.end()
	s.ring.add(line)
	s.search.added(number, line.Text)
	if a := s.anchor; a != nil && a.Time.Equal(line.Time) && a.Raw == line.Raw && a.Container == line.Container {
		s.anchor = nil
		s.pager.top, s.pager.paused = place{number, 0}, number
	}
}

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	switch {
	case s.Typing():
		return []key.Binding{k.SearchDone, k.FoundUp, k.FoundDown, k.FilterClear}
	case s.search.on():
		return append([]key.Binding{k.OlderMatch, k.NewerMatch, k.Search, k.FilterClear}, s.toggles()...)
	}
	return append([]key.Binding{k.Search}, s.toggles()...)
}

func (s *Screen) toggles() []key.Binding {
	k := s.keys
	if s.lost() {
		return []key.Binding{k.Save, k.Wrap, k.Times, k.Back}
	}
	keys := []key.Binding{k.Follow, k.Previous}
	if s.replaced() {
		keys = []key.Binding{k.Retry}
	}
	if s.Pod != nil && len(s.Pod.Containers) > 1 {
		keys = append(keys, k.AllContainers, k.NextContainer)
	}
	keys = append(keys, k.Wrap, k.Times, k.Save)
	if !s.wrap {
		keys = append(keys, k.ScrollSide)
	}
	if s.feed.ended && !s.replaced() {
		keys = append(keys, k.Retry)
	}
	if s.hasOlder() {
		keys = append(keys, k.Older)
	}
	return append(keys, k.Back)
}

// lost reports whether the lines that are here are all that is left: the pod is gone, and its log with it.
func (s *Screen) lost() bool { return s.Gone && s.ring.n > 0 }

// replaced reports whether the lines are of a pod that is no more, and that another has its name.
func (s *Screen) replaced() bool {
	return !s.Gone && s.of != nil && s.Pod != nil && !s.Pod.Same(s.of)
}

// hasOlder reports whether there may be lines before the first, which have not been asked for.
func (s *Screen) hasOlder() bool {
	return s.tail < logMostLines && s.ring.first == 0 && s.ring.n >= int(s.tail)
}
