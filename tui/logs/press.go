package logs

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// Claims are the keys that mean something else here than everywhere: n and N while there is a search, ← while it scrolls, esc while it
// clears.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool {
	switch {
	case s.search.on() && key.Matches(msg, s.keys.OlderMatch, s.keys.NewerMatch, s.keys.FilterClear):
		return true
	case !s.wrap && key.Matches(msg, s.keys.ScrollSide):
		return true
	}
	return false
}

// Needs reports whether a key is about the containers of the pod.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	return !s.Typing() && key.Matches(msg, s.keys.AllContainers, s.keys.NextContainer)
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	s.saved = ""
	if s.Typing() {
		return s.typed(msg)
	}
	k := s.keys
	switch {
	case s.move(msg):
		return nil
	case s.lost() && key.Matches(msg, k.Previous, k.AllContainers, k.NextContainer, k.Retry, k.Older):
		return s.Flash("pod " + s.Key.Name + " has been deleted: these lines are what is left of its log")
	case key.Matches(msg, k.Follow):
		if s.pager.follow {
			s.pager.pause()
			return nil
		}
		s.pager.follow = true
	case key.Matches(msg, k.Wrap):
		s.turnWrap()
	case key.Matches(msg, k.Times):
		s.times = !s.times
	case key.Matches(msg, k.Search):
		s.before = s.pager
		return s.entry.Start()
	case key.Matches(msg, k.OlderMatch):
		return s.step(-1)
	case key.Matches(msg, k.NewerMatch):
		return s.step(1)
	case key.Matches(msg, k.FilterClear):
		s.entry.Clear()
		s.search.begin("", 0, 0)
	case key.Matches(msg, k.Save):
		return s.save()
	case key.Matches(msg, k.Previous):
		s.previous = !s.previous
		return s.again()
	case key.Matches(msg, k.AllContainers):
		s.all = !s.all && s.Pod != nil && len(s.Pod.Containers) > 1
		return s.again()
	case key.Matches(msg, k.NextContainer):
		return s.nextContainer()
	case key.Matches(msg, k.Retry):
		return s.again()
	case key.Matches(msg, k.Older):
		return s.older()
	}
	return nil
}

// again reads anew what is chosen now.
func (s *Screen) again() tea.Cmd {
	if s.container == "" {
		return nil // the pod is not known yet
	}
	return s.read()
}

func (s *Screen) nextContainer() tea.Cmd {
	if s.Pod == nil || len(s.Pod.Containers) < 2 && !s.all {
		return nil
	}
	list := s.Pod.Containers
	next := 0
	for i := range list {
		if list[i].Name == s.container && !s.all {
			next = (i + 1) % len(list)
		}
	}
	s.container, s.all = list[next].Name, false
	return s.again()
}

// older reads as much as can be kept, and stays at the line that is seen first.
func (s *Screen) older() tea.Cmd {
	if !s.hasOlder() {
		return s.Flash("no older lines are available")
	}
	s.tail = logMostLines
	if !s.pager.follow {
		line := *s.ring.at(min(s.pager.start().line, s.ring.end()-1))
		s.anchor = &line
	}
	return s.again()
}

// turnWrap keeps the line that is seen first.
func (s *Screen) turnWrap() {
	s.wrap, s.pager.side = !s.wrap, 0
	s.pager.top.row = 0
	s.breaks.clear()
}

// move follows a key that scrolls.
func (s *Screen) move(msg tea.KeyPressMsg) bool {
	k, page := s.keys, max(s.pager.page-1, 1)
	switch {
	case !s.wrap && msg.Code == tea.KeyLeft:
		s.pager.side = max(s.pager.side-sideStep, 0)
	case !s.wrap && msg.Code == tea.KeyRight:
		s.pager.side = min(s.pager.side+sideStep, s.widest())
	case key.Matches(msg, k.Up):
		s.pager.scroll(-1)
	case key.Matches(msg, k.Down):
		s.pager.scroll(1)
	case key.Matches(msg, k.PageUp):
		s.pager.scroll(-page)
	case key.Matches(msg, k.PageDown), msg.Code == tea.KeySpace:
		s.pager.scroll(page)
	case key.Matches(msg, k.Top):
		s.pager.toTop()
	case key.Matches(msg, k.Bottom):
		s.pager.follow = true
	default:
		return false
	}
	return true
}

// sideStep is how many cells ← and → move.
const sideStep = 16

// widest is how far the lines that are seen can be moved sideways.
func (s *Screen) widest() int {
	most := 0
	from := s.pager.start().line
	for i := from; i < min(from+s.pager.page, s.ring.end()); i++ {
		most = max(most, kit.Width(s.ring.at(i).Text))
	}
	return max(most-sideStep, 0)
}

// Wheel scrolls.
func (s *Screen) Wheel(lines int) tea.Cmd {
	s.pager.scroll(lines)
	return nil
}

// CopyName is the pod's name.
func (s *Screen) CopyName() string { return s.Key.Name }

// CopyCommand prints the same with kubectl.
func (s *Screen) CopyCommand() string {
	if s.container == "" {
		return ""
	}
	r := s.request()
	if s.hasOlder() || s.ring.first > 0 {
		r.Tail = max(r.Tail, 1)
	} else {
		r.Tail = 0
	}
	return r.Kubectl(s.Cluster.Context, s.all, s.times)
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pod.News:
		cmd, _ := s.Take(msg)
		if s.of == nil {
			s.of = s.Pod
		}
		if s.Pod != nil && s.feed.news == nil && !s.feed.ended {
			if s.container == "" {
				s.container = detail.Focus(s.Pod, s.Now())
			}
			return tea.Batch(cmd, s.read())
		}
		return cmd
	case newsMsg:
		if msg.source == s.feed.news && msg.source != nil {
			return s.takeLogs(msg.news)
		}
	case savedMsg:
		if msg.screen == s {
			s.saved, s.unsaved = msg.words, msg.failed
		}
	case searchMsg:
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
