package logs

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// typed takes a key or a paste for the search.
func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	if !s.Typing() {
		return nil
	}
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, s.keys.FoundUp):
			return s.step(-1)
		case key.Matches(press, s.keys.FoundDown):
			return s.step(1)
		case key.Matches(press, s.keys.FilterClear):
			s.restore()
		}
	}
	cmd := s.entry.Update(s.keys.KeyMap, msg)
	if s.entry.Text() == s.search.needle {
		return cmd
	}
	s.restore()
	s.search.begin(s.entry.Text(), s.ring.end(), s.lastSeen())
	return tea.Batch(cmd, s.searchOn())
}

// lastSeen is the number of the last line on the screen.
func (s *Screen) lastSeen() int {
	return min(s.pager.forth(s.pager.start(), s.pager.page-1).line, s.ring.end()-1)
}

// restore goes back to where the search was begun.
func (s *Screen) restore() {
	s.pager.top, s.pager.follow, s.pager.paused, s.pager.side = s.before.top, s.before.follow, s.before.paused, s.before.side
}

// searchOn looks at some more lines, and goes to the nearest found.
func (s *Screen) searchOn() tea.Cmd {
	more := s.search.step(&s.ring)
	if s.search.on() && s.search.at < 0 {
		s.goTo(s.search.nearest(&s.ring))
	}
	if !more {
		return nil
	}
	msg := searchMsg{s, s.search.needle}
	return func() tea.Msg { return msg }
}

// step goes to the next line found, older or newer.
func (s *Screen) step(by int) tea.Cmd {
	if !s.search.on() {
		return nil
	}
	var line int
	switch {
	case s.search.at < 0:
		s.search.home = s.lastSeen()
		line = s.search.nearest(&s.ring)
	case by < 0:
		line = s.search.back(s.search.at - 1)
	default:
		line = s.search.forth(s.search.at + 1)
	}
	if line < s.ring.first {
		which := "newer"
		if by < 0 {
			which = "older"
		}
		return s.Flash(fmt.Sprintf("no %s line has %q", which, s.search.needle))
	}
	s.goTo(line)
	return nil
}

// rowOf is the row with the first mark: a line can have more rows than the screen.
func (s *Screen) rowOf(line int, marks []part) place {
	if s.wrap && len(marks) > 0 {
		for i, row := range s.breaks.rows(line, s.ring.at(line).Text) {
			if marks[0].from < row.to {
				return place{line, i}
			}
		}
	}
	return place{line, 0}
}

// goTo stands on a line, if there is one.
func (s *Screen) goTo(line int) {
	if line < s.ring.first {
		return
	}
	s.search.at = line
	marks := s.search.marks(s.ring.at(line).Text)
	s.pager.show(s.rowOf(line, marks))
	if s.wrap {
		return
	}
	if len(marks) > 0 {
		from := kit.Width(s.ring.at(line).Text[:marks[0].from])
		if from < s.pager.side || from+kit.Width(s.search.needle) > s.pager.side+s.breaks.width {
			s.pager.side = max(from-s.breaks.width/3, 0)
		}
	}
}
