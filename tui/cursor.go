package tui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// cursor is a place in a list, and the part of the list that is on the screen.
type cursor struct {
	at, top int
	place   string // which lines are on the screen; empty: all
}

// move follows a key through a list of n lines, of which a page fits on the screen; false: it is no key of a list.
func (c *cursor) move(k KeyMap, msg tea.KeyPressMsg, n, page int) bool {
	switch {
	case key.Matches(msg, k.Up):
		c.at--
	case key.Matches(msg, k.Down):
		c.at++
	case key.Matches(msg, k.PageUp):
		c.at -= max(page-1, 1)
	case key.Matches(msg, k.PageDown):
		c.at += max(page-1, 1)
	case key.Matches(msg, k.Top):
		c.at = 0
	case key.Matches(msg, k.Bottom):
		c.at = n - 1
	default:
		return false
	}
	c.clamp(n)
	return true
}

// pick follows a key through a list beside a line that is being typed, in which letters are no commands; false: it is no key of one.
func (c *cursor) pick(k KeyMap, msg tea.KeyPressMsg, n int) bool {
	switch {
	case key.Matches(msg, k.PickUp):
		c.at--
	case key.Matches(msg, k.PickDown):
		c.at++
	default:
		return false
	}
	c.clamp(n)
	return true
}

// clamp keeps the place inside a list of n lines.
func (c *cursor) clamp(n int) {
	c.at = max(min(c.at, n-1), 0)
}

// window is the range of lines to draw in a page so that the place is in it.
func (c *cursor) window(n, page int) (from, to int) {
	page = max(page, 1)
	c.clamp(n)
	c.top = max(min(c.top, c.at, n-page), c.at-page+1, 0)
	c.place = placeIn(c.top, min(c.top+page, n), n)
	return c.top, min(c.top+page, n)
}

// placeIn says which of n lines are on the screen, where these are not all.
func placeIn(from, to, n int) string {
	if from == 0 && to >= n {
		return ""
	}
	return fmt.Sprintf("%d-%d of %d", from+1, to, n)
}

// click puts the cursor on the line that is drawn in a row, 0 being the first row of the list's window, of a list of n lines of which a
// page is shown. on: there is a line in that row. again: the cursor was on it already.
func (c *cursor) click(row, n, page int) (on, again bool) {
	at := c.top + row
	if row < 0 || row >= page || at >= n {
		return false, false
	}
	again = c.at == at
	c.at = at
	return true, again
}
