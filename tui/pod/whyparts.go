package pod

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// whyParts is all that is said of a pod in short, in lines of at most width cells.
func whyParts(st *kit.Styles, e *detail.Evidence, replicas document.Part, now time.Time, width int) []document.Part {
	why := detail.Diagnose(e.Pod, e.Events, now)
	said := shownText(why.Text, width-2, headLines)
	return append([]document.Part{whyHead(st, why, width), whyContainers(st, e.Pod, said, now, width), replicas}, evidenceParts(st, e, said, now, width)...)
}

// evidenceParts are the log, the events and the conditions; what the headline has said is not said again.
func evidenceParts(st *kit.Styles, e *detail.Evidence, said string, now time.Time, width int) []document.Part {
	return []document.Part{whyLog(st, &e.Log, width), whyEvents(st, e, said, now, width), whyConditions(st, detail.Conditions(e.Pod), said, now, width)}
}

// headLines is how many lines a headline has at most.
const headLines = 6

func whyHead(st *kit.Styles, why detail.Why, width int) document.Part {
	symbol, style := st.Severity(why.Severity)
	text := kit.Hang(kit.Clip(why.Text, width-2, headLines, st.Text), 2)
	return document.Part{Lines: kit.Lines(style.Render(symbol) + " " + text), Least: headLines}
}

// shownText is what is seen of a text that is drawn in so many lines at most: what is cut off has not been said.
func shownText(text string, width, most int) string {
	if end := kit.EndOfWidth(text, 0, (most+1)*max(width, 1)); end < len(text) || len(kit.Lines(kit.Wrap(text, width))) > most {
		return ""
	}
	return text
}

// whyContainers has the containers that need somebody first, and counts the others when there are many: of debug containers, those that have
// ended.
func whyContainers(st *kit.Styles, pod *kube.Pod, said string, now time.Time, width int) document.Part {
	const fewWell = 4
	var ill, well []*kube.Container
	own, running, ended := byKind(pod.Containers)
	for _, c := range own {
		if symbol, _ := container(st, c); symbol == "●" || symbol == "✓" {
			well = append(well, c)
		} else {
			ill = append(ill, c)
		}
	}
	// Those that have failed before those that only wait for them.
	slices.SortStableFunc(ill, func(a, b *kube.Container) int {
		return cmp.Compare(badness(st, b), badness(st, a))
	})
	more := 0
	if len(well) > fewWell {
		more = len(well) - fewWell + 1
		well = well[:fewWell-1]
	}
	all := slices.Concat(ill, well, running)
	names := 0
	for _, c := range all {
		names = max(names, kit.Width(c.Name))
	}
	names = min(names, max(width/3, 6))
	var out []string
	for _, c := range all {
		out = append(out, containerLines(st, c, said, now, names, width)...)
	}
	if more > 0 {
		out = append(out, st.Muted.Render(fmt.Sprintf("● %d more healthy", more)))
	}
	if len(ended) > 0 {
		out = append(out, kit.Lines(kit.Hang(kit.Clip("· "+endedWords(ended, now), width-2, 2, st.Muted), 2))...)
	}
	return document.Part{Lines: out, Least: 4}
}

// byKind parts a pod's own containers from its debug containers: those that run or are on their way, and those that have ended. Of the latter
// two the newest are first.
func byKind(list []kube.Container) (own, running, ended []*kube.Container) {
	for i := range list {
		switch c := &list[i]; {
		case c.Kind != kube.DebugContainer:
			own = append(own, c)
		case c.Exit != nil && !c.Running:
			ended = append([]*kube.Container{c}, ended...)
		default:
			running = append([]*kube.Container{c}, running...)
		}
	}
	slices.SortStableFunc(ended, func(a, b *kube.Container) int { return b.Exit.Finished.Compare(a.Exit.Finished) })
	return own, running, ended
}

// endedWords sum debug containers that have ended up, and how the newest did.
func endedWords(ended []*kube.Container, now time.Time) string {
	newest := ended[0]
	words := fmt.Sprintf("%s: exit code %d", newest.Name, newest.Exit.Code)
	if since := kit.Age(now, newest.Exit.Finished); since != "" {
		words += ", " + since + " ago"
	}
	if len(ended) == 1 {
		return "debug container " + words
	}
	return fmt.Sprintf("%d ended debug containers, the last %s", len(ended), words)
}

func badness(st *kit.Styles, c *kube.Container) int {
	symbol, _ := container(st, c)
	return strings.Index("…!✗", symbol)
}

func containerLines(st *kit.Styles, c *kube.Container, said string, now time.Time, names, width int) []string {
	symbol, style := container(st, c)
	state := c.State
	if !c.Since.IsZero() {
		state += " " + kit.Age(now, c.Since)
	}
	facts := []string{state}
	if c.Kind != kube.AppContainer {
		facts = append([]string{c.Kind.String()}, facts...)
	}
	if c.Restarts > 0 && !strings.Contains(said, "restarted") {
		facts = append(facts, kit.Count(c.Restarts, "restart"))
	}
	room := width - names - 4
	text := kit.Clip(strings.Join(facts, " · "), room, 2, st.Text)
	out := kit.Lines(style.Render(symbol) + " " + st.Text.Render(kit.Fit(c.Name, names)) + "  " + kit.Hang(text, names+4))
	for _, words := range []string{lastEnd(c, now), newWords(c.Message, said)} {
		if words != "" {
			out = append(out, kit.Lines(kit.Indent(kit.Clip(words, room, 3, st.Muted), names+4))...)
		}
	}
	return out
}

// newWords is a sentence, unless the headline has it, or it says no more than the state does.
func newWords(message, said string) string {
	if strings.Contains(said, message) || strings.HasPrefix(strings.ToLower(message), "back-off ") {
		return ""
	}
	return message
}

// lastEnd says how the instance before the present one ended: of a container that restarts, why it does.
func lastEnd(c *kube.Container, now time.Time) string {
	if c.Exit == nil || strings.HasPrefix(c.State, "ended") {
		return ""
	}
	words := fmt.Sprintf("last exit: code %d, %s ago: %s", c.Exit.Code, kit.Age(now, c.Exit.Finished), c.Exit.Words())
	if c.Exit.Message != "" {
		words += ": " + c.Exit.Message
	}
	return words
}

func whyLog(st *kit.Styles, log *detail.LogTail, width int) document.Part {
	p := document.Part{Title: "last lines of " + log.Container, Least: 3, Tail: true}
	if log.Previous {
		p.Title += ", before it ended"
	}
	p.Title = strings.TrimRight(kit.Fit(p.Title, width), " ")
	switch {
	case log.Container == "", log.Silent: // the headline says enough
		return document.Part{}
	case !log.Read:
		p.Lines = []string{st.Muted.Render("…")}
	case log.None != "" && len(log.Lines) == 0:
		p.Lines = kit.Lines(kit.Clip(log.None, width, 3, st.Muted))
	}
	for _, line := range log.Lines {
		rows := kit.Lines(kit.Clip(line, width-2, 3, st.Text))
		for i, row := range rows {
			p.Lines = append(p.Lines, st.Muted.Render([]string{"│ ", "  "}[min(i, 1)])+row)
		}
	}
	return p
}

func whyEvents(st *kit.Styles, e *detail.Evidence, said string, now time.Time, width int) document.Part {
	p := document.Part{Title: "events", Least: 2}
	if e.NoEvents != nil {
		p.Lines = kit.Lines(kit.Clip(e.NoEvents.Message, width, 3, st.Muted))
	}
	events, ended := endedApart(e)
	slices.SortStableFunc(events, func(a, b kube.PodEvent) int { return cmp.Compare(document.Harm(&a), document.Harm(&b)) })
	reasons := document.ReasonWidth(events, width)
	for i := range events {
		p.Lines = append(p.Lines, document.EventLines(st, &events[i], said, now, width, reasons, document.EventShort)...)
	}
	if len(ended) > 0 {
		p.Lines = append(p.Lines, st.Muted.Render(strings.TrimRight(kit.Fit("· "+kit.Count(len(ended), "event")+" of ended debug containers", width), " ")))
	}
	return p
}

// endedApart parts the events that a person looks for from those that each debug container leaves: pulled, created, started.
func endedApart(e *detail.Evidence) (events, ended []kube.PodEvent) {
	_, _, over := byKind(e.Pod.Containers)
	for _, event := range e.Events {
		if !event.Warns && event.Container != "" && slices.ContainsFunc(over, func(c *kube.Container) bool { return c.Name == event.Container }) {
			ended = append(ended, event)
			continue
		}
		events = append(events, event)
	}
	return events, ended
}

// whyConditions are the conditions that are not as they should be; those that say the same are one.
func whyConditions(st *kit.Styles, conditions []detail.Condition, said string, now time.Time, width int) document.Part {
	p := document.Part{Title: "conditions", Least: 1}
	byMessage := map[string]int{}
	var list []detail.Condition
	for _, c := range conditions {
		c.Message = cmp.Or(c.Message, c.Reason)
		switch at, known := byMessage[c.Message]; {
		case c.Good:
		case known:
			list[at].Name += ", " + c.Name
		default:
			byMessage[c.Message] = len(list)
			list = append(list, c)
		}
	}
	for _, c := range list {
		is := " false"
		if c.True {
			is = " true"
		}
		text := c.Name + is
		if !c.Since.IsZero() {
			text += " for " + kit.Age(now, c.Since)
		}
		if c.Message != "" && !strings.Contains(said, c.Message) {
			text += ": " + c.Message
		}
		p.Lines = append(p.Lines, kit.Lines(kit.Hang(kit.Clip(text, width-2, 3, st.Muted), 2))...)
	}
	return p
}

// container is the symbol of a container, which means the same without its colour.
func container(s *kit.Styles, c *kube.Container) (symbol string, style kit.Style) {
	switch {
	case c.Running && (c.Ready || c.Kind == kube.DebugContainer || c.Kind == kube.Sidecar):
		return "●", s.Good
	case c.Running:
		return "!", s.Warn
	case c.Exit != nil && c.Exit.Code == 0 && !strings.HasPrefix(c.State, "waiting"):
		return "✓", s.Muted
	case c.Kind == kube.DebugContainer && c.Exit != nil: // whoever left it knows; the pod is none the worse for it
		return "·", s.Muted
	case c.Exit != nil, strings.HasPrefix(c.State, "waiting: ") && !strings.HasSuffix(c.State, "ing") && !strings.HasSuffix(c.State, "Creating"):
		return "✗", s.Bad
	}
	return "…", s.Warn
}
