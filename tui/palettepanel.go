package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// panel is a frame with lines in it, over a screen. It remembers where it was drawn last, for clicks.
type panel struct {
	title      string
	wide, high int  // with the frame
	right      bool // at the right edge, so that most of the screen is seen; else in the middle

	left, top int
	first     int // the inner row of the first line to click on
	rows      int // of such lines
}

// inside is how many rows are left for the lines of a list, besides others.
func (p *panel) inside(others int) int {
	p.rows = max(p.high-2-others, 1)
	return p.rows
}

// click puts a list's cursor on the line of a cell.
func (p *panel) click(c *kit.Cursor, x, y, n int) (on, again bool) {
	if x <= p.left || x >= p.left+p.wide-1 {
		return false, false
	}
	return c.Click(y-p.top-1-p.first, n, p.rows)
}

// over draws the panel with its lines over a screen of the given cells.
func (p *panel) over(st *kit.Styles, screen string, inner []string, width, height int) string {
	p.wide, p.high = min(p.wide, width), min(p.high, height)
	p.left, p.top = max((width-p.wide)/2, 0), max((height-p.high)/3, 0)
	if p.right {
		p.left, p.top = max(width-p.wide-1, 0), 0
	}
	rows := strings.Split(kit.Box(screen, width, height), "\n")
	for i, line := range p.framed(st, inner) {
		if at := p.top + i; at < len(rows) {
			rows[at] = laidOver(rows[at], line, p.left, p.wide, width)
		}
	}
	return strings.Join(rows, "\n")
}

func (p *panel) framed(st *kit.Styles, inner []string) []string {
	room := max(p.wide-2, 0)
	title := ansi.Truncate(" "+p.title+" ", max(room-1, 0), "")
	out := []string{kit.Fit(st.Muted.Render("╭─")+st.Title.Render(title)+st.Muted.Render(strings.Repeat("─", max(room-1-kit.Width(title), 0))+"╮"), p.wide)}
	for i := range max(p.high-2, 0) {
		line := ""
		if i < len(inner) {
			line = inner[i]
		}
		out = append(out, kit.Fit(st.Muted.Render("│")+kit.Fit(line, room)+st.Muted.Render("│"), p.wide))
	}
	return append(out, kit.Fit(st.Muted.Render("╰"+strings.Repeat("─", room)+"╯"), p.wide))[:max(p.high, 1)]
}

// laidOver puts a piece of a line over another, from a cell on. Of a wide character that is cut in half nothing stays.
func laidOver(line, piece string, at, wide, width int) string {
	rest := ansi.TruncateLeft(line, at+wide, "")
	if kit.Width(rest) > width-at-wide {
		rest = ansi.TruncateLeft(line, at+wide+1, "")
	}
	missing := max(width-at-wide-kit.Width(rest), 0)
	return kit.Fit(ansi.Truncate(line, at, ""), at) + piece + strings.Repeat(" ", missing) + rest
}
