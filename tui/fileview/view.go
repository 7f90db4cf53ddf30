package fileview

import (
	"strings"

	kubefiles "github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws the part of the file where one is.
func (v *Screen) View(width, height int) string {
	st := &v.Styles
	foot := v.footer(width)
	v.height = max(height-len(foot), 1)
	if room := max(width-1, 1); room != v.width {
		v.width = room
	}
	var out []string
	switch {
	case !v.known && v.problem != nil:
		return kit.Box(kit.ProblemText(st, v.Advised(v, v.problem), width), width, height)
	case v.packed && !v.isUnpacked():
		out = []string{"", "  " + st.Muted.Render("Unpacking "+v.base()+"… "+kubefiles.SizeWords(v.unpacking.Load()))}
	case !v.known:
		out = []string{"", "  " + st.Muted.Render("Reading "+v.base()+"…")}
	case v.size == 0:
		out = []string{"", "  " + st.Muted.Render("The file is empty.")}
	default:
		out = v.body()
	}
	return kit.Box(kit.Box(strings.Join(out, "\n"), width, v.height)+strings.Join(append([]string{""}, foot...), "\n"), width, height)
}

// body are the rows on the screen.
func (v *Screen) body() []string {
	st := &v.Styles
	list, ended := v.rows(v.height)
	var out []string
	for _, r := range list {
		text := kit.Fit(v.draw(r.data, r.offset), v.width)
		out = append(out, " "+kit.Marked(text, v.marks(text), st.Text, st.Accent.Underline()))
	}
	if !ended && len(list) < v.height {
		out = append(out, " "+st.Muted.Render("…"))
	}
	return out
}

// marks are the bytes of a row that match what is looked for.
func (v *Screen) marks(text string) []int {
	if v.find.needle == "" || v.hex {
		return nil
	}
	in, needle := text, v.find.needle
	if v.find.fold {
		in, needle = string(lower([]byte(text))), string(lower([]byte(needle)))
	}
	var marks []int
	for from := 0; ; {
		i := strings.Index(in[from:], needle)
		if i < 0 {
			return marks
		}
		for j := range needle {
			marks = append(marks, from+i+j)
		}
		from += i + len(needle)
	}
}

// footer are the lines below: what is looked for, and what there is to know.
func (v *Screen) footer(width int) []string {
	st := &v.Styles
	var foot []string
	if v.problem != nil && v.known {
		foot = append(foot, " "+kit.Fit(st.Bad.Render("✗ ")+st.Text.Render(v.problem.Message), width-2))
	}
	if v.note != "" {
		foot = append(foot, " "+kit.Fit(st.Warn.Render("! ")+st.Text.Render(v.note), width-2))
	}
	if v.Typing() || v.find.needle != "" {
		line := " " + v.find.line.View(st, max(width-2, 1))
		if v.find.stop != nil {
			line += st.Muted.Render("  looking… " + kubefiles.SizeWords(v.find.read.Load()) + ", esc ends that")
		}
		foot = append(foot, kit.Fit(line, width))
	}
	return foot
}
