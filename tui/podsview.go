package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// View draws the list, and under it what troubles it and what filters it.
func (s *podsScreen) View(width, height int) string {
	foot := s.footer(width)
	s.page = max(height-1-len(foot), 1)
	if s.list.len() == 0 {
		return box(s.empty(width)+strings.Repeat("\n", max(height-lines(s.empty(width))-len(foot), 0)+1)+strings.Join(foot, "\n"), width, height)
	}
	widths := s.grid.widths(width - 1)
	out := []string{" " + s.grid.header(widths, s.styles.muted)}
	from, to := s.cursor.window(s.list.len(), s.page)
	for i := from; i < to; i++ {
		m := s.list.passed[i]
		cells := s.cells(&s.list.rows[m.index], m.marks)
		lead, over := s.styles.row(i == s.cursor.at)
		out = append(out, padStyled(lead+s.grid.line(cells, widths, over, s.styles.accent.Underline()), width, over))
	}
	for len(out) < height-len(foot) {
		out = append(out, "")
	}
	return box(strings.Join(append(out, foot...), "\n"), width, height)
}

// footer are the lines under the list: trouble, and the filter.
func (s *podsScreen) footer(width int) []string {
	var foot []string
	if s.trouble != nil && s.listed {
		foot = append(foot, " "+s.styles.warn.Render(fmt.Sprintf("! stale for %s: %s", age(s.now(), s.since), s.trouble.What)))
	}
	if line := s.filter.view(&s.styles, width-24); line != "" {
		of := s.styles.muted.Render(fmt.Sprintf("%d of %d", s.list.len(), len(s.list.rows)))
		foot = append(foot, spread(" "+line, of+" ", width))
	}
	return foot
}

// empty says why there is nothing to see.
func (s *podsScreen) empty(width int) string {
	st := &s.styles
	switch {
	case s.trouble != nil && !s.listed:
		return problemText(st, s.trouble, width) + "\n\n" + indent(st.muted.Render("It is asked again by itself"+s.sinceWhen()+"; r asks at once."), 2)
	case !s.listed:
		return "\n  " + st.muted.Render("Reading the pods…")
	case s.unknown != nil && len(s.list.all) == 0:
		return problemText(st, s.unknown, width)
	case len(s.list.all) > 0:
		return "\n  " + st.text.Render(fmt.Sprintf("No pod matches %q.", s.filter.text())) + st.muted.Render("  esc clears the filter.")
	case s.namespace == "":
		return "\n  " + st.text.Render("There are no pods in this cluster.")
	}
	return "\n  " + st.text.Render("There are no pods in namespace "+s.namespace+".") + st.muted.Render("  n another namespace, A all.")
}

// sinceWhen is how long there has been trouble, once that is worth a word.
func (s *podsScreen) sinceWhen() string {
	if s.now().Sub(s.since) < time.Second {
		return ""
	}
	return ", for " + age(s.now(), s.since) + " now"
}

func (s *podsScreen) cells(row *kube.PodRow, marks []int) []cell {
	st := &s.styles
	symbol, style := st.condition(row.Condition())
	status := st.text
	if row.Condition() > kube.Healthy {
		status = style
	}
	namespace := ""
	if s.namespace == "" {
		namespace = row.Namespace
	}
	restarts := row.Restarts
	if !row.LastExit.IsZero() {
		restarts += " (" + age(s.now(), row.LastExit) + ")"
	}
	return []cell{
		{text: symbol, style: style},
		{text: namespace, style: st.muted},
		{text: row.Name, style: st.text, marks: marks},
		{text: row.Ready, style: st.text},
		{text: row.Status, style: status},
		{text: restarts, style: st.text},
		{text: age(s.now(), row.Created), style: st.text},
		{text: row.Node, style: st.muted},
	}
}
