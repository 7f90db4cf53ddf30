package tui

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// podsMsg is a batch of news for the screen that listens on source.
type podsMsg struct {
	source <-chan lists.PodsUpdate
	news   batch[lists.PodsUpdate]
}

// take applies news; the cursor stays on its pod while rows move.
func (s *podsScreen) take(news []lists.PodsUpdate) {
	before, at := s.list.shown, s.cursor.at
	news = s.whole(news)
	for _, u := range news {
		if u.Trouble != nil {
			if s.trouble == nil {
				s.since = s.now()
			}
			s.trouble = kube.Explain(u.Trouble)
			continue
		}
		s.trouble, s.partial = nil, u.More
		s.listed = s.listed || u.Reset
	}
	s.list.apply(news, s.now())
	s.follow(before, at)
	s.arrived()
}

// whole keeps back a list that is read once more until it is whole: a person is looking at the one before, and their pod may come last.
func (s *podsScreen) whole(news []lists.PodsUpdate) []lists.PodsUpdate {
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
func (s *podsScreen) follow(before []*podEntry, at int) {
	if !s.moved {
		s.cursor.at = 0
		s.choose()
		return
	}
	if s.list.at(s.chosen) < 0 {
		s.chosen = s.list.heir(before, at)
	}
	s.cursor.at = max(s.list.at(s.chosen), 0)
	s.choose()
}

// stay keeps the cursor on its pod when the list is ordered or filtered otherwise.
func (s *podsScreen) stay(change func()) {
	before, at := s.list.shown, s.cursor.at
	change()
	s.follow(before, at)
}

// choose remembers the pod under the cursor.
func (s *podsScreen) choose() {
	s.cursor.clamp(s.list.len())
	if s.list.len() > 0 {
		s.chosen = s.list.row(s.cursor.at).PodKey
	}
}
