package podchange

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws the screen.
func (s *Screen) View(width, height int) string {
	var out []string
	switch {
	case s.problem != nil:
		out = kit.Lines(kit.ProblemText(&s.Styles, s.Advised(s, s.problem), width))
	case s.change == nil:
		out = []string{"", "  " + s.Styles.Muted.Render("Reading the pod, and what selects it…")}
	case s.source != nil:
		out = s.viewProgress(width)
	default:
		out = s.viewPreview(width)
	}
	s.lines, s.page = len(out), max(height, 1)
	s.top = max(min(s.top, s.lines-s.page), 0)
	return kit.Box(strings.Join(out[s.top:], "\n"), width, height)
}

// viewPreview is what would be done.
func (s *Screen) viewPreview(width int) []string {
	st, p := &s.Styles, s.change.preview()
	if p.refusal != nil {
		return kit.Lines(kit.ProblemText(st, s.Advised(s, p.refusal), width))
	}
	out := []string{"", kit.Indent(kit.WrapStyled(p.asks, width-4, st.Title), 2), ""}
	for _, fact := range p.facts {
		out = append(out, kit.Indent(kit.WrapStyled(fact, width-4, st.Text), 2))
	}
	if len(p.effects) > 0 {
		out = append(out, "")
	}
	for _, e := range p.effects {
		mark := st.Muted.Render("· ")
		if e.Warns {
			mark = st.Warn.Render("! ")
		}
		out = append(out, kit.Indent(mark+kit.Hang(kit.WrapStyled(e.Text, width-6, st.Text), 2), 2))
	}
	if p.choice != "" {
		out = append(out, "", kit.Indent(st.Accent.Render(s.keys.Leave.Help().Key)+" "+kit.Hang(kit.WrapStyled(p.choice, width-6, st.Text), 2), 2))
	}
	out = append(out, "", kit.Indent(kit.WrapStyled("$ "+p.command, width-4, st.Muted), 2))
	return kit.Lines(kit.Join(out))
}

// viewProgress is what is being done, and what comes of it.
func (s *Screen) viewProgress(width int) []string {
	st, p := &s.Styles, s.change.preview()
	if s.now.failed != nil {
		return kit.Lines(kit.ProblemText(st, s.Advised(s, s.now.failed), width))
	}
	out := []string{"", kit.Indent(kit.WrapStyled(p.doing, width-4, st.Title), 2), ""}
	if len(s.now.steps) == 0 {
		out = append(out, "  "+st.Warn.Render("…")+" "+st.Text.Render("sending it to the API server")+st.Muted.Render("  "+kit.Lasted(s.Now().Sub(s.began))))
	}
	for _, one := range s.now.steps {
		mark := map[stepState]string{awaited: st.Warn.Render("…"), reached: st.Good.Render("✓"), late: st.Warn.Render("!")}[one.is]
		text := one.text
		if one.took != "" {
			text += ", after " + one.took
		}
		out = append(out, kit.Indent(mark+" "+kit.Hang(kit.WrapStyled(text, width-6, st.Text), 2), 2))
	}
	if s.now.causes != nil {
		out = append(out, "", kit.Indent(st.Warn.Render("! ")+kit.Hang(kit.WrapStyled("no updates: "+s.now.causes.Message, width-6, st.Text), 2), 2))
	}
	return kit.Lines(kit.Join(append(out, s.after(width)...)))
}

// after says what the person can do now.
func (s *Screen) after(width int) []string {
	st := &s.Styles
	if !s.now.undo {
		return nil
	}
	says := "It runs on, and gets no new traffic from its Services: press d to debug it, and u to bring it back."
	return []string{"", kit.Indent(kit.WrapStyled(says, width-4, st.Muted), 2)}
}
