package kit

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Cursor is a place in a list, and the part of the list that is on the screen.
type Cursor struct {
	At, Top int
	Place   string // which lines are on the screen; empty: all
}

// Move follows a key through a list of n lines, of which a page fits on the screen; false: it is no key of a list.
func (c *Cursor) Move(k KeyMap, msg tea.KeyPressMsg, n, page int) bool {
	switch {
	case key.Matches(msg, k.Up):
		c.At--
	case key.Matches(msg, k.Down):
		c.At++
	case key.Matches(msg, k.PageUp):
		c.At -= max(page-1, 1)
	case key.Matches(msg, k.PageDown):
		c.At += max(page-1, 1)
	case key.Matches(msg, k.Top):
		c.At = 0
	case key.Matches(msg, k.Bottom):
		c.At = n - 1
	default:
		return false
	}
	c.Clamp(n)
	return true
}

// Pick follows a key through a list beside a line that is being typed, in which letters are no commands; false: it is no key of one.
func (c *Cursor) Pick(k KeyMap, msg tea.KeyPressMsg, n int) bool {
	switch {
	case key.Matches(msg, k.PickUp):
		c.At--
	case key.Matches(msg, k.PickDown):
		c.At++
	default:
		return false
	}
	c.Clamp(n)
	return true
}

// Clamp keeps the place inside a list of n lines.
func (c *Cursor) Clamp(n int) {
	c.At = max(min(c.At, n-1), 0)
}

// Window is the range of lines to draw in a page so that the place is in it.
func (c *Cursor) Window(n, page int) (from, to int) {
	page = max(page, 1)
	c.Clamp(n)
	c.Top = max(min(c.Top, c.At, n-page), c.At-page+1, 0)
	c.Place = PlaceIn(c.Top, min(c.Top+page, n), n)
	return c.Top, min(c.Top+page, n)
}

// PlaceIn says which of n lines are on the screen, where these are not all.
func PlaceIn(from, to, n int) string {
	if from == 0 && to >= n {
		return ""
	}
	return fmt.Sprintf("%d-%d of %d", from+1, to, n)
}

// Click puts the cursor on the line that is drawn in a row, 0 being the first row of the list's window, of a list of n lines of which a
// page is shown. on: there is a line in that row. again: the cursor was on it already.
func (c *Cursor) Click(row, n, page int) (on, again bool) {
	at := c.Top + row
	if row < 0 || row >= page || at >= n {
		return false, false
	}
	again = c.At == at
	c.At = at
	return true, again
}
