package tools

import (
	"path"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws the tools, and beside or under them what the chosen one would do.
func (s *Screen) View(width, height int) string {
	var foot string
	if line := s.filter.View(&s.Styles, width-4); line != "" {
		foot = " " + line
		height--
	}
	const wide = 110
	var body string
	if width >= wide {
		left := min(s.listWidth(), width*48/100)
		bar := strings.TrimSuffix(strings.Repeat(s.Styles.Muted.Render("│")+"\n", height), "\n")
		body = kit.SideBySide(kit.Box(s.listView(left, height), left, height), bar, kit.Box(s.details(width-left-2, height), width-left-2, height))
	} else {
		rows := min(len(s.passed), max(height*2/7, 1))
		list := s.listView(width, rows)
		rows = min(kit.Height(list), max(height/2, 1))
		s.listed.high = min(s.listed.high, rows)
		body = kit.Box(list, width, rows) + "\n" +
			s.Styles.Muted.Render(strings.Repeat("─", width)) + "\n" + s.details(width, height-rows-1)
	}
	if foot == "" {
		return body
	}
	return kit.Box(body, width, height) + "\n" + foot
}

// listWidth is what the list needs to show every purpose whole.
func (s *Screen) listWidth() int {
	widest := 0
	for _, t := range s.tools {
		widest = max(widest, min(kit.Width(t.Purpose), 60))
	}
	return max(2+toolNameWidth+widest+2, 40)
}

const toolNameWidth = 11

func (s *Screen) listView(width, height int) string {
	st := &s.Styles
	if len(s.passed) == 0 {
		s.cursor.Place = ""
		return "\n  " + st.Text.Render("No tool matches.") + st.Muted.Render("  Press esc to clear the filter.")
	}
	var out []string
	s.listed.wide, s.listed.high = width, height
	from, to := s.cursor.Window(len(s.passed), height)
	for i := from; i < to; i++ {
		t := s.tools[s.passed[i].Index]
		lead, over := st.Row(i == s.cursor.At)
		name := over.Render(" ") + st.Title.Over(over).Render(kit.Fit(t.Name, toolNameWidth))
		room := max(width-toolNameWidth-3, 0)
		purpose := st.Muted.Over(over).Render(kit.Fit(t.Purpose, room))
		if t.reason != "" {
			purpose = st.Accent.Over(over).Render(kit.Fit("★ "+t.reason, room))
		}
		out = append(out, kit.PadStyled(lead+name+purpose, width, over))
	}
	for _, notice := range s.with.Mistakes() {
		out = append(out, "", " "+st.Warn.Render("! ")+strings.ReplaceAll(kit.WrapStyled(notice, width-4, st.Text), "\n", "\n   "))
	}
	return strings.Join(out, "\n")
}

// details are what would be done: facts, warnings, the command, the object.
func (s *Screen) details(width, height int) string {
	st := &s.Styles
	if p := s.State(); p != nil {
		return kit.ProblemText(st, s.Advised(s, p), width)
	}
	if !s.ready() {
		what := "pod"
		if s.node != "" {
			what = "node"
		}
		return "\n  " + st.Muted.Render("Reading the "+what+"…")
	}
	if s.refused != nil {
		return kit.ProblemText(st, s.Advised(s, s.refused), width)
	}
	if _, ok := s.tool(); !ok {
		return ""
	}
	all := strings.Split(strings.Join(s.planLines(width), "\n"), "\n")
	if more := len(all) - height; more > 0 && height > 1 {
		all = append(all[:height-1], "   "+st.Warn.Render("… "+kit.Count(more+1, "more line")+", v shows all"))
	}
	return kit.Box(strings.Join(all, "\n"), width, height)
}

// planLines say what is chosen, what speaks for and against it, and exactly what would be done.
func (s *Screen) planLines(width int) []string {
	st := &s.Styles
	plan, t := s.plan, s.chosen
	var out []string
	fact := func(label, text string) {
		out = append(out, " "+st.Muted.Render(kit.Fit(label, 8))+" "+strings.ReplaceAll(kit.WrapStyled(text, width-11, st.Text), "\n", "\n          "))
	}
	if t.reason != "" {
		fact("purpose", t.Purpose)
	}
	if t.Brings != nil {
		fact("brings", bringsWords(t.Preset))
	}
	fact("image", breakName(plan.Image, width-11))
	if s.rule != nil {
		fact("", "from "+s.rule.To+" instead of "+s.rule.From+", as config.yaml says")
	}
	if plan.Tools != "" {
		fact("tools", breakName(plan.Tools, width-11))
	}
	fact("profile", string(plan.Profile)+": "+plan.Gives())
	fact("way", plan.Request.WayWords())
	if len(s.ways()) > 1 {
		key := s.keys.Way.Help().Key + ": " + next(s.ways(), s.way).Words()
		if last := out[len(out)-1]; kit.Width(last[strings.LastIndex(last, "\n")+1:]+"  "+key) > width { // under it, where there is no room
			out = append(out, strings.Repeat(" ", 8))
		}
		out[len(out)-1] += st.Muted.Render("  " + key)
	}
	switch {
	case plan.OnHost() != "":
		fact("node", plan.Target.Node+": "+plan.OnHost())
	case plan.Request.Way == debug.Join:
		fact("target", s.joinWords())
	case plan.Inside():
		fact("target", plan.Target.Container+": the shell is inside it, and its program waits")
	case plan.Target.Container != "":
		fact("target", s.sightWords())
	case plan.SharesProcesses():
		fact("target", "none: shares the pod's network and its containers' processes")
	default:
		fact("target", "none: shares the pod's network, no container's processes")
	}
	life := s.mode.words(plan, s.preflight.answer.Keeps())
	if t.Brings != nil {
		life = "dayfly ends it when the file is here; it ends by itself after 4 hours"
	}
	fact("life", life)
	if hint := s.lifeHint(width - 11 - kit.Width(life)); hint != "" && t.Brings == nil {
		out[len(out)-1] += st.Muted.Render(hint)
	}
	for _, r := range s.remarks() {
		out = append(out, " "+r.style.Render(r.symbol)+" "+strings.ReplaceAll(kit.WrapStyled(r.text, width-4, st.Text), "\n", "\n   "))
	}
	if plan.Command != "" {
		out = append(out, " "+st.Muted.Render("$")+" "+strings.ReplaceAll(kit.WrapStyled(plan.Command, width-4, st.Accent), "\n", "\n   "))
	}
	if try := s.hints(); len(try) > 0 {
		fact("then try", strings.Join(try, " · "))
	}
	return append(out, kit.Indent(kit.WrapStyled(plan.Intro(), width-3, st.Muted), 1),
		kit.Indent(kit.WrapStyled(strings.TrimRight(plan.Adds, "\n"), width-4, st.Muted), 3))
}

// bringsWords say what a preset brings home.
func bringsWords(p presets.Preset) string {
	words := p.Brings.Name + ", made in a debug container"
	if file, in := p.Brings.InTarget(); in {
		words = p.Brings.Name + ", made by the process itself in " + path.Dir(file)
	}
	words += "; it is deleted there when it is here"
	if p.Takes != "" {
		words += "; you are asked for " + p.Takes
	}
	return words
}

// joinWords are what of its target the plan joins.
func (s *Screen) joinWords() string {
	joins := s.plan.Joins()
	if joins == "" {
		return s.plan.Target.Container + ": nothing is joined; its files in $TARGET_ROOT"
	}
	return s.plan.Target.Container + ": " + joins + "; its files in $TARGET_ROOT"
}

// sightWords are what the plan's container sees of its target.
func (s *Screen) sightWords() string {
	facts, words := s.checkFacts(), s.plan.Target.Container+": its processes"
	root := s.plan.Place(facts).Root
	if root == "" {
		root = "/proc/PID/root"
	}
	switch sight := debug.SightOf(s.plan, facts); {
	case sight.Opens:
		return words + ", and its files in " + root
	case sight.If != "":
		return words + ", and its files in " + root + " if " + sight.If
	}
	return words + ", but not its files: see below"
}

// lifeHint names the keys that change the mode of a session, as far as there is room: the footer may have none for them.
func (s *Screen) lifeHint(room int) string {
	var long, short []string
	for _, k := range []key.Binding{s.keys.Life, s.keys.Private, s.keys.Record} {
		long, short = append(long, k.Help().Key+" "+k.Help().Desc), append(short, k.Help().Key)
	}
	for _, hint := range []string{"  " + strings.Join(long, " · "), "  " + strings.Join(short, " ") + " change it"} {
		if kit.Width(hint) <= room {
			return hint
		}
	}
	return ""
}

// CopyName is the image of the tool under the cursor.
func (s *Screen) CopyName() string { return s.plan.Image }

// CopyCommand is the one that is on the screen.
func (s *Screen) CopyCommand() string { return s.plan.Command }

// Click puts the cursor on a tool. It never starts one: that changes the cluster.
func (s *Screen) Click(x, y int) tea.Cmd {
	if x >= s.listed.wide {
		return nil
	}
	if on, again := s.cursor.Click(y, len(s.passed), s.listed.high); on && !again {
		s.touched = true
		s.turn()
	}
	return nil
}
