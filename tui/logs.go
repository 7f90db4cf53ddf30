package tui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// logsScreen shows the logs of one container of a pod, or of all, and goes on with what is written.
type logsScreen struct {
	*kit.Kit
	keys logsKeys
	podWatch
	ctx context.Context //nolint:containedctx // of the screen's life: another choice is read in it

	container string // empty: the pod's default, once the pod is known
	all       bool
	previous  bool
	tail      int64

	feed   logFeed
	since  time.Time // when the reading began
	of     *kube.Pod // whose log it is; nil: that is not known yet
	ring   logRing
	pager  logPager
	anchor *kube.LogLine // to be the first row again, when it comes in another reading
	times  bool
	wrap   bool

	search  logSearch
	entry   kit.Filter
	before  logPager // where one was when the search was begun
	folder  string   // to save into; empty: where the program runs
	saved   string   // where the lines are now, or why nowhere, until the next key
	unsaved bool     // it is why nowhere
	breaks  logBreaks
	palette map[string]int // which colour a container has
}

// logSavedMsg says where a log has been saved, or why not.
type logSavedMsg struct {
	screen *logsScreen
	words  string
	failed bool
}

// logSearchMsg goes on with a search that has not looked at all lines yet.
type logSearchMsg struct {
	screen *logsScreen
	needle string
}

func newLogsScreen(ctx context.Context, k *kit.Kit, msg kit.OpenLogs) *logsScreen {
	s := &logsScreen{
		Kit: k, keys: newLogsKeys(k.Bindings), podWatch: watchPod(ctx, msg.Cluster, msg.Pod), ctx: ctx,
		container: msg.Container, previous: msg.Previous, tail: logTail, wrap: true, entry: kit.NewFilter("/ "),
		ring: newLogRing(), pager: logPager{follow: true, page: 1}, search: logSearch{at: -1},
	}
	s.pager.rows = func(int) int { return 1 }
	return s
}

func (s *logsScreen) Title() string {
	title := s.key.Namespace + " › " + s.key.Name
	switch {
	case s.all:
		title += " › all containers"
	case s.container != "":
		title += " › " + s.container
	}
	return title + " › logs"
}

// Init reads the pod, and the log at once when it is known whose.
func (s *logsScreen) Init() tea.Cmd {
	if s.container == "" {
		return s.podWatch.Init()
	}
	return tea.Batch(s.podWatch.Init(), s.read())
}

// Close ends all that is read.
func (s *logsScreen) Close() {
	s.feed.close()
	s.podWatch.Close()
}

// Helps is the key that does what helps.
func (s *logsScreen) Helps(h kube.Help) (key.Binding, bool) {
	return s.keys.Previous, h == kube.CurrentLog
}

// Typing tells that a search is being typed.
func (s *logsScreen) Typing() bool { return s.entry.Typing() }

func (s *logsScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case podNewsMsg:
		cmd, _ := s.take(msg)
		if s.of == nil {
			s.of = s.pod
		}
		if s.pod != nil && s.feed.news == nil && !s.feed.ended {
			if s.container == "" {
				s.container = s.pod.Focus(s.Now())
			}
			return tea.Batch(cmd, s.read())
		}
		return cmd
	case logNewsMsg:
		if msg.source == s.feed.news && msg.source != nil {
			return s.takeLogs(msg.news)
		}
	case logSavedMsg:
		if msg.screen == s {
			s.saved, s.unsaved = msg.words, msg.failed
		}
	case logSearchMsg:
		if msg.screen == s && msg.needle == s.search.needle {
			return s.searchOn()
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	case tea.PasteMsg:
		return s.typed(msg)
	}
	return nil
}

// read begins to read what is chosen now, from its end.
func (s *logsScreen) read() tea.Cmd {
	s.feed.close()
	s.feed = readLogs(s.ctx, s.cluster, s.request())
	s.since, s.of = s.Now(), s.pod
	s.ring = newLogRing()
	s.breaks.clear()
	if s.anchor == nil {
		s.pager.follow = true
	}
	s.pager.top = logPlace{}
	s.pager.first, s.pager.end, s.pager.side = 0, 0, 0
	s.search.begin(s.search.needle, 0, 0)
	return s.feed.listen()
}

func (s *logsScreen) request() kube.LogRequest {
	names := []string{s.container}
	if s.all && s.pod != nil {
		names = nil
		for i := range s.pod.Containers {
			names = append(names, s.pod.Containers[i].Name)
		}
	}
	s.palette = map[string]int{}
	for i, name := range names {
		s.palette[name] = i
	}
	const least = 100
	return kube.LogRequest{
		Pod: s.key, Containers: names, Tail: max(s.tail/int64(len(names)), least), Previous: s.previous, Follow: !s.previous,
	}
}

// takeLogs adds what has come. Nothing on the screen moves by it, unless the end is followed.
func (s *logsScreen) takeLogs(b kit.Batch[kube.LogNews]) tea.Cmd {
	for _, news := range b.Items {
		for i := range news.Lines {
			s.add(news.Lines[i])
		}
	}
	s.pager.first, s.pager.end = s.ring.first, s.ring.end()
	return s.feed.take(b)
}

func (s *logsScreen) add(line kube.LogLine) {
	number := s.ring.end()
	s.ring.add(line)
	s.search.added(number, line.Text)
	if a := s.anchor; a != nil && a.Time.Equal(line.Time) && a.Raw == line.Raw && a.Container == line.Container {
		s.anchor = nil
		s.pager.top, s.pager.paused = logPlace{number, 0}, number
	}
}

// Keys are those that do something now.
func (s *logsScreen) Keys() []key.Binding {
	k := s.keys
	switch {
	case s.Typing():
		return []key.Binding{k.SearchDone, k.FoundUp, k.FoundDown, k.FilterClear}
	case s.search.on():
		return append([]key.Binding{k.OlderMatch, k.NewerMatch, k.Search, k.FilterClear}, s.toggles()...)
	}
	return append([]key.Binding{k.Search}, s.toggles()...)
}

func (s *logsScreen) toggles() []key.Binding {
	k := s.keys
	if s.lost() {
		return []key.Binding{k.Save, k.Wrap, k.Times, k.Back}
	}
	keys := []key.Binding{k.Follow, k.Previous}
	if s.replaced() {
		keys = []key.Binding{k.Retry}
	}
	if s.pod != nil && len(s.pod.Containers) > 1 {
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

// lost tells that the lines that are here are all that is left: the pod is gone, and its log with it.
func (s *logsScreen) lost() bool { return s.gone && s.ring.n > 0 }

// replaced tells that the lines are of a pod that is no more, and that another has its name.
func (s *logsScreen) replaced() bool {
	return !s.gone && s.of != nil && s.pod != nil && !s.pod.Same(s.of)
}

// hasOlder tells that there may be lines before the first, which have not been asked for.
func (s *logsScreen) hasOlder() bool {
	return s.tail < logMostLines && s.ring.first == 0 && s.ring.n >= int(s.tail)
}
