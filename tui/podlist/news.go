package podlist

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// newsMsg is a batch of news for the screen that listens on source.
type newsMsg struct {
	source <-chan lists.PodsUpdate
	news   kit.Batch[lists.PodsUpdate]
}

// take applies news; the cursor stays on its pod while rows move.
func (s *Screen) take(news []lists.PodsUpdate) {
	before, at := s.list.shown, s.cursor.At
	news = s.whole(news)
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
	s.list.apply(news, s.Now())
	s.keepMarks()
	s.follow(before, at)
	s.arrived()
}

// whole keeps back a list that is read once more until it is whole: a person is looking at the one before, and their pod may come last.
func (s *Screen) whole(news []lists.PodsUpdate) []lists.PodsUpdate {
	var ready []lists.PodsUpdate
	for _, u := range news {
		switch {
		case u.Trouble != nil:
			s.again, s.reading = nil, false
			ready = append(ready, u)
		case s.reading, u.Reset && u.More && s.listed && !s.partial:
			s.again, s.reading = append(s.again, u.Rows...), u.More
			if !u.More {
				ready, s.again = append(ready, lists.PodsUpdate{Reset: true, Rows: s.again}), nil
			}
		default:
			ready = append(ready, u)
		}
	}
	return ready
}

// follow puts the cursor where the chosen pod is now, or when it has gone, on what stood below it: before is what was shown, and at
// where the cursor was.
func (s *Screen) follow(before []*podEntry, at int) {
	if !s.moved {
		s.cursor.At = 0
		s.choose()
		return
	}
	if s.list.at(s.chosen) < 0 {
		s.chosen = s.list.successor(before, at)
	}
	s.cursor.At = max(s.list.at(s.chosen), 0)
	s.choose()
}

// stay keeps the cursor on its pod when the list is ordered or filtered otherwise.
func (s *Screen) stay(change func()) {
	before, at := s.list.shown, s.cursor.At
	change()
	s.follow(before, at)
}

// choose remembers the pod under the cursor.
func (s *Screen) choose() {
	s.cursor.Clamp(s.list.len())
	if s.list.len() > 0 {
		s.chosen = s.list.row(s.cursor.At).PodKey
	}
}

// Brings is the message by which news comes to this screen.
func (s *Screen) Brings(news ...lists.PodsUpdate) tea.Msg {
	return newsMsg{s.updates, kit.Batch[lists.PodsUpdate]{Items: news}}
}
