package batch

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A terminal of so many columns has the output of the line under the cursor beside the matrix; others below it.
const (
	wideEnough = 130
	widestPane = 80
	beforePane = " │"
	paneGap    = 2  // the width of it
	aboveBelow = 16 // lines that there must be for a pane below
	ruleLines  = 1
)

// View draws the matrix, and what the line under the cursor has answered.
func (s *Matrix) View(width, height int) string {
	foot := s.footer(width)
	rows := max(height-len(foot), 0)
	g := s.grid(width)
	switch {
	case width >= wideEnough:
		list := max(width-widestPane, width/2)
		g = s.grid(list)
		out := s.viewList(&g, list, rows)
		rule := s.Styles.Muted.Render(beforePane)
		rules := strings.TrimSuffix(strings.Repeat(rule+"\n", rows), "\n")
		return kit.Box(strings.Join(append([]string{kit.SideBySide(out, rules, s.pane(width-list-paneGap, rows))}, foot...), "\n"), width, height)
	case rows >= aboveBelow:
		below := max(rows/2, rows-len(s.lines)-2)
		list := rows - below
		out := s.viewList(&g, width, list) + "\n" + s.Styles.Muted.Render(strings.Repeat("─", width)) + "\n" + s.pane(width, below-ruleLines)
		return kit.Box(strings.Join(append([]string{out}, foot...), "\n"), width, height)
	}
	return kit.Box(strings.Join(append([]string{s.viewList(&g, width, rows)}, foot...), "\n"), width, height)
}

func (s *Matrix) viewList(g *kit.Table, width, height int) string {
	s.page, s.right = max(height-1, 1), width
	if len(s.lines) == 0 {
		s.cursor.Place = ""
		return kit.Box("\n  "+s.Styles.Text.Render(fmt.Sprintf("Nothing matches %q.", s.filter.Text())), width, height)
	}
	return g.List(&s.Styles, &s.cursor, len(s.lines), width, height, func(i int) []kit.Cell { return s.cells(s.lines[i]) })
}

// grid is the columns. The last has the room that the others leave.
func (s *Matrix) grid(width int) kit.Table {
	const (
		longestTime, longestBytes = 5, 7
		leastAnswer               = 16
	)
	title := func(name string, by order) string {
		if s.sort == by {
			return name + " ▾"
		}
		return name
	}
	g := kit.Table{Columns: []kit.Column{
		{}, {Title: title(strings.ToUpper(s.kind()), byName), Flex: true}, {Title: title("OUTCOME", byOutcome)}, {Title: title("TIME", byTime), Drop: 2}, {Title: title("BYTES", byBytes), Drop: 3},
		{Title: "ANSWER", Drop: 1},
	}}
	g.Natural = []int{1, 0, 0, longestTime, longestBytes, 0}
	g.Natural[1], g.Natural[2] = s.wideName, s.wideOutcome
	for i, c := range g.Columns {
		g.Natural[i] = max(g.Natural[i], kit.Width(c.Title))
	}
	g.Natural[5] = leastAnswer
	if rest := width - 1 - g.Width(); rest > 0 {
		g.Natural[5] += rest
	}
	return g
}

func (s *Matrix) kind() string {
	if rows := s.now.Rows; len(rows) > 0 && rows[0].Item.Node != "" {
		return "node"
	}
	return "pod"
}

// cells are those of a line.
func (s *Matrix) cells(l line) []kit.Cell {
	st := &s.Styles
	r := &s.now.Rows[l.row]
	symbol, style := s.symbol(r)
	name := s.nameOf(l)
	outcome, how := s.outcome(r), st.Text
	switch {
	case r.Result == nil || r.Result.NotBegun:
		how = st.Muted
	case !r.Result.OK():
		how = style
	}
	took, size := "", ""
	if r.State == batchrun.Running {
		took = kit.Age(s.Now(), r.Began)
	}
	if r.Result != nil && !r.Result.NotBegun {
		took = kit.Lasted(s.arrangement().longest(l))
	}
	if r.Result != nil && !r.Result.NotBegun || r.Bytes > 0 {
		size = bytesWords(r.Bytes)
	}
	answer := ""
	if !l.in {
		answer = s.answer(l)
	}
	return []kit.Cell{
		{Text: symbol, Style: style}, {Text: name, Style: st.Text}, {Text: outcome, Style: how}, {Text: took, Style: st.Muted}, {Text: size, Style: st.Muted}, {Text: answer, Style: st.Muted},
	}
}

// nameOf is how a line is called.
func (s *Matrix) nameOf(l line) string {
	switch {
	case l.head && s.isOpen(l.group):
		return "▾ " + kit.Count(len(s.folded.Groups[l.group].Members), s.kind())
	case l.head:
		return "▸ " + kit.Count(len(s.folded.Groups[l.group].Members), s.kind())
	case l.in:
		return "    " + strings.TrimPrefix(l.name, s.common)
	}
	return strings.TrimPrefix(l.name, s.common)
}

func (s *Matrix) symbol(r *batchrun.Row) (string, kit.Style) {
	st := &s.Styles
	switch {
	case r.State == batchrun.Running:
		return "…", st.Accent
	case r.State == batchrun.Waiting:
		return "·", st.Muted
	case r.Result.OK():
		return "✓", st.Good
	case r.Result.NotBegun:
		return "·", st.Muted
	case r.Result.Exit == nil:
		return "!", st.Warn
	}
	return "✗", st.Bad
}

// outcome is how a row is, in words.
func (s *Matrix) outcome(r *batchrun.Row) string {
	switch r.State {
	case batchrun.Running:
		return "running"
	case batchrun.Waiting:
		if s.now.Halted {
			return "will not begin"
		}
		return "waiting"
	case batchrun.Over:
	}
	if p := r.Result.Problem; p != nil && r.Result.Exit == nil && !r.Result.NotBegun && !r.Result.RunsOn {
		return cmp.Or(kube.Reason(p), r.Result.Outcome()) // one word; the pane has the sentence
	}
	return r.Result.Outcome()
}

// answer is the line that tells most of what a line has answered.
func (s *Matrix) answer(l line) string {
	if l.group >= 0 {
		return s.folded.answers[l.group]
	}
	if r := s.now.Rows[l.row].Result; r != nil {
		return firstLine(r.Output, r.Cut)
	}
	return ""
}

// bytesWords are a number of bytes, in few cells.
func bytesWords(n int64) string {
	const step = 1000
	if n < step {
		return strconv.FormatInt(n, 10)
	}
	f, unit := float64(n), ""
	for _, unit = range []string{"k", "M", "G"} {
		if f /= step; f < step {
			break
		}
	}
	if f < 10 {
		return fmt.Sprintf("%.1f%s", f, unit)
	}
	return fmt.Sprintf("%.0f%s", f, unit)
}

// footer are the lines below: who was left out, and what stays.
func (s *Matrix) footer(width int) []string {
	st := &s.Styles
	var foot []string
	if s.Typing() || s.filter.Text() != "" {
		of := st.Muted.Render(fmt.Sprintf("  %d of %d ", len(s.lines), len(s.now.Rows)))
		foot = append(foot, " "+kit.Fit(s.filter.View(st, max(width-kit.Width(of)-1, 0)), max(width-kit.Width(of)-1, 0))+of)
	}
	if s.now.Stopped != "" && !s.now.Over {
		foot = append(foot, " "+kit.Fit(st.Warn.Render("! ")+st.Text.Render("no more are begun: "+s.now.Stopped), width-1))
	}
	foot = append(foot, s.runsOn(width)...)
	skipped := 0
	var why []string
	for _, skip := range s.work.Skipped {
		skipped += len(skip.Names)
		why = append(why, skip.Why)
	}
	if skipped > 0 {
		foot = append(foot, " "+kit.Fit(st.Muted.Render(fmt.Sprintf("○ %s skipped: ", kit.Count(skipped, s.kind()))+strings.Join(why, "; ")), width-1))
	}
	if n := s.stays(); n > 0 {
		foot = append(foot, " "+kit.Fit(st.Warn.Render("! ")+st.Text.Render(fmt.Sprintf("%s could not be deleted: X lists what is left", kit.Count(n, "pod"))), width-1))
	}
	return foot
}

// runsOn says in how many the command may still be running without dayfly, and how one goes on with them.
func (s *Matrix) runsOn(width int) []string {
	st := &s.Styles
	n, byExec := 0, false
	for _, r := range s.now.Rows {
		if r.Result != nil && r.Result.RunsOn {
			n++
			byExec = r.Item.Plan == nil
		}
	}
	if n == 0 {
		return nil
	}
	words := fmt.Sprintf("it may still be running in %s. To go on with it: %s", kit.Count(n, s.kind()), cmp.Or(s.work.Resume, "the same dayfly run, with --resume "+s.work.Live.Options().ID))
	if byExec {
		words = fmt.Sprintf("it may still be running in %s: what was executed can only be ended there", kit.Count(n, s.kind()))
	}
	const most = 2 // lines
	var lines []string
	for i, text := range kit.Lines(kit.Clip(words, max(width-4, 1), most, st.Text)) {
		lead := st.Warn.Render("! ")
		if i > 0 {
			lead = "  "
		}
		lines = append(lines, " "+lead+text)
	}
	return lines
}

// stays is of how many something could not be taken away.
func (s *Matrix) stays() int {
	n := 0
	for _, r := range s.now.Rows {
		if r.Result != nil && r.Result.Stays != "" {
			n++
		}
	}
	return n
}
