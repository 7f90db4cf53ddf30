package leftovers

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A terminal of so many columns has what there is to say of the item under the cursor beside the list; others below it.
const (
	wideEnough = 120
	widestPane = 70
	beforePane = " │"
	paneGap    = 2 // the width of it
	belowList  = 4 // lines
	aboveBelow = 16
)

// View draws the list, and what there is to say of the item under the cursor.
func (s *Screen) View(width, height int) string {
	s.drawn = s.Now()
	foot := s.footer(width)
	g := s.grid()
	if len(s.list.shown) > 0 && width < wideEnough && height >= aboveBelow {
		foot = append(s.below(width), foot...)
	}
	list, rows := width, max(height-len(foot), 0)
	wide := width >= wideEnough && len(s.list.shown) > 0
	if wide {
		list = max(width-widestPane, min(g.Width()+1, width*2/3))
	}
	out := s.viewList(&g, list, rows)
	if wide {
		rule := s.Styles.Muted.Render(beforePane)
		rules := strings.TrimSuffix(strings.Repeat(rule+"\n", rows), "\n")
		out = kit.SideBySide(out, rules, s.pane(width-list-paneGap, rows))
	}
	return kit.Box(strings.Join(append([]string{out}, foot...), "\n"), width, height)
}

func (s *Screen) viewList(g *kit.Table, width, height int) string {
	s.page, s.right = max(height-1, 1), width
	if len(s.list.shown) == 0 {
		s.cursor.Place = ""
		return kit.Box(s.empty(width), width, height)
	}
	from, to := s.list.marked.Range(s.cursor.At, len(s.list.shown), s.list.idAt)
	return g.List(&s.Styles, &s.cursor, len(s.list.shown), width, height, func(i int) []kit.Cell {
		return s.cells(s.list.shown[i], s.list.marked.Has(s.list.idAt(i)) || i >= from && i < to)
	})
}

func (s *Screen) grid() kit.Table {
	title := func(name string, by order) string {
		if s.list.sort == by {
			return name + " ▾"
		}
		return name
	}
	namespace := ""
	if s.all {
		namespace = "NAMESPACE"
	}
	g := kit.Table{Columns: []kit.Column{
		{}, {}, {Title: namespace, Drop: 1}, {Title: title("NAME", byPlace), Flex: true}, {Title: "KIND", Drop: 3}, {Title: "TOOL"}, {Title: title("MAY", byDanger), Drop: 2},
		{Title: title("AGE", byAge)}, {Title: "STATE", Drop: 4}, {Title: "ENDS IN", Drop: 6}, {Title: "BY", Drop: 5},
	}}
	g.Measure(len(s.list.shown), func(i int) []kit.Cell {
		return s.cells(s.list.shown[i], s.list.marked.Len() > 0 || s.list.marked.Ranging())
	})
	return g
}

// cells are those of an item.
func (s *Screen) cells(i *inventory.Item, marked bool) []kit.Cell {
	st := &s.Styles
	symbol, style := symbolOf(st, i.Danger)
	mark, namespace, may := "", "", ""
	if marked {
		mark = kit.MarkSymbol
	}
	if s.all {
		namespace = i.Target.Namespace
	}
	if len(i.Gives) > 0 {
		may = i.Gives[0]
		if n := len(i.Gives) - 1; n > 0 {
			may += fmt.Sprintf(" +%d", n)
		}
	}
	tool, known := i.Tool, st.Text
	switch {
	case tool == "":
		tool, known = "?", st.Muted
	case !i.Certain:
		tool, known = tool+"?", st.Muted
	}
	gives := st.Muted
	if i.Danger >= inventory.Elevated {
		gives = style
	}
	return []kit.Cell{
		{Text: mark, Style: st.Accent}, {Text: symbol, Style: style}, {Text: namespace, Style: st.Muted}, {Text: i.Target.String(), Style: st.Text},
		{Text: i.Kind.String(), Style: st.Text}, {Text: tool, Style: known}, {Text: may, Style: gives}, {Text: kit.Age(s.with.Cluster.Now(), i.Since), Style: st.Text},
		{Text: i.State, Style: st.Muted}, {Text: endsIn(i, s.with.Cluster.Now()), Style: st.Text}, {Text: i.By, Style: st.Muted},
	}
}

// about is the item under the cursor, to be described.
func (s *Screen) about() description {
	d := description{marked: s.list.marked.Len(), mine: s.list.mine != nil && s.list.mine(*s.under()), Item: s.under(), st: &s.Styles, now: s.with.Cluster.Now(), step: cleanup.Of(*s.under(), s.with.Cluster.Context)}
	if s.with.Owner != nil {
		d.owner = s.with.Owner(s.with.Cluster, d.Item)
	}
	return d
}

// below is what there is to say of the item under the cursor in a few lines.
func (s *Screen) below(width int) []string {
	st := &s.Styles
	lines := []string{st.Muted.Render(strings.Repeat("─", width))}
	for _, part := range partsOf(s.about(), width-2, false) {
		for _, line := range part.Lines {
			lines = append(lines, " "+line)
		}
	}
	for len(lines) < belowList+1 {
		lines = append(lines, "")
	}
	return lines[:belowList+1]
}

// pane is all that there is to say of the item under the cursor.
func (s *Screen) pane(width, height int) string {
	st := &s.Styles
	room := max(width-2, 1)
	item := s.under()
	out := []string{st.Title.Render(kit.FitMiddle(item.Target.Namespace+"/"+item.Target.String(), room))}
	return kit.Box(kit.Indent(kit.Join(append(out, document.Share(partsOf(s.about(), room, true), height-1, st.Muted)...)), 1), width, height)
}

// footer are the lines under the list: what could not be read, and what narrows the list.
func (s *Screen) footer(width int) []string {
	st := &s.Styles
	var foot []string
	warn := func(words string) {
		foot = append(foot, " "+kit.Fit(st.Warn.Render("! ")+st.Text.Render(words), width-1))
	}
	if s.trouble != nil && s.listed {
		warn("not complete: " + s.trouble.Message)
	}
	if s.narrow != "" {
		warn("only namespace " + s.with.Namespace + ": " + s.narrow)
	}
	for _, what := range s.search.unread {
		warn("not read: " + what)
	}
	if s.search.running() && s.listed && !s.search.replaces {
		foot = append(foot, " "+st.Muted.Render(kit.Fit("Looking"+s.progress()+"…", width-1)))
	}
	if !s.Typing() && !s.narrowed() {
		return foot
	}
	of := st.Muted.Render(fmt.Sprintf("  %d of %d ", len(s.list.shown), len(s.list.all)))
	lead := " "
	if s.list.only {
		lead += st.Warn.Render("only mine")
		if s.Typing() || s.filter.Text() != "" {
			lead += st.Muted.Render(" · ")
		}
	}
	room := max(width-kit.Width(lead)-kit.Width(of), 0)
	return append(foot, lead+kit.Fit(s.filter.View(st, room), room)+of)
}

// progress is how far the search is.
func (s *Screen) progress() string {
	switch {
	case s.search.looked == 0:
		return ""
	case s.search.pods > s.search.looked:
		return fmt.Sprintf(": %d of %d pods", s.search.looked, s.search.pods)
	}
	return fmt.Sprintf(": %d pods", s.search.looked)
}

// empty says why there is nothing to see.
func (s *Screen) empty(width int) string {
	st := &s.Styles
	where := "this cluster"
	if !s.all {
		where = "namespace " + s.with.Namespace
	}
	switch {
	case s.trouble != nil && !s.listed:
		return kit.ProblemText(st, s.Advised(s, s.trouble), width) + "\n\n" + kit.Indent(st.Muted.Render("Press "+s.keys.Again.Help().Key+" to look again."), 2)
	case !s.listed:
		return "\n  " + st.Muted.Render("Looking for leftovers of debugging"+s.progress()+s.lasting()+"…")
	case len(s.list.all) > 0 && s.filter.Text() == "":
		return "\n  " + st.Text.Render("None of them is yours, as far as is known.") + st.Muted.Render("  Press m to show everybody's.")
	case len(s.list.all) > 0:
		return "\n  " + st.Text.Render(fmt.Sprintf("Nothing matches %q.", s.filter.Text())) + st.Muted.Render("  Press esc to clear the filter.")
	}
	words := "Nothing of debugging is left in " + where + "."
	if s.search.looked > 0 {
		words += fmt.Sprintf(" %s looked at.", kit.Count(s.search.looked, "pod"))
	}
	return "\n" + kit.Indent(kit.WrapStyled(words, width-4, st.Text), 2)
}

// lasting is for how long it has been looked, once that is worth a word.
func (s *Screen) lasting() string {
	if s.Now().Sub(s.search.begun) < time.Second {
		return ""
	}
	return " for " + kit.Age(s.Now(), s.search.begun)
}
