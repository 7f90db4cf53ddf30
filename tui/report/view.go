package report

import (
	"fmt"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws what can be chosen, what is being done, or what has come of it.
func (s *Screen) View(width, height int) string {
	switch {
	case s.source != nil:
		return s.viewWork(width, height)
	case s.done != nil:
		s.view.Doc = s.result(width)
		return s.view.Draw(&s.Styles, nil, width, height)
	}
	st := &s.Styles
	out := []string{"", kit.Indent(kit.WrapStyled("A report on pod "+s.pod.Name+" for a ticket: report.md in words, and the evidence for it, in one zip that only you can read. "+
		"It only reads the cluster, and reads no Secret and no ConfigMap.", width-4, st.Text), 2)}
	if s.failed != nil {
		out = append(out, kit.ProblemText(st, s.Advised(s, s.failed), width))
	}
	if s.evidence.Unread != nil {
		out = append(out, kit.Indent(st.Warn.Render("! ")+kit.Hang(kit.WrapStyled("what you did to it may be missing: "+kube.Explain(s.evidence.Unread).Message, width-6, st.Text), 2), 2))
	}
	above := kit.Lines(kit.Join(append(out, "")))
	above = above[:min(len(above), max(height-1, 0))]
	var items []kit.CheckItem
	for _, o := range s.options() {
		items = append(items, o.CheckItem)
	}
	return kit.Box(kit.Join(append(above, kit.DrawCheckList(s.Kit, &s.cursor, items, width, max(height-len(above), 1)))), width, height)
}

// viewWork is what has been read, and what is.
func (s *Screen) viewWork(width, height int) string {
	st := &s.Styles
	title := "Making the report"
	if s.leaving {
		title = "Cancelling"
	}
	out := []string{"", "  " + st.Title.Render(title) + st.Muted.Render("  "+kit.Lasted(s.Now().Sub(s.began))), ""}
	for i, step := range s.steps {
		mark := st.Good.Render("✓")
		if i == len(s.steps)-1 {
			mark = st.Warn.Render("…")
		}
		out = append(out, "  "+mark+" "+st.Text.Render(step))
	}
	return kit.Box(kit.Join(out), width, height)
}

// result says where the report is, and what is not in it.
func (s *Screen) result(width int) document.Document {
	var doc document.Document
	st, d := &s.Styles, s.done
	w := document.Writer{Document: &doc, Styles: st, Now: s.Now(), Width: width}
	put := func(mark string, style kit.Style, text string) {
		w.Put(1, kit.Lines(style.Render(mark)+" "+kit.Hang(kit.WrapStyled(text, max(width-5, 8), st.Text), kit.Width(mark)+1))...)
	}
	w.Lines = append(w.Lines, "")
	put("✓", st.Good, "The report is in "+kube.Sanitize(s.with.short(d.file)))
	w.Put(3, st.Muted.Render(fmt.Sprintf("%s, %s; only you can read it", kit.Count(len(d.report.Files()), "file"), amount(d.bytes))))
	if d.folder != "" {
		put("✓", st.Good, "and in the folder "+kube.Sanitize(s.with.short(d.folder)))
	}
	switch taken := d.report.Taken(); {
	case s.choices.secrets:
		put("!", st.Warn, "Secrets were left in, as was asked for.")
	case len(taken) == 0:
		w.Head("taken out")
		put("·", st.Muted, "Nothing that looks like a secret was found. Read it before you give it away.")
	default:
		w.Head("taken out")
		for _, line := range taken {
			put("·", st.Muted, line)
		}
	}
	if unread := d.report.Unread(); len(unread) > 0 {
		w.Head("not in it")
		for _, line := range unread {
			put("!", st.Warn, line)
		}
	}
	w.Head("files")
	for _, f := range d.report.Files() {
		put("·", st.Muted, f.Name)
	}
	return doc
}

// amount is a size for people.
func amount(bytes int64) string {
	const kilo = 1000
	switch {
	case bytes < kilo:
		return fmt.Sprintf("%d B", bytes)
	case bytes < kilo*kilo:
		return fmt.Sprintf("%.1f kB", float64(bytes)/kilo)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(kilo*kilo))
}
