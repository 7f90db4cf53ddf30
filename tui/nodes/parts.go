package nodes

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// whyPart is what is wrong with a node, or that it is well.
func whyPart(st *kit.Styles, row *nodes.Row, server nodes.Version, now time.Time, width int) document.Part {
	symbol, style := symbolOf(st, row.Judge(server, now))
	p := document.Part{Least: 4}
	for i, words := range row.Why(server, now) {
		if i > 0 {
			symbol, style = "!", st.Warn
		}
		p.Lines = append(p.Lines, kit.Lines(style.Render(symbol)+" "+kit.Hang(kit.Clip(words, width-2, 4, st.Text), 2))...)
	}
	return p
}

// usePart is what the pods of a node ask for, of what there is for them.
func usePart(st *kit.Styles, row *nodes.Row, e *nodes.Evidence, width int) document.Part {
	p := document.Part{Title: "requested of what is allocatable", Least: 3}
	switch {
	case e.NoUse != nil:
		p.Lines = kit.Lines(kit.Clip(e.NoUse.Message, width, 3, st.Muted))
		return p
	case row.Facts == nil, e.Use == nil:
		return document.Part{}
	}
	p.Title = strings.TrimRight(kit.Fit(p.Title, width), " ")
	all, asked, limits := row.Facts.Allocatable, e.Use.Requests, e.Use.Limits
	p.Lines = []string{
		useLine(st, "cpu", asked.CPU, all.CPU, nodes.CPUWords, limitWords(limits.CPU, nodes.CPUWords), width),
		useLine(st, "memory", asked.Memory, all.Memory, nodes.MemoryWords, limitWords(limits.Memory, nodes.MemoryWords), width),
		useLine(st, "pods", asked.Pods, all.Pods, func(n int64) string { return fmt.Sprint(n) }, "", width),
	}
	return p
}

func limitWords(limit int64, words func(int64) string) string {
	if limit == 0 {
		return ""
	}
	return "limits " + words(limit)
}

// useLine is one resource: a bar, how much of it is asked for, and in words.
func useLine(st *kit.Styles, name string, asked, all int64, words func(int64) string, more string, width int) string {
	const label, bar, nearlyFull, whole = 8, 10, 90, 100
	text := words(asked) + " of " + words(all)
	style := st.Text
	full := int64(0)
	if all > 0 {
		full = asked * whole / all
		text = fmt.Sprintf("%3d %%  ", full) + text
	}
	if full >= nearlyFull {
		style = st.Warn
	}
	cells := int(min((full*bar+whole/2)/whole, bar))
	if asked > 0 && cells == 0 {
		cells = 1
	}
	line := st.Muted.Render(kit.Fit(name, label))
	if width >= label+bar+len("  100 %  110 of 110") {
		line += style.Render(strings.Repeat("█", cells)) + st.Muted.Render(strings.Repeat("░", bar-cells)) + " "
	}
	if room := width - kit.Width(line); more != "" && kit.Width(text)+len(" · ")+kit.Width(more) <= room {
		text += " · " + more
	}
	return line + style.Render(strings.TrimRight(kit.Fit(text, max(width-kit.Width(line), 1)), " "))
}

// taintsPart are the taints, and what they mean for pods.
func taintsPart(st *kit.Styles, row *nodes.Row, width int) document.Part {
	p := document.Part{Title: "taints", Least: 2}
	if row.Facts == nil {
		return p
	}
	for _, t := range row.Facts.Taints {
		p.Lines = append(p.Lines, kit.Lines(kit.Hang(kit.Clip(t.Name, width-2, 2, st.Text), 2))...)
		effect := strings.TrimSuffix(t.Effect+": "+t.Words(), ": ")
		p.Lines = append(p.Lines, kit.Lines(kit.Indent(kit.Hang(kit.Clip(effect, width-4, 2, st.Muted), 2), 2))...)
	}
	return p
}

// eventsPart are the events of a node, in short.
func eventsPart(st *kit.Styles, e *nodes.Evidence, now time.Time, width int) document.Part {
	p := document.Part{Title: "events", Least: 2}
	if e.NoEvents != nil {
		p.Lines = kit.Lines(kit.Clip(e.NoEvents.Message, width, 3, st.Muted))
	}
	reasons := document.ReasonWidth(e.Events, width)
	for i := range e.Events {
		p.Lines = append(p.Lines, document.EventLines(st, &e.Events[i], "", now, width, reasons, document.EventShort)...)
	}
	return p
}

// machinePart is what the node is. Other says how its kubelet differs from most; it may be empty.
func machinePart(st *kit.Styles, row *nodes.Row, other string, width int) document.Part {
	p := document.Part{Title: "machine", Least: 3}
	const label = 9
	add := func(name, text string) {
		if text != "" {
			p.Lines = append(p.Lines, kit.Lines(st.Muted.Render(kit.Fit(name, label))+kit.Hang(kit.Clip(text, max(width-label, 1), 2, st.Text), label))...)
		}
	}
	if f := row.Facts; f != nil {
		add("host", f.Host.Note())
	}
	add("kubelet", row.Version+other)
	add("system", row.System)
	add("kernel", row.Kernel)
	add("runtime", runtimeWords(row.Runtime))
	add("address", row.Address)
	add("roles", row.Roles)
	return p
}

// symbolOf is the symbol of a node, which means the same without its colour.
func symbolOf(st *kit.Styles, s nodes.Severity) (symbol string, style kit.Style) {
	switch {
	case s.Broken():
		return "✗", st.Bad
	case s.Sick():
		return "!", st.Warn
	case s == nodes.Starting:
		return "…", st.Warn
	}
	return "●", st.Good
}
