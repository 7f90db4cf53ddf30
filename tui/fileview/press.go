package fileview

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func (v *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	if v.Typing() {
		return v.typed(msg)
	}
	k := v.keys
	switch {
	case v.move(msg):
		v.follow = false
	case key.Matches(msg, k.Back):
		return v.escape()
	case key.Matches(msg, k.Search):
		return v.find.line.Start()
	case key.Matches(msg, k.NextMatch, k.MatchBefore) && v.find.needle != "":
		return v.search(key.Matches(msg, k.NextMatch), false)
	case key.Matches(msg, k.Hex):
		l := v.layout
		l.hex = !l.hex
		v.turn(l)
	case key.Matches(msg, k.Wrap):
		l := v.layout
		l.wrap = !l.wrap
		v.turn(l)
	case key.Matches(msg, k.Follow) && !v.packed:
		if v.follow = !v.follow; v.follow {
			v.last()
		}
	case key.Matches(msg, k.Retry) && v.problem != nil:
		return v.again()
	case key.Matches(msg, k.Download):
		return v.Ask(kit.Return{Result: v.with.Download})
	case key.Matches(msg, k.Edit) && !v.packed:
		return v.Ask(kit.Return{Result: v.with.Edit})
	}
	return nil
}

// again reads anew after something has failed; what is packed, as it is.
func (v *Screen) again() tea.Cmd {
	v.problem = nil
	if v.packed && !v.isUnpacked() {
		v.packed = false
	}
	return nil
}

// move goes through the file; false: it is no key for that.
func (v *Screen) move(msg tea.KeyPressMsg) bool {
	k := v.keys
	page := max(v.height-1, 1)
	v.up, v.toEnd, v.seek = 0, false, -1
	switch {
	case key.Matches(msg, k.Up):
		v.back(1)
	case key.Matches(msg, k.Down):
		v.down(1)
	case key.Matches(msg, k.PageUp):
		v.back(page)
	case key.Matches(msg, k.PageDown):
		v.down(page)
	case key.Matches(msg, k.Top):
		v.top = 0
	case key.Matches(msg, k.Bottom):
		v.last()
	default:
		return false
	}
	return true
}

// escape ends what is looked for, and then leaves.
func (v *Screen) escape() tea.Cmd {
	switch {
	case v.find.stop != nil:
		v.find.end()
		return v.Flash("the search was ended")
	case v.find.needle != "":
		v.find.clear()
		return nil
	}
	return v.Ask(kit.Leave{})
}

// Wheel scrolls.
func (v *Screen) Wheel(lines int) tea.Cmd {
	v.follow = false
	if lines > 0 {
		v.down(lines)
	} else {
		v.back(-lines)
	}
	return v.load()
}
