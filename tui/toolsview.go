package tui

import (
	"strings"
)

// View draws the tools, and beside or under them what the chosen one would do.
func (s *toolsScreen) View(width, height int) string {
	var foot string
	if line := s.filter.view(&s.styles, width-4); line != "" {
		foot = " " + line
		height--
	}
	const wide = 110
	var body string
	if width >= wide {
		left := min(s.listWidth(), width*48/100)
		bar := strings.TrimSuffix(strings.Repeat(s.styles.muted.Render("│")+"\n", height), "\n")
		body = beside(box(s.listView(left, height), left, height), bar, box(s.details(width-left-2, height), width-left-2, height))
	} else {
		rows := min(len(s.passed), max(height/3, 1))
		list := s.listView(width, rows)
		rows = min(lines(list), max(height/2, 1))
		s.listed.high = min(s.listed.high, rows)
		body = box(list, width, rows) + "\n" +
			s.styles.muted.Render(strings.Repeat("─", width)) + "\n" + s.details(width, height-rows-1)
	}
	if foot == "" {
		return body
	}
	return box(body, width, height) + "\n" + foot
}

// listWidth is what the list needs to show every purpose whole.
func (s *toolsScreen) listWidth() int {
	widest := 0
	for _, p := range s.presets {
		widest = max(widest, cells(p.Purpose))
	}
	return max(2+toolNameWidth+widest+2, 40)
}

const toolNameWidth = 11

func (s *toolsScreen) listView(width, height int) string {
	st := &s.styles
	if len(s.passed) == 0 {
		return "\n  " + st.text.Render("No tool matches.") + st.muted.Render("  esc clears the filter.")
	}
	var out []string
	s.listed.wide, s.listed.high = width, height
	from, to := s.cursor.window(len(s.passed), height)
	for i := from; i < to; i++ {
		p := s.presets[s.passed[i].index]
		lead, over := st.row(i == s.cursor.at)
		name := over.Render(" ") + st.title.Over(over).Render(fit(p.Name, toolNameWidth))
		purpose := st.muted.Over(over).Render(fit(p.Purpose, max(width-toolNameWidth-3, 0)))
		out = append(out, padStyled(lead+name+purpose, width, over))
	}
	for _, notice := range s.notices {
		out = append(out, "", " "+st.warn.Render("! ")+strings.ReplaceAll(wrapStyled(notice, width-4, st.text), "\n", "\n   "))
	}
	return strings.Join(out, "\n")
}

// details are what would be done: facts, warnings, the command, the object.
func (s *toolsScreen) details(width, height int) string {
	st := &s.styles
	if p := s.state(); p != nil {
		return problemText(st, p, width)
	}
	if s.pod == nil {
		return "\n  " + st.muted.Render("Reading the pod…")
	}
	if s.refused != nil {
		return problemText(st, s.refused, width)
	}
	preset, ok := s.preset()
	if !ok {
		return ""
	}
	plan := s.plan
	var out []string
	fact := func(label, text string) {
		out = append(out, " "+st.muted.Render(fit(label, 8))+" "+strings.ReplaceAll(wrapStyled(text, width-11, st.text), "\n", "\n          "))
	}
	fact("image", plan.Image)
	fact("profile", string(plan.Profile)+": "+plan.Profile.Gives())
	if plan.Target.Container == "" {
		fact("target", "none: the pod's network is shared, no container's processes")
	} else {
		fact("target", plan.Target.Container+": its processes, and its files in /proc/1/root")
	}
	for _, n := range plan.Notes {
		mark := st.muted.Render("·")
		if n.Warns {
			mark = st.warn.Render("!")
		}
		out = append(out, " "+mark+" "+strings.ReplaceAll(wrapStyled(n.Text, width-4, st.text), "\n", "\n   "))
	}
	out = append(out, " "+st.muted.Render("$")+" "+strings.ReplaceAll(wrapStyled(plan.Command, width-4, st.accent), "\n", "\n   "))
	if len(preset.Try) > 0 {
		fact("then try", strings.Join(preset.Try, " · "))
	}
	out = append(out, indent(wrapStyled("will be added to the pod, and stay in it until the pod is deleted:", width-3, st.muted), 1), indent(wrapStyled(strings.TrimRight(plan.Adds, "\n"), width-4, st.muted), 3))
	all := strings.Split(strings.Join(out, "\n"), "\n")
	if more := len(all) - height; more > 0 && height > 1 {
		all = append(all[:height-1], "   "+st.warn.Render("… "+count(more+1, "more line")+", v shows all"))
	}
	return box(strings.Join(all, "\n"), width, height)
}

// beside sets blocks of equal height next to each other.
func beside(blocks ...string) string {
	var rows []string
	for _, block := range blocks {
		for i, line := range strings.Split(block, "\n") {
			if i == len(rows) {
				rows = append(rows, "")
			}
			rows[i] += line
		}
	}
	return strings.Join(rows, "\n")
}
