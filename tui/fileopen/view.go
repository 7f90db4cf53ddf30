package fileopen

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View says how far the way to the files is.
func (w *Way) View(width, height int) string { return kit.Box(w.text(width), width, height) }

func (w *Way) text(width int) string {
	st, o := &w.Styles, w.opening
	busy := func(words string) string { return "\n  " + st.Muted.Render(words) }
	switch o.phase {
	case reading:
		return busy("Reading the pod…")
	case asking:
		return "\n" + kit.Indent(kit.WrapStyled("The rules of this context want something to be said before programs are run in the pod.", width-4, st.Text), 2)
	case finding:
		return busy("Looking for a way to the files of " + w.Container + "…")
	case offering:
		return w.viewOffer(width)
	case starting:
		return w.viewStart(width)
	case stuck:
		return kit.ProblemText(st, w.Advised(w, o.problem), width)
	case open:
	}
	return ""
}

// viewOffer shows the debug container that would be added.
func (w *Way) viewOffer(width int) string {
	st, f := &w.Styles, w.opening.offer
	why := w.Container + " cannot list its files itself: it has no sh with tar, find and stat, and no debug container of yours looks at it. One can be added for that:"
	if w.opening.beside {
		why = "The files of " + w.Container + " are reached from a debug container then, which may run as another user:"
	}
	out := []string{"", kit.Indent(kit.WrapStyled(why, width-4, st.Text), 2), ""}
	field := func(name, text string, style kit.Style) {
		const room = 10
		if text != "" {
			out = append(out, kit.Indent(st.Muted.Render(kit.Fit(name, room))+kit.Hang(kit.WrapStyled(text, width-room-4, style), room), 2))
		}
	}
	switch {
	case f.around == nil:
		return kit.Join(append(out, "  "+st.Muted.Render("Reading what is around the pod…")))
	case f.refused != nil:
		return kit.Join(out) + kit.ProblemText(st, w.Advised(w, f.refused), width)
	}
	field("adds", f.plan.Debug.Container+" with image "+f.plan.Image, st.Text)
	profile := string(f.plan.Profile) + ": " + f.plan.Gives()
	if f.root {
		profile += "; as root"
	}
	field("profile", profile, st.Text)
	field("command", f.plan.Command, st.Text)
	field("leaves", f.plan.Leaves(), st.Text)
	field("ends", "when you leave the files, or dayfly", st.Text)
	out = append(out, "")
	return kit.Join(append(out, w.viewChecks(width)...))
}

// viewChecks are what is known of the plan.
func (w *Way) viewChecks(width int) []string {
	st, f := &w.Styles, w.opening.offer
	var out []string
	line := func(symbol string, style kit.Style, text string) {
		out = append(out, kit.Indent(style.Render(symbol)+" "+kit.Hang(kit.WrapStyled(text, width-6, st.Text), 2), 2))
	}
	if f.answer == nil {
		return []string{"  " + st.Muted.Render("… asking the cluster whether it would allow that")}
	}
	switch p := f.answer.Problem; {
	case p == nil:
		line("✓", st.Good, "the cluster would allow it")
	case f.answer.Blocks():
		told := w.Advised(w, p)
		line("✗", st.Bad, told.Message)
		if told.Hint != "" {
			line("→", st.Accent, told.Hint)
		}
	default:
		line("!", st.Warn, p.Message)
	}
	for _, found := range f.findings {
		switch found.Severity {
		case debug.Blocking:
			line("✗", st.Bad, found.Text)
		case debug.Warning:
			line("!", st.Warn, found.Text)
		case debug.Info:
			line("·", st.Muted, found.Text)
		}
	}
	return out
}

// viewStart says how far the debug container is.
func (w *Way) viewStart(width int) string {
	st, now := &w.Styles, w.opening.helper.Session().Look()
	words := map[launch.Step]string{
		launch.Asked: "asked the cluster", launch.Accepted: "the cluster has accepted it", launch.Pulling: "pulling the image", launch.Pulled: "the image is there",
		launch.Created: "the container is made", launch.Started: "it runs",
	}
	out := []string{"", "  " + st.Text.Render("Adding debug container "+now.Target.Container+"…"), ""}
	for _, step := range now.Steps {
		if text, ok := words[step.Step]; ok {
			out = append(out, "  "+st.Good.Render("✓")+" "+st.Text.Render(text))
		}
	}
	if now.Cause != nil {
		out = append(out, strings.Split(kit.ProblemText(st, w.Advised(w, now.Cause), width), "\n")...)
	}
	if now.Trouble != nil {
		out = append(out, "", kit.Indent(kit.WrapStyled(fmt.Sprintf("No news at the moment: %v", now.Trouble), width-4, st.Muted), 2))
	}
	return kit.Join(out)
}
