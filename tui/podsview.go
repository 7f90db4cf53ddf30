package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
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

// View draws the list, and under it what troubles it and what filters it; beside it, where there is room, why.
func (s *podsScreen) View(width, height int) string {
	foot := s.footer(width)
	g := s.grid()
	list, rows := width, max(height-len(foot), 0)
	if s.wide = width >= wideEnough && s.list.len() > 0; s.wide {
		list = min(max(width-widestPane, min(g.width()+1, width-narrowPane)), width-narrowPane)
	}
	out := s.viewList(&g, list, rows)
	if s.wide {
		rule := s.styles.muted.Render(beforePane)
		rules := strings.TrimSuffix(strings.Repeat(rule+"\n", rows), "\n")
		out = beside(out, rules, s.why.View(width-list-paneGap, rows))
	}
	return box(strings.Join(append([]string{out}, foot...), "\n"), width, height)
}

func (s *podsScreen) viewList(g *grid, width, height int) string {
	s.page = max(height-1, 1)
	s.right = width
	if s.list.len() == 0 {
		s.cursor.place = ""
		return box(s.empty(width), width, height)
	}
	widths := g.widths(width - 1)
	out := []string{" " + g.header(widths, s.styles.muted)}
	from, to := s.cursor.window(s.list.len(), s.page)
	for i := from; i < to; i++ {
		lead, over := s.styles.row(i == s.cursor.at)
		out = append(out, padStyled(lead+g.line(s.cells(s.list.row(i)), widths, over, s.styles.accent.Underline()), width, over))
	}
	return box(strings.Join(out, "\n"), width, height)
}

// Click puts the cursor on a pod, and opens the one that has it.
func (s *podsScreen) Click(x, y int) tea.Cmd {
	if x >= s.right || s.Typing() {
		return nil
	}
	on, again := s.cursor.click(y-1, s.list.len(), s.page)
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
func (s *podsScreen) CopyName() string { return s.chosen.Name }

// CopyCommand describes the pod.
func (s *podsScreen) CopyCommand() string {
	if s.list.len() == 0 {
		return ""
	}
	return kube.Kubectl(s.cluster.Context, s.chosen.Namespace, "describe", "pod", s.chosen.Name)
}

// grid is the columns; the one that the list is ordered by is marked. Their widths are those of all pods, and of the longest age there can
// be: nothing jumps while one scrolls or time passes.
func (s *podsScreen) grid() grid {
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
	columns := []column{
		{}, {title: "NAMESPACE", drop: 1}, {title: title("NAME", byName), flex: true}, {title: "READY", drop: 2},
		{title: title("STATUS", byNeed)}, {title: title("RESTARTS", byRestarts), drop: 3},
		{title: title("AGE", byAge), drop: 4}, {title: title("NODE", byNode), drop: 5},
	}
	natural := []int{1, w.namespace, w.name, w.ready, w.status, restarts, longestAge, w.node}
	for i, c := range columns {
		natural[i] = max(natural[i], cells(c.title))
	}
	if s.namespace != "" {
		columns[1].title, natural[1] = "", 0
	}
	return grid{columns: columns, natural: natural}
}

// footer are the lines under the list: trouble, and what narrows the list.
func (s *podsScreen) footer(width int) []string {
	st := &s.styles
	var foot []string
	if s.trouble != nil && s.listed {
		foot = append(foot, " "+st.warn.Render(fmt.Sprintf("! stale for %s: %s", age(s.now(), s.since), s.trouble.What)))
	}
	if s.Typing() || s.filter.text() != "" || s.list.onlySick {
		foot = append(foot, s.narrowed(width))
	}
	if s.wrong != nil {
		foot = append(foot, s.correction(width)...)
	}
	return foot
}

// correction says what is wrong with the filter's line, with a caret under the place where the whole line is on the screen.
func (s *podsScreen) correction(width int) []string {
	const lead = len(" / ")
	st := &s.styles
	var out []string
	if cells(s.filter.text())+lead+1 < width && !s.list.onlySick {
		out = append(out, strings.Repeat(" ", lead+s.wrong.at)+st.bad.Render("^"))
	}
	words := st.bad.Render("✗ ") + hang(wrapStyled(s.wrong.problem+": "+s.wrong.hint, width-4, st.text), 2)
	return append(out, split(indent(words, 1))...)
}

// narrowed is the line that says what the list leaves out. Where there is little room, the filter's words are cut off.
func (s *podsScreen) narrowed(width int) string {
	st := &s.styles
	of := st.muted.Render(fmt.Sprintf("  %d of %d ", s.list.len(), len(s.list.rows)))
	lead := " "
	if s.list.onlySick {
		lead += st.warn.Render("only sick")
		if s.Typing() || s.filter.text() != "" {
			lead += st.muted.Render(" · ")
		}
	}
	room := max(width-cells(lead)-cells(of), 0)
	return lead + fit(s.filter.view(st, room), room) + of
}

// empty says why there is nothing to see.
func (s *podsScreen) empty(width int) string {
	st := &s.styles
	switch {
	case s.trouble != nil && !s.listed:
		return problemText(st, s.advised(s, s.trouble, kube.Retry), width) + "\n\n" +
			indent(st.muted.Render("Retrying"+s.lasting(s.since)+". Press "+s.keys.Retry.Help().Key+" to retry now."), 2)
	case !s.listed:
		if wait, ok := s.cluster.WaitsForCredentials(); ok {
			return credentialWaitText(st, wait, width)
		}
		return "\n  " + st.muted.Render("Reading the pods"+s.lasting(s.asked)+"…")
	case s.unknown != nil && len(s.list.all) == 0:
		return problemText(st, s.advised(s, s.unknown), width)
	case len(s.list.all) > 0 && s.filter.text() == "":
		return "\n  " + st.text.Render("No pod has problems.") + st.muted.Render("  Press ! to show all pods.")
	case len(s.list.all) > 0 && strings.Contains(s.filter.text(), "=") && s.query.Selector == "":
		return "\n  " + st.text.Render(fmt.Sprintf("No pod matches %q.", s.filter.text())) + st.muted.Render("  Use -l "+s.filter.text()+" to filter by label.")
	case len(s.list.all) > 0 || s.query.Selector != "" || s.query.Workload.Kind != "":
		return "\n  " + st.text.Render(fmt.Sprintf("No pod matches %q.", s.filter.text())) + st.muted.Render("  Press esc to clear the filter.")
	case s.namespace == "":
		return "\n  " + st.text.Render("No pods in this cluster.")
	}
	return "\n  " + st.text.Render("No pods in namespace "+s.namespace+".") + st.muted.Render("  Press n to choose a namespace, A for all.")
}

// credentialWaitText names the plugin that keeps everything waiting, and shows what it wants of a person, such as a code.
func credentialWaitText(st *styles, wait kube.CredentialWait, width int) string {
	text := "\n" + indent(wrapStyled("Waiting for credential plugin "+wait.Plugin+", for "+wait.Waited.Truncate(time.Second).String()+" now…", width-2, st.muted), 2)
	if len(wait.Says) > 0 {
		text += "\n\n" + indent(st.muted.Render("It says:"), 2)
	}
	for _, line := range wait.Says {
		text += "\n" + indent(wrapStyled(line, width-4, st.text), 4)
	}
	return text
}

// lasting is for how long it has been so, once that is worth a word.
func (s *podsScreen) lasting(since time.Time) string {
	if s.now().Sub(since) < time.Second {
		return ""
	}
	return ", for " + age(s.now(), since) + " now"
}

// flashes is for how long a change that was seen stands out.
const flashes = 1500 * time.Millisecond

// cells are those of a pod. The one that tells why it is sick has the colour of that.
func (s *podsScreen) cells(e *podEntry) []cell {
	st := &s.styles
	symbol, style := st.severity(e.severity)
	name, ready, status, restarts, old := st.text, st.text, st.text, st.text, st.text
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
	if !e.changed.IsZero() && s.now().Sub(e.changed) < flashes {
		name = st.accent.Bold()
	}
	exits := strconv.Itoa(e.Restarts)
	if !e.LastExit.IsZero() {
		exits += " (" + age(s.now(), e.LastExit) + ")"
	}
	return []cell{
		{text: symbol, style: style},
		{text: e.Namespace, style: st.muted},
		{text: e.Name, style: name, marks: s.list.filter.marks(e.Name)},
		{text: e.Ready, style: ready},
		{text: e.Status, style: status},
		{text: exits, style: restarts},
		{text: age(s.now(), e.Created), style: old},
		{text: e.Node, style: st.muted},
	}
}
