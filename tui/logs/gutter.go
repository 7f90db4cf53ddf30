package logs

import (
	"strings"

	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// logGutter is what stands before each line: its time, and its container where there are several.
type logGutter struct {
	layout  string // of times; empty: they are not shown
	label   int    // cells of the container's name; 0: it is not shown
	palette map[string]int
	inks    []kit.Style
	muted   kit.Style
}

// gutter is as wide as the width allows: what is said matters more than when.
func (s *Screen) gutter(width int) logGutter {
	const wide, narrowLabel, wideLabel = 70, 8, 16
	st := &s.Styles
	g := logGutter{palette: s.palette, muted: st.Muted, inks: []kit.Style{st.Accent, st.Good, st.Warn, st.Text, st.Muted}}
	if s.times {
		g.layout = "15:04:05"
		if width >= wide {
			g.layout = "01-02 15:04:05.000"
		}
	}
	if s.all {
		most := narrowLabel
		if width >= wide {
			most = wideLabel
		}
		for _, name := range s.feed.request.Containers {
			g.label = max(g.label, min(kit.Width(name), most))
		}
	}
	return g
}

func (g *logGutter) cells() int {
	n := 0
	if g.layout != "" {
		n += len(g.layout) + 1
	}
	if g.label > 0 {
		n += g.label + 1
	}
	return n
}

// first stands before the first row of a line.
func (g *logGutter) first(l *kubelogs.Line) string {
	out := ""
	if g.layout != "" {
		at := ""
		if !l.Time.IsZero() {
			at = l.Time.UTC().Format(g.layout)
		}
		out = g.muted.Render(kit.Fit(at, len(g.layout)) + " ")
	}
	if g.label > 0 {
		out += g.inks[g.palette[l.Container]%len(g.inks)].Render(kit.Fit(l.Container, g.label)) + " "
	}
	return out
}

// rest stands before the other rows.
func (g *logGutter) rest() string { return strings.Repeat(" ", g.cells()) }
