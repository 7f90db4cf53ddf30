package tui

import (
	"strings"
)

// column is one column of a table. When the width does not do for all, those with the highest drop go first; the
// one with flex gives way next.
type column struct {
	title string
	drop  int // 0: never
	flex  bool
}

// cell is one value with its style; marks are the bytes of text that a filter matched.
type cell struct {
	text  string
	style ink
	marks []int
}

// grid lays lines of cells out in columns. It knows nothing of what they mean.
type grid struct {
	columns []column
	natural []int // widths that show everything
}

const gutter = 2

// measure takes the natural widths from all n lines, so that scrolling does not make columns jump.
func (g *grid) measure(n int, line func(i int) []cell) {
	g.natural = make([]int, len(g.columns))
	for i, c := range g.columns {
		g.natural[i] = cells(c.title)
	}
	for i := range n {
		for j, c := range line(i) {
			if w := len(c.text); w > g.natural[j] { // a byte is at least as wide as what it draws
				g.natural[j] = max(g.natural[j], cells(c.text))
			}
		}
	}
}

// width is how wide a line is that shows everything.
func (g *grid) width() int {
	sum := -gutter
	for _, n := range g.natural {
		if n > 0 {
			sum += n + gutter
		}
	}
	return sum
}

// widths shares width out; 0 leaves a column out.
func (g *grid) widths(width int) []int {
	const least = 12
	w := append([]int(nil), g.natural...)
	total := func() int {
		sum := 0
		for _, n := range w {
			if n > 0 {
				sum += n + gutter
			}
		}
		return sum - gutter
	}
	flex := 0
	for i, c := range g.columns {
		if c.flex {
			flex = i
		}
	}
	for total() > width {
		if shrink := min(total()-width, w[flex]-least); shrink > 0 && (w[flex]-shrink >= 24 || !g.canDrop(w)) {
			w[flex] -= shrink
			continue
		}
		victim := g.victim(w)
		if victim < 0 {
			w[flex] = max(w[flex]-(total()-width), 1)
			break
		}
		w[victim] = 0
	}
	return w
}

func (g *grid) canDrop(w []int) bool { return g.victim(w) >= 0 }

func (g *grid) victim(w []int) int {
	victim, drop := -1, 0
	for i, c := range g.columns {
		if w[i] > 0 && c.drop > drop {
			victim, drop = i, c.drop
		}
	}
	return victim
}

// header draws the titles.
func (g *grid) header(widths []int, style ink) string {
	var parts []string
	for i, c := range g.columns {
		if widths[i] > 0 {
			parts = append(parts, fit(c.title, widths[i]))
		}
	}
	return style.Render(strings.Join(parts, strings.Repeat(" ", gutter)))
}

// line draws one line; over is laid over every cell (the selection's background).
func (g *grid) line(cells []cell, widths []int, over, mark ink) string {
	var b strings.Builder
	gap := over.Render(strings.Repeat(" ", gutter))
	for i, c := range cells {
		if widths[i] == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(gap)
		}
		style := c.style.Over(over)
		if g.columns[i].flex {
			c.text, c.marks = shorten(c.text, c.marks, widths[i])
		}
		text := fit(c.text, widths[i])
		if len(c.marks) == 0 {
			b.WriteString(style.Render(text))
			continue
		}
		b.WriteString(marked(text, c.marks, style, mark.Over(over)))
	}
	return b.String()
}

// shorten takes the middle out of a name that is too long: pods of a deployment differ in their ends. Marks go with their letters.
func shorten(name string, marks []int, width int) (string, []int) {
	const end, least = 12, 20 // of which the ends of two names can be told apart
	for i := range len(name) {
		if name[i] >= 0x80 {
			return name, marks // no name of Kubernetes: it is cut off behind
		}
	}
	if len(name) <= width || width < least {
		return name, marks
	}
	head, tail := width-1-end, len(name)-end
	short := name[:head] + "…" + name[tail:]
	var moved []int
	for _, at := range marks {
		switch {
		case at < head:
			moved = append(moved, at)
		case at >= tail:
			moved = append(moved, at-tail+len(short)-end)
		}
	}
	return short, moved
}

// marked draws the bytes at marks in another style.
func marked(text string, marks []int, style, mark ink) string {
	var b strings.Builder
	start := 0
	for _, at := range marks {
		if at < start || at >= len(text) || text[at] >= 0x80 {
			continue
		}
		if at > start {
			b.WriteString(style.Render(text[start:at]))
		}
		b.WriteString(mark.Render(text[at : at+1]))
		start = at + 1
	}
	return b.String() + style.Render(text[start:])
}
