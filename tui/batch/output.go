package batch

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// mostShown is how much of an output a screen shows, in bytes: a pane less than a page.
const (
	mostInPane = 8 << 10
	mostInPage = 128 << 10
)

// paned is what a pane shows, as long as it is about the same.
type paned struct {
	of      line
	results int
	bytes   int64
	state   batchrun.State
	over    bool
	width   int
	text    []string
}

// pane is what the line under the cursor has answered: where it differs from the largest group, how.
func (s *Matrix) pane(width, height int) string {
	if len(s.lines) == 0 {
		return kit.Box("", width, height)
	}
	r := &s.now.Rows[s.chosen.row]
	if p := &s.paned; p.of != s.chosen || p.results != s.folded.results || p.bytes != r.Bytes || p.state != r.State || p.over != s.now.Over || p.width != width || p.text == nil {
		s.paned = paned{of: s.chosen, results: s.folded.results, bytes: r.Bytes, state: r.State, over: s.now.Over, width: width, text: s.paneLines(r, width)}
	}
	text := s.paned.text
	if more := len(text) - height; more > 0 && height > 0 {
		text = append(append([]string(nil), text[:height-1]...), s.Styles.Muted.Render(kit.Fit(fmt.Sprintf(" … %s more: ↵ shows all", kit.Count(more+1, "line")), width)))
	}
	return kit.Box(kit.Join(text), width, height)
}

func (s *Matrix) paneLines(r *batchrun.Row, width int) []string {
	st := &s.Styles
	room := max(width-2, 1)
	out := []string{" " + st.Title.Render(kit.Fit(s.heading(r), room))}
	for _, words := range s.remarks(r) {
		for _, text := range kit.Lines(kit.WrapStyled(words, room, st.Warn)) {
			out = append(out, " "+text)
		}
	}
	if diff := s.diff(); diff != "" {
		out = append(out, " "+st.Muted.Render(kit.Fit("compared with "+s.folded.Groups[0].Members[0].Name+" and "+s.others(), room)))
		for _, text := range kit.Lines(strings.TrimRight(cut(diff, mostInPane), "\n")) {
			out = append(out, " "+diffStyle(st, text).Render(kit.Fit(text, room)))
		}
		return out
	}
	for _, text := range kit.Lines(strings.TrimRight(s.output(r, mostInPane), "\n")) {
		out = append(out, " "+st.Text.Render(kit.Fit(text, room)))
	}
	return out
}

// others says how many are in the largest group beside the first.
func (s *Matrix) others() string {
	return kit.Count(len(s.folded.Groups[0].Members)-1, "other")
}

// heading is of whom something is shown, and how it has ended.
func (s *Matrix) heading(r *batchrun.Row) string {
	if !s.chosen.head {
		return s.chosen.name + " · " + s.outcome(r)
	}
	g := s.folded.Groups[s.chosen.group]
	return fmt.Sprintf("%d of %d · %s · %s", len(g.Members), len(s.now.Rows), s.outcome(r), kube.List(g.Names()))
}

// remarks are what else a person should know of a row.
func (s *Matrix) remarks(r *batchrun.Row) []string {
	var words []string
	if r.Result == nil {
		return nil
	}
	if p := r.Result.Problem; p != nil && r.Result.Exit == nil && !r.Result.NotBegun {
		words = append(words, p.Message)
		if p.Hint != "" {
			words = append(words, p.Hint)
		}
	}
	if r.Result.RunsOn {
		words = append(words, "It may still be running.")
	}
	if r.Result.Missing != "" {
		words = append(words, "Output may be missing: "+r.Result.Missing)
	}
	if r.Result.Stays != "" {
		words = append(words, r.Result.Stays)
	}
	return words
}

// diff is how the line under the cursor differs from the largest group; empty: it does not, or there is nothing to compare.
func (s *Matrix) diff() string {
	if s.chosen.group < 0 || !s.folded.compared(s.chosen.group) {
		return ""
	}
	diff := s.folded.Diff(s.chosen.group)
	lines := strings.SplitAfter(diff, "\n")
	for len(lines) > 0 && (strings.HasPrefix(lines[0], "--- ") || strings.HasPrefix(lines[0], "+++ ")) { // who is compared is said above
		lines = lines[1:]
	}
	return strings.Join(lines, "")
}

func diffStyle(st *kit.Styles, text string) kit.Style {
	switch {
	case strings.HasPrefix(text, "+"):
		return st.Good
	case strings.HasPrefix(text, "-"):
		return st.Bad
	case strings.HasPrefix(text, "@"):
		return st.Muted
	}
	return st.Text
}

// output is what a row has printed, cleaned, as much of it as most bytes.
func (s *Matrix) output(r *batchrun.Row, most int) string {
	printed, truncated := s.work.Live.Printed(s.chosen.row), false
	if r.Result != nil {
		truncated = r.Result.Cut
	}
	switch {
	case r.State == batchrun.Waiting || r.Result != nil && r.Result.NotBegun:
		return ""
	case len(printed) == 0 && r.State == batchrun.Running:
		return "(nothing printed yet)"
	case len(printed) == 0 && r.Result.Problem != nil:
		return ""
	case len(printed) == 0:
		return "(nothing printed)"
	case !fold.IsText(printed, true):
		return fmt.Sprintf("(not text: %d bytes, which s saves)", r.Bytes)
	}
	text := cut(string(printed), most)
	if truncated && len(printed) <= most {
		text = strings.TrimRight(text, "\n") + fmt.Sprintf("\n(only the first %d of %d bytes were kept)", len(printed), r.Bytes)
	}
	return kube.SanitizeLines(text)
}

// cut is the beginning of a text, up to the end of a line where that is not far.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = text[:most]
	if i := strings.LastIndexByte(text, '\n'); i > most/2 {
		text = text[:i]
	}
	return strings.ToValidUTF8(text, "") + "\n… only the beginning is shown"
}

// showOutput shows all that the line under the cursor has printed.
func (s *Matrix) showOutput() tea.Cmd {
	if len(s.lines) == 0 {
		return nil
	}
	r := &s.now.Rows[s.chosen.row]
	text := "\n" + s.heading(r) + "\n"
	for _, words := range s.remarks(r) {
		text += words + "\n"
	}
	o := kit.PagerOptions{Title: s.Title() + " › " + s.chosen.name, Copies: s.chosen.name, Command: s.CopyCommand()}
	o.Text = text + "\n" + strings.TrimRight(s.output(r, mostInPage), "\n")
	if diff := s.diff(); diff != "" {
		o.Text += "\n\nCompared with " + s.folded.Groups[0].Members[0].Name + " and " + s.others() + ":\n"
		o.Diff = cut(diff, mostInPage)
	}
	return s.Ask(kit.Show{Screen: kit.NewPager(s.Kit, o)})
}
