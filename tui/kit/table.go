package kit

import "strings"

// Column is one column of a table. When the width does not do for all, those with the highest drop go first; the
// one with flex gives way next.
type Column struct {
	Title string
	Drop  int // 0: never
	Flex  bool
}

// Cell is one value with its style; marks are the bytes of text that a filter matched.
type Cell struct {
	Text  string
	Style Style
	Marks []int
}

// Table lays lines of cells out in columns. It knows nothing of what they mean.
type Table struct {
	Columns []Column
	Natural []int // widths that show everything
}

// Gutter is how many cells are between two columns.
const Gutter = 2

// Measure takes the natural widths from all n lines, so that scrolling does not make columns jump.
func (g *Table) Measure(n int, line func(i int) []Cell) {
	g.Natural = make([]int, len(g.Columns))
	for i, c := range g.Columns {
		g.Natural[i] = Width(c.Title)
	}
	for i := range n {
		for j, c := range line(i) {
			if w := len(c.Text); w > g.Natural[j] { // a byte is at least as wide as what it draws
				g.Natural[j] = max(g.Natural[j], Width(c.Text))
			}
		}
	}
}

// Width is how wide a line is that shows everything.
func (g *Table) Width() int {
	sum := -Gutter
	for _, n := range g.Natural {
		if n > 0 {
			sum += n + Gutter
		}
	}
	return sum
}

// Widths shares width out; 0 leaves a column out.
func (g *Table) Widths(width int) []int {
	const least = 12
	w := append([]int(nil), g.Natural...)
	total := func() int {
		sum := 0
		for _, n := range w {
			if n > 0 {
				sum += n + Gutter
			}
		}
		return sum - Gutter
	}
	flex := 0
	for i, c := range g.Columns {
		if c.Flex {
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

func (g *Table) canDrop(w []int) bool { return g.victim(w) >= 0 }

func (g *Table) victim(w []int) int {
	victim, drop := -1, 0
	for i, c := range g.Columns {
		if w[i] > 0 && c.Drop > drop {
			victim, drop = i, c.Drop
		}
	}
	return victim
}

// Header draws the titles.
func (g *Table) Header(widths []int, style Style) string {
	var parts []string
	for i, c := range g.Columns {
		if widths[i] > 0 {
			parts = append(parts, Fit(c.Title, widths[i]))
		}
	}
	return style.Render(strings.Join(parts, strings.Repeat(" ", Gutter)))
}

// Line draws one line; over is laid over every cell (the selection's background).
func (g *Table) Line(cells []Cell, widths []int, over, mark Style) string {
	var b strings.Builder
	gap := over.Render(strings.Repeat(" ", Gutter))
	for i, c := range cells {
		if widths[i] == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(gap)
		}
		style := c.Style.Over(over)
		if g.Columns[i].Flex {
			c.Text, c.Marks = shorten(c.Text, c.Marks, widths[i])
		}
		text := Fit(c.Text, widths[i])
		if len(c.Marks) == 0 {
			b.WriteString(style.Render(text))
			continue
		}
		b.WriteString(Marked(text, c.Marks, style, mark.Over(over)))
	}
	return b.String()
}

// List draws a title and, below it, those of n lines that the cursor is among, exactly into the cells.
func (g *Table) List(st *Styles, cursor *Cursor, n, width, height int, line func(i int) []Cell) string {
	widths := g.Widths(width - 1)
	out := []string{" " + g.Header(widths, st.Muted)}
	from, to := cursor.Window(n, max(height-1, 1))
	for i := from; i < to; i++ {
		lead, over := st.Row(i == cursor.At)
		out = append(out, PadStyled(lead+g.Line(line(i), widths, over, st.Accent.Underline()), width, over))
	}
	return Box(strings.Join(out, "\n"), width, height)
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

// Marked draws the bytes at marks in another style.
func Marked(text string, marks []int, style, mark Style) string {
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
