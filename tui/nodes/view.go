package nodes

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A terminal of so many columns has a pane beside the list that says how the node under the cursor is. It has at least two fifths of the width: what
// the list has no room for then is in it.
const (
	wideEnough = 120
	widestPane = 80
	beforePane = " │"
	paneGap    = 2 // the width of it
)

// View draws the list, and under it what troubles it and what filters it; beside it, where there is room, the node under the cursor.
func (s *Screen) View(width, height int) string {
	foot := s.footer(width)
	g := s.grid()
	list, rows := width, max(height-len(foot), 0)
	if s.wide = width >= wideEnough && s.list.len() > 0; s.wide {
		narrowest := width * 2 / 5
		list = max(width-widestPane, min(g.Width()+1, width-narrowest))
	}
	out := s.viewList(&g, list, rows)
	if s.wide {
		rule := s.Styles.Muted.Render(beforePane)
		rules := strings.TrimSuffix(strings.Repeat(rule+"\n", rows), "\n")
		out = kit.SideBySide(out, rules, s.viewPane(width-list-paneGap, rows))
	}
	return kit.Box(strings.Join(append([]string{out}, foot...), "\n"), width, height)
}

func (s *Screen) viewList(g *kit.Table, width, height int) string {
	s.page = max(height-1, 1)
	s.right = width
	if s.list.len() == 0 {
		s.cursor.Place = ""
		return kit.Box(s.empty(width), width, height)
	}
	from, to := s.marks.Range(s.cursor.At, s.list.len(), s.nameOf)
	return g.List(&s.Styles, &s.cursor, s.list.len(), width, height, func(i int) []kit.Cell {
		return s.cells(s.list.shown[i], s.marks.Has(s.nameOf(i)) || i >= from && i < to)
	})
}

// grid is the columns; the one that the list is ordered by is marked. Their widths are those of all nodes: nothing jumps while one scrolls.
func (s *Screen) grid() kit.Table {
	const longestAge = 5 // 9m59s
	title := func(name string, by order) string {
		if s.list.sort == by {
			return name + " ▾"
		}
		return name
	}
	w := s.list.wide
	columns := []kit.Column{
		{}, {}, {Title: title("NAME", byName), Flex: true}, {Title: title("STATUS", byNeed)}, {Title: "ROLES", Drop: 6}, {Title: title("PODS", byPods), Drop: 1},
		{Title: title("AGE", byAge), Drop: 3}, {Title: title("VERSION", byVersion), Drop: 2}, {Title: "TAINTS", Drop: 4}, {Title: "RUNTIME", Drop: 5},
		{Title: "KERNEL", Drop: 7}, {Title: "SYSTEM", Drop: 8},
	}
	mark := 0
	if s.marks.Len() > 0 || s.marks.Ranging() {
		mark = 1
	}
	natural := []int{mark, 1, w.name, w.status, w.roles, w.pods, longestAge, w.version, w.taints, w.runtime, w.kernel, w.system}
	for i, c := range columns {
		if natural[i] > 0 { // a column that no node has anything in is left out
			natural[i] = max(natural[i], kit.Width(c.Title))
		}
	}
	return kit.Table{Columns: columns, Natural: natural}
}

// cells are those of a node. The one that tells why it is sick has the colour of that.
func (s *Screen) cells(e *entry, marked bool) []kit.Cell {
	st := &s.Styles
	symbol, style := symbolOf(st, e.severity)
	status, version, taints := st.Text, st.Text, st.Muted
	switch e.severity {
	case nodes.NotReady, nodes.Pressured, nodes.Cordoned, nodes.Starting:
		status = style
	case nodes.Skewed:
		version = style
	case nodes.Tainted:
		taints = st.Text
	case nodes.Healthy:
	}
	mark := ""
	if marked {
		mark = kit.MarkSymbol
	}
	return []kit.Cell{
		{Text: mark, Style: st.Accent}, {Text: symbol, Style: style},
		{Text: e.Name, Style: st.Text, Marks: s.list.filter.marks(e.Name)},
		{Text: e.state, Style: status},
		{Text: e.Roles, Style: st.Muted},
		{Text: s.list.podWords(e), Style: st.Text},
		{Text: kit.Age(s.Now(), e.Created), Style: st.Text},
		{Text: e.Version, Style: version},
		{Text: taintCount(e.Facts), Style: taints},
		{Text: runtimeWords(e.Runtime), Style: st.Muted},
		{Text: e.Kernel, Style: st.Muted},
		{Text: e.System, Style: st.Muted},
	}
}

// footer are the lines under the list: trouble, and what narrows the list.
func (s *Screen) footer(width int) []string {
	st := &s.Styles
	var foot []string
	if s.trouble != nil && s.listed {
		foot = append(foot, " "+st.Warn.Render(fmt.Sprintf("! stale for %s: %s", kit.Age(s.Now(), s.since), s.trouble.Message)))
	}
	if !s.Typing() && !s.narrowed() {
		return foot
	}
	of := st.Muted.Render(fmt.Sprintf("  %d of %d ", s.list.len(), len(s.list.rows)))
	lead := " "
	if s.list.onlySick {
		lead += st.Warn.Render("only sick")
		if s.Typing() || s.filter.Text() != "" {
			lead += st.Muted.Render(" · ")
		}
	}
	room := max(width-kit.Width(lead)-kit.Width(of), 0)
	return append(foot, lead+kit.Fit(s.filter.View(st, room), room)+of)
}

// empty says why there is nothing to see.
func (s *Screen) empty(width int) string {
	st := &s.Styles
	switch {
	case s.trouble != nil && !s.listed:
		return kit.ProblemText(st, s.Advised(s, s.trouble, kube.Retry), width) + "\n\n" +
			kit.Indent(st.Muted.Render("Retrying"+s.lasting(s.since)+". Press "+s.keys.Retry.Help().Key+" to retry now."), 2)
	case !s.listed:
		return "\n  " + st.Muted.Render("Reading the nodes"+s.lasting(s.asked)+"…")
	case len(s.list.all) > 0 && s.filter.Text() == "":
		return "\n  " + st.Text.Render("No node has problems.") + st.Muted.Render("  Press ! to show all nodes.")
	case len(s.list.all) > 0:
		return "\n  " + st.Text.Render(fmt.Sprintf("No node matches %q.", s.filter.Text())) + st.Muted.Render("  Press esc to clear the filter.")
	}
	return "\n  " + st.Text.Render("No nodes in this cluster.")
}

// lasting is for how long it has been so, once that is worth a word.
func (s *Screen) lasting(since time.Time) string {
	if s.Now().Sub(since) < time.Second {
		return ""
	}
	return " for " + kit.Age(s.Now(), since)
}
