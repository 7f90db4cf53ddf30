package pod

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// inspectWriter writes what is known of a pod under headings.
type inspectWriter struct {
	*inspectDoc
	st    *kit.Styles
	now   time.Time
	width int
}

// wordsDoc is what a person asks of a pod in an incident, what is wrong first. Of a pod that is gone nothing is wrong any more: it is
// how it was at last.
func wordsDoc(st *kit.Styles, e *detail.Evidence, gone bool, now time.Time, width int) inspectDoc {
	var doc inspectDoc
	w := inspectWriter{&doc, st, now, width}
	read := detail.Of(e.Pod)
	if !gone {
		w.lines = append(w.lines, "")
		w.put(1, whyHead(st, detail.Diagnose(e.Pod, e.Events, now), width-3).lines...)
	}
	w.containers(e.Pod, &read, false)
	w.containers(e.Pod, &read, true)
	if log := whyLog(st, &e.Log, width-4); len(log.lines) > 0 {
		w.head(log.title)
		w.put(2, log.lines...)
	}
	if e.Pod.Node == "" {
		w.section("placement", read.Placement)
	}
	w.events(e)
	w.conditions(read.Conditions)
	w.section("pod", read.About)
	if e.Pod.Node != "" {
		w.section("placement", read.Placement)
	}
	w.section("volumes", read.Volumes)
	w.section("labels", read.Labels)
	w.section("annotations", read.Annotations)
	return doc
}

func (w *inspectWriter) put(by int, lines ...string) {
	for _, line := range lines {
		w.lines = append(w.lines, strings.Repeat(" ", by)+line)
	}
}

// head begins a section.
func (w *inspectWriter) head(title string) {
	w.lines = append(w.lines, "")
	w.sections = append(w.sections, len(w.lines))
	title = strings.ToUpper(title[:1]) + title[1:]
	rule := max(w.width-kit.Width(title)-4, 0)
	w.put(1, w.st.Title.Render(title)+" "+w.st.Muted.Render(strings.Repeat("─", rule)))
}

func (w *inspectWriter) section(title string, facts []detail.Fact) {
	if len(facts) == 0 {
		return
	}
	w.head(title)
	label := 0
	for _, f := range facts {
		label = max(label, kit.Width(f.Label))
	}
	w.facts(3, min(label, max(w.width/3, 8)), facts)
}

// facts are labels and what there is to say, in two columns; a label that is too long has a line of its own.
func (w *inspectWriter) facts(by, label int, facts []detail.Fact) {
	before := ""
	for _, f := range facts {
		room := max(w.width-by-label-3, 8)
		text := kit.Hang(kit.WrapStyled(f.Text, room, w.st.Text), label+2)
		name := f.Label
		if name == before {
			name = "" // once is enough
		}
		before = f.Label
		if kit.Width(name) > label {
			w.put(by, kit.Lines(kit.WrapStyled(name, max(w.width-by-1, 8), w.st.Muted))...)
			name = ""
		}
		w.put(by, kit.Lines(w.st.Muted.Render(kit.Fit(name, label))+"  "+text)...)
	}
}

// containers are those of the pod, or the debug containers that it has been given.
func (w *inspectWriter) containers(pod *kube.Pod, read *detail.Detail, debug bool) {
	first := true
	session, running := newestSession(pod)
	_, _, ended := byKind(pod.Containers)
	for i := range pod.Containers {
		c := &pod.Containers[i]
		if (c.Kind == kube.DebugContainer) != debug || slices.Contains(ended, c) {
			continue
		}
		switch {
		case first && debug:
			w.head("debug containers")
		case first:
			w.head("containers")
		default:
			w.lines = append(w.lines, "")
			w.sections = append(w.sections, len(w.lines))
		}
		first = false
		w.container(c, &read.Containers[i], running && c.Name == session.Name)
	}
	if debug && len(ended) > 0 {
		w.ended(ended, first)
	}
}

// ended has a line for each debug container that has ended, the newest first: a pod keeps them as long as it lives.
func (w *inspectWriter) ended(list []*kube.Container, first bool) {
	if first {
		w.head("debug containers")
	} else {
		w.lines = append(w.lines, "")
	}
	for _, c := range list {
		symbol, style := container(w.st, c)
		words := []string{c.Name, c.State, c.Image}
		if since := kit.Age(w.now, c.Exit.Finished); since != "" {
			words = slices.Insert(words, 2, since+" ago")
		}
		if c.Looks != "" {
			words = append(words, "targets "+c.Looks)
		}
		w.put(1, kit.Lines(style.Render(symbol)+" "+kit.Hang(kit.WrapStyled(strings.Join(words, " · "), max(w.width-5, 8), w.st.Muted), 2))...)
	}
}

func (w *inspectWriter) container(c *kube.Container, read *detail.Container, attaches bool) {
	const label, least = 9, 12
	st := w.st
	symbol, style := container(st, c)
	words := []string{c.State}
	if !c.Since.IsZero() {
		words[0] += " " + kit.Age(w.now, c.Since)
	}
	if c.Kind == kube.InitContainer || c.Kind == kube.Sidecar {
		words = append([]string{c.Kind.String()}, words...)
	}
	if c.Restarts > 0 {
		words = append(words, kit.Count(c.Restarts, "restart"))
	}
	if c.Looks != "" {
		words = append(words, "targets "+c.Looks)
	}
	if attaches {
		words = append(words, "a attaches")
	}
	head, how := style.Render(symbol)+" "+st.Title.Render(c.Name), strings.Join(words, " · ")
	if room := w.width - kit.Width(c.Name) - 7; room >= least {
		w.put(1, kit.Lines(head+"  "+kit.Hang(kit.WrapStyled(how, room, style), kit.Width(c.Name)+4))...)
	} else { // a name can have 63 letters
		w.put(1, head)
		w.put(3, kit.Lines(kit.WrapStyled(how, max(w.width-4, least), style))...)
	}
	facts := []detail.Fact{{Label: "image", Text: c.Image}}
	if c.Message != "" {
		facts = append([]detail.Fact{{Label: "message", Text: c.Message}}, facts...)
	}
	if end := w.end(c); end != "" {
		facts = append([]detail.Fact{{Label: "last exit", Text: end}}, facts...)
	}
	facts = append(facts, read.Facts...)
	for _, v := range read.Env {
		is := " = "
		if strings.HasPrefix(v.Text, "←") {
			is = " "
		}
		facts = append(facts, detail.Fact{Label: "env", Text: v.Label + is + v.Text})
	}
	for _, m := range read.Mounts {
		facts = append(facts, detail.Fact{Label: "mounts", Text: m.Label + " ← " + m.Text})
	}
	w.facts(3, label, facts)
}

// end says how the last instance that ended did.
func (w *inspectWriter) end(c *kube.Container) string {
	if c.Exit == nil {
		return ""
	}
	words := fmt.Sprintf("exit %d: %s", c.Exit.Code, c.Exit.Words())
	if c.Exit.Reason != "" && !strings.Contains(words, c.Exit.Reason) {
		words += " (" + c.Exit.Reason + ")"
	}
	if !c.Exit.Finished.IsZero() {
		words += ", " + kit.Age(w.now, c.Exit.Finished) + " ago"
	}
	if d := c.Exit.Finished.Sub(c.Exit.Started); !c.Exit.Started.IsZero() && d > 0 {
		words += ", after " + kit.Span(d)
	}
	if c.Exit.Message != "" && c.Exit.Message != c.Message {
		words += ": " + c.Exit.Message
	}
	return words
}

func (w *inspectWriter) events(e *detail.Evidence) {
	switch {
	case e.NoEvents != nil:
		w.head("events")
		w.put(3, kit.Lines(kit.WrapStyled(e.NoEvents.Message, w.width-4, w.st.Muted))...)
	case e.EventsRead && len(e.Events) == 0:
		w.head("events")
		w.put(3, w.st.Muted.Render("none: events expire after about an hour"))
	case len(e.Events) > 0:
		w.head("events")
	}
	events, ended := endedApart(e)
	events = append(events, ended...) // they are last, however new
	for i := range events {
		w.put(3, eventLines(w.st, &events[i], "", w.now, w.width-4, reasonWidth(events, w.width-4), eventWhole)...)
	}
}

func (w *inspectWriter) conditions(conditions []detail.Condition) {
	if len(conditions) == 0 {
		return
	}
	w.head("conditions")
	name := 0
	for _, c := range conditions {
		name = min(max(name, kit.Width(c.Name)), w.width/2)
	}
	for _, c := range conditions {
		symbol, style, is := "✓", w.st.Muted, "false"
		if !c.Good {
			symbol, style = "!", w.st.Warn
		}
		if c.True {
			is = "true"
		}
		text := is
		if !c.Since.IsZero() {
			text += " for " + kit.Age(w.now, c.Since)
		}
		for _, more := range []string{c.Reason, c.Message} {
			if more != "" {
				text += " · " + more
			}
		}
		room := max(w.width-name-7, 8)
		w.put(1, kit.Lines(style.Render(symbol)+" "+w.st.Text.Render(kit.Fit(c.Name, name))+"  "+kit.Hang(kit.WrapStyled(text, room, w.st.Muted), name+4))...)
	}
}

// inspectDoc is a text in styled lines, each of at most the width it was made for.
type inspectDoc struct {
	lines    []string
	sections []int  // the lines with which they begin
	remark   string // on what is not in it
}

// after is the line of the next section; of the first behind the last.
func (d *inspectDoc) after(line int) int {
	for _, at := range d.sections {
		if at > line {
			return at
		}
	}
	return 0
}

// yamlDoc is the pod as the API server has it. Lines that are too long go on below, indented.
func yamlDoc(st *kit.Styles, pod *kube.Pod, width int) inspectDoc {
	text, hidden := detail.YAML(pod)
	d := inspectDoc{remark: hidden}
	for _, line := range kit.Lines(text) {
		if line != "" && line[0] != ' ' && line[0] != '-' {
			d.sections = append(d.sections, len(d.lines))
		}
		d.lines = append(d.lines, yamlLine(st, line, width-2)...)
	}
	return d
}

func yamlLine(st *kit.Styles, line string, width int) []string {
	body := strings.TrimLeft(line, " ")
	lead := strings.Repeat(" ", min(len(line)-len(body), max(width/2, 1)))
	rows := kit.Lines(ansi.Hardwrap(body, max(width-len(lead)-2, 8), true))
	for i, row := range rows {
		switch name, value, ok := strings.Cut(row, ":"); {
		case i > 0:
			rows[i] = " " + lead + "  " + st.Text.Render(row)
		case ok && !strings.ContainsAny(name, ` "'{`) || strings.HasPrefix(name, "- ") && ok:
			rows[i] = " " + lead + st.Accent.Render(name+":") + st.Text.Render(value)
		default:
			rows[i] = " " + lead + st.Text.Render(row)
		}
	}
	return rows
}

// newestSession is, of the debug containers that can be attached to, the one that started last.
func newestSession(pod *kube.Pod) (newest kube.Container, found bool) {
	for _, c := range pod.Containers {
		if c.TTY && attachable(c) && (!found || !c.Since.Before(newest.Since)) {
			newest, found = c, true
		}
	}
	return newest, found
}
