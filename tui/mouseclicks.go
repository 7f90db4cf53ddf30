package tui

import (
	tea "charm.land/bubbletea/v2"
)

// Click opens the container that has the cursor already.
func (s *containersScreen) Click(_, y int) tea.Cmd {
	if s.pod == nil {
		return nil
	}
	if _, again := s.cursor.click(y-s.first, s.count(), s.page); again {
		return s.press(pressOf(s.keys.Open))
	}
	return nil
}

// Click puts the cursor on a tool. It never starts one: that changes the cluster.
func (s *toolsScreen) Click(x, y int) tea.Cmd {
	if x >= s.listed.wide {
		return nil
	}
	if on, again := s.cursor.click(y, len(s.passed), s.listed.high); on && !again {
		s.touched = true
		s.turn()
	}
	return nil
}

// Click chooses the name that has the cursor already.
func (p *picker) Click(_, y int) tea.Cmd {
	if _, again := p.cursor.click(y-p.first, len(p.passed), p.page); again {
		return p.choose()
	}
	return nil
}
