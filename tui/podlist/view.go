package podlist

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A terminal of so many columns has a pane beside the list that says why the pod under the cursor is as it is. Both have at least the
// width in which they can be read.
const (
	wideEnough = 120
	narrowPane = 40
	widestPane = 80
	beforePane = " │"
	paneGap    = 2 // the width of it
)

// quarantineMark is beside the symbol of a pod in quarantine; the word is in a column of its own where there is room.
const quarantineMark = "Q"

// View draws the list, and under it what troubles it and what filters it; beside it, where there is room, why.
func (s *Screen) View(width, height int) string {
	foot := s.footer(width)
	g := s.grid()
	list, rows := width, max(height-len(foot), 0)
	if s.wide = width >= wideEnough && s.list.len() > 0; s.wide {
		list = min(max(width-widestPane, min(g.Width()+1, width-narrowPane)), width-narrowPane)
	}
	out := s.viewList(&g, list, rows)
	if s.wide {
		rule := s.Styles.Muted.Render(beforePane)
		rules := strings.TrimSuffix(strings.Repeat(rule+"\n", rows), "\n")
		out = kit.SideBySide(out, rules, s.why.View(width-list-paneGap, rows))
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
	if g.Width() > width-1 { // the mark says it, and a name is worth more than the word
		g.Natural[len(g.Natural)-1] = 0
	}
	from, to := s.marks.Range(s.cursor.At, s.list.len(), s.keyOf)
	return g.List(&s.Styles, &s.cursor, s.list.len(), width, height, func(i int) []kit.Cell {
		e := s.list.row(i)
		return s.cells(e, s.marks.Has(e.PodKey) || i >= from && i < to)
	})
}

// Click puts the cursor on a pod, and opens the one that has it.
func (s *Screen) Click(x, y int) tea.Cmd {
	if x >= s.right || s.Typing() {
		return nil
	}
	on, again := s.cursor.Click(y-1, s.list.len(), s.page)
	if on {
		s.moved = true
		s.choose()
	}
	if again {
		return s.open(false)
	}
	return s.explain()
}

// CopyName is the pod.
func (s *Screen) CopyName() string { return s.chosen.Name }

// CopyCommand describes the pod.
func (s *Screen) CopyCommand() string {
	if s.list.len() == 0 {
		return ""
	}
	return kube.Kubectl(s.cluster.Context, s.chosen.Namespace, "describe", "pod", s.chosen.Name)
}

// grid is the columns; the one that the list is ordered by is marked. Their widths are those of all pods, and of the longest age there can
// be: nothing jumps while one scrolls or time passes.
func (s *Screen) grid() kit.Table {
	const longestAge = 5 // 9m59s
	title := func(name string, by order) string {
		if s.list.sort == by {
			return name + " ▾"
		}
		return name
	}
	w := s.list.wide
	restarts := w.restarts
	if w.exits {
		restarts += len(" (") + longestAge + len(")")
	}
	columns := []kit.Column{
		{}, {}, {Title: "NAMESPACE", Drop: 1}, {Title: title("NAME", byName), Flex: true}, {Title: "READY", Drop: 2},
		{Title: title("STATUS", byNeed)}, {Title: title("RESTARTS", byRestarts), Drop: 3},
		{Title: title("AGE", byAge), Drop: 4}, {Title: title("NODE", byNode), Drop: 5},
	}
	mark := 0
	if s.marks.Len() > 0 || s.marks.Ranging() {
		mark = 1
	}
	natural := []int{mark, 1, w.namespace, w.name, w.ready, w.status, restarts, longestAge, w.node}
	for i, c := range columns {
		natural[i] = max(natural[i], kit.Width(c.Title))
	}
	if s.namespace != "" {
		columns[2].Title, natural[2] = "", 0
	}
	word := 0
	if s.list.inQuarantine() > 0 {
		natural[1] += len(quarantineMark)
		word = len(quarantineWord)
	}
	columns, natural = append(columns, kit.Column{Drop: 6}), append(natural, word)
	return kit.Table{Columns: columns, Natural: natural}
}

// footer are the lines under the list: trouble, and what narrows the list.
func (s *Screen) footer(width int) []string {
	st := &s.Styles
	var foot []string
	if s.trouble != nil && s.listed {
		foot = append(foot, " "+st.Warn.Render(fmt.Sprintf("! stale for %s: %s", kit.Age(s.Now(), s.since), s.trouble.Message)))
	}
	if s.Typing() || s.filter.Text() != "" || s.list.onlySick {
		foot = append(foot, s.narrowedLine(width))
	}
	if s.wrong != nil {
		foot = append(foot, s.correction(width)...)
	}
	return foot
}

// correction says what is wrong with the filter's line, with a caret under the place where the whole line is on the screen.
func (s *Screen) correction(width int) []string {
	const lead = len(" / ")
	st := &s.Styles
	var out []string
	if kit.Width(s.filter.Text())+lead+1 < width && !s.list.onlySick {
		out = append(out, strings.Repeat(" ", lead+s.wrong.at)+st.Bad.Render("^"))
	}
	words := st.Bad.Render("✗ ") + kit.Hang(kit.WrapStyled(s.wrong.problem+": "+s.wrong.hint, width-4, st.Text), 2)
	return append(out, kit.Lines(kit.Indent(words, 1))...)
}

// narrowedLine is the line that says what the list leaves out. Where there is little room, the filter's words are cut off.
func (s *Screen) narrowedLine(width int) string {
	st := &s.Styles
	of := st.Muted.Render(fmt.Sprintf("  %d of %d ", s.list.len(), len(s.list.rows)))
	lead := " "
	if s.list.onlySick {
		lead += st.Warn.Render("only sick")
		if s.Typing() || s.filter.Text() != "" {
			lead += st.Muted.Render(" · ")
		}
	}
	room := max(width-kit.Width(lead)-kit.Width(of), 0)
	return lead + kit.Fit(s.filter.View(st, room), room) + of
}

// empty says why there is nothing to see.
func (s *Screen) empty(width int) string {
	st := &s.Styles
	switch {
	case s.trouble != nil && !s.listed:
		return kit.ProblemText(st, s.Advised(s, s.trouble, kube.Retry), width) + "\n\n" +
			kit.Indent(st.Muted.Render("Retrying"+s.lasting(s.since)+". Press "+s.keys.Retry.Help().Key+" to retry now."), 2)
	case !s.listed:
		if wait, ok := s.cluster.WaitsForCredentials(); ok {
			return credentialWaitText(st, wait, width)
		}
		return "\n  " + st.Muted.Render("Reading the pods"+s.lasting(s.asked)+"…")
	case s.unknown != nil && len(s.list.all) == 0:
		return kit.ProblemText(st, s.Advised(s, s.unknown), width)
	case len(s.list.all) > 0 && s.filter.Text() == "":
		return "\n  " + st.Text.Render("No pod has problems.") + st.Muted.Render("  Press ! to show all pods.")
	case len(s.list.all) > 0 && strings.Contains(s.filter.Text(), "=") && s.query.Selector == "":
		return "\n  " + st.Text.Render(fmt.Sprintf("No pod matches %q.", s.filter.Text())) + st.Muted.Render("  Use -l "+s.filter.Text()+" to filter by label.")
	case len(s.list.all) > 0 || s.query.Selector != "" || s.query.Workload.Kind != "":
		return "\n  " + st.Text.Render(fmt.Sprintf("No pod matches %q.", s.filter.Text())) + st.Muted.Render("  Press esc to clear the filter.")
	case s.node != "":
		return "\n  " + st.Text.Render("No pods on node "+s.node+".") + st.Muted.Render("  Press esc to go back.")
	case s.namespace == "":
		return "\n  " + st.Text.Render("No pods in this cluster.")
	}
	return "\n  " + st.Text.Render("No pods in namespace "+s.namespace+".") + st.Muted.Render("  Press n to choose a namespace, A for all.")
}

// credentialWaitText names the plugin that keeps everything waiting, and shows what it wants of a person, such as a code.
func credentialWaitText(st *kit.Styles, wait kube.CredentialWait, width int) string {
	text := "\n" + kit.Indent(kit.WrapStyled("Waiting for credential plugin "+wait.Plugin+" for "+wait.Waited.Truncate(time.Second).String()+"…", width-2, st.Muted), 2)
	if len(wait.Says) > 0 {
		text += "\n\n" + kit.Indent(st.Muted.Render("It says:"), 2)
	}
	for _, line := range wait.Says {
		text += "\n" + kit.Indent(kit.WrapStyled(line, width-4, st.Text), 4)
	}
	return text
}

// lasting is for how long it has been so, once that is worth a word.
func (s *Screen) lasting(since time.Time) string {
	if s.Now().Sub(since) < time.Second {
		return ""
	}
	return " for " + kit.Age(s.Now(), since)
}

// flashes is for how long a change that was seen stands out.
const flashes = 1500 * time.Millisecond

// cells are those of a pod. The one that tells why it is sick has the colour of that.
func (s *Screen) cells(e *podEntry, marked bool) []kit.Cell {
	st := &s.Styles
	symbol, style := st.Severity(e.severity)
	name, ready, status, restarts, old := st.Text, st.Text, st.Text, st.Text, st.Text
	switch e.severity {
	case lists.Finished, lists.Healthy:
	case lists.Unready:
		ready = style
	case lists.Restarted:
		restarts = style
	case lists.SlowStart, lists.StuckInit:
		status, old = style, style
	default:
		status = style
	}
	if !e.changed.IsZero() && s.Now().Sub(e.changed) < flashes {
		name = st.Accent.Bold()
	}
	exits := strconv.Itoa(e.Restarts)
	if !e.LastExit.IsZero() {
		exits += " (" + kit.Age(s.Now(), e.LastExit) + ")"
	}
	word := ""
	if e.quarantined {
		symbol, word = symbol+quarantineMark, quarantineWord
	}
	mark := ""
	if marked {
		mark = kit.MarkSymbol
	}
	return []kit.Cell{
		{Text: mark, Style: st.Accent}, {Text: symbol, Style: style},
		{Text: e.Namespace, Style: st.Muted},
		{Text: e.Name, Style: name, Marks: s.list.filter.marks(e.Name)},
		{Text: e.Ready, Style: ready},
		{Text: e.Status, Style: status},
		{Text: exits, Style: restarts},
		{Text: kit.Age(s.Now(), e.Created), Style: old},
		{Text: e.Node, Style: st.Muted},
		{Text: word, Style: st.Muted},
	}
}
