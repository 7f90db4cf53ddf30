package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// whyParts is all that is said of a pod in short, in lines of at most width cells.
func whyParts(st *styles, e *kube.Evidence, now time.Time, width int) []whyPart {
	why := e.Pod.Why(e.Events, now)
	return append([]whyPart{whyHead(st, why, width), whyContainers(st, e.Pod, why.Text, now, width)}, evidenceParts(st, e, why.Text, now, width)...)
}

// evidenceParts are the log, the events and the conditions; what the headline has said is not said again.
func evidenceParts(st *styles, e *kube.Evidence, said string, now time.Time, width int) []whyPart {
	return []whyPart{whyLog(st, &e.Log, width), whyEvents(st, e, said, now, width), whyConditions(st, e.Pod.Conditions(), said, now, width)}
}

func whyHead(st *styles, why kube.Why, width int) whyPart {
	const most = 6
	symbol, style := st.severity(why.Severity)
	text := hang(atMost(why.Text, width-2, most, st.text), 2)
	return whyPart{lines: split(style.Render(symbol) + " " + text), least: most}
}

// whyContainers has the containers that need somebody first, and counts the others when there are many.
func whyContainers(st *styles, pod *kube.Pod, said string, now time.Time, width int) whyPart {
	const fewWell = 4
	var ill, well []*kube.Container
	for i := range pod.Containers {
		c := &pod.Containers[i]
		if symbol, _ := st.container(c); symbol == "●" || symbol == "✓" {
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
	all := slices.Concat(ill, well)
	names := 0
	for _, c := range all {
		names = max(names, cells(c.Name))
	}
	names = min(names, max(width/3, 6))
	var out []string
	for _, c := range all {
		out = append(out, containerLines(st, c, said, now, names, width)...)
	}
	if more > 0 {
		out = append(out, st.muted.Render(fmt.Sprintf("● %d more are well", more)))
	}
	return whyPart{lines: out, least: 4}
}

func badness(st *styles, c *kube.Container) int {
	symbol, _ := st.container(c)
	return strings.Index("…!✗", symbol)
}

func containerLines(st *styles, c *kube.Container, said string, now time.Time, names, width int) []string {
	symbol, style := st.container(c)
	state := c.State
	if !c.Since.IsZero() {
		state += " " + age(now, c.Since)
	}
	facts := []string{state}
	if c.Kind != kube.AppContainer {
		facts = append([]string{c.Kind.String()}, facts...)
	}
	if c.Restarts > 0 && !strings.Contains(said, "restarted") {
		facts = append(facts, count(c.Restarts, "restart"))
	}
	room := width - names - 4
	text := atMost(strings.Join(facts, " · "), room, 2, st.text)
	out := split(style.Render(symbol) + " " + st.text.Render(fit(c.Name, names)) + "  " + hang(text, names+4))
	for _, words := range []string{lastEnd(c, now), newWords(c.Message, said)} {
		if words != "" {
			out = append(out, split(indent(atMost(words, room, 3, st.muted), names+4))...)
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
	words := fmt.Sprintf("last exit: code %d, %s ago: %s", c.Exit.Code, age(now, c.Exit.Finished), c.Exit.Words())
	if c.Exit.Message != "" {
		words += ": " + c.Exit.Message
	}
	return words
}

func whyLog(st *styles, log *kube.LogTail, width int) whyPart {
	p := whyPart{title: "last lines of " + log.Container, least: 3, tail: true}
	if log.Previous {
		p.title += ", before it ended"
	}
	p.title = strings.TrimRight(fit(p.title, width), " ")
	switch {
	case log.Container == "", log.Silent: // the headline says enough
		return whyPart{}
	case !log.Read:
		p.lines = []string{st.muted.Render("…")}
	case log.None != "" && len(log.Lines) == 0:
		p.lines = split(atMost(log.None, width, 3, st.muted))
	}
	for _, line := range log.Lines {
		rows := split(atMost(line, width-2, 3, st.text))
		for i, row := range rows {
			p.lines = append(p.lines, st.muted.Render([]string{"│ ", "  "}[min(i, 1)])+row)
		}
	}
	return p
}

func whyEvents(st *styles, e *kube.Evidence, said string, now time.Time, width int) whyPart {
	p := whyPart{title: "events", least: 2}
	if e.NoEvents != nil {
		p.lines = split(atMost(e.NoEvents.What, width, 3, st.muted))
	}
	for i := range e.Events {
		p.lines = append(p.lines, eventLines(st, &e.Events[i], said, now, width, eventShort)...)
	}
	return p
}

// How many lines of an event's message are shown: in short, and where there is room for all that is sensible.
const (
	eventShort = 2
	eventWhole = 6
)

// eventLines is one event: a warning has so many lines for its message, all else has the rest of its first.
func eventLines(st *styles, e *kube.PodEvent, said string, now time.Time, width, most int) []string {
	const when, broad = 6, 60 // "2m53s"
	style := st.text
	if e.Warns {
		style = st.warn
	}
	reason := e.Reason
	if e.Count > 1 {
		reason += fmt.Sprintf(" ×%d", e.Count)
	}
	head := st.muted.Render(fit(age(now, e.Last), when)) + style.Render(reason)
	room := width - when - cells(reason) - 2
	message := e.Message
	if e.Reason == "BackOff" && most < eventWhole {
		message, _, _ = strings.Cut(message, " in pod ") // which one is known
	}
	if message == "" || strings.Contains(strings.ToLower(said), strings.ToLower(message)) {
		return []string{head}
	}
	if !e.Warns && most < eventWhole {
		if room < 8 {
			return []string{head}
		}
		return []string{head + "  " + st.muted.Render(strings.TrimRight(fit(message, room), " "))}
	}
	if width >= broad && room > width/2 {
		return split(head + "  " + hang(atMost(message, room, most, st.muted), width-room))
	}
	return append([]string{head}, split(indent(atMost(message, width-when, most, st.muted), when))...)
}

// whyConditions are the conditions that are not as they should be; those that say the same are one.
func whyConditions(st *styles, conditions []kube.PodCondition, said string, now time.Time, width int) whyPart {
	p := whyPart{title: "conditions", least: 1}
	byMessage := map[string]int{}
	var list []kube.PodCondition
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
			text += " for " + age(now, c.Since)
		}
		if c.Message != "" && !strings.Contains(said, c.Message) {
			text += ": " + c.Message
		}
		p.lines = append(p.lines, split(hang(atMost(text, width-2, 3, st.muted), 2))...)
	}
	return p
}

// container is the symbol of a container, which means the same without its colour.
func (s *styles) container(c *kube.Container) (symbol string, style ink) {
	switch {
	case c.Running && (c.Ready || c.Kind == kube.DebugContainer || c.Kind == kube.Sidecar):
		return "●", s.good
	case c.Running:
		return "!", s.warn
	case c.Exit != nil && c.Exit.Code == 0 && !strings.HasPrefix(c.State, "waiting"):
		return "✓", s.muted
	case c.Exit != nil, strings.HasPrefix(c.State, "waiting: ") && !strings.HasSuffix(c.State, "ing") && !strings.HasSuffix(c.State, "Creating"):
		return "✗", s.bad
	}
	return "…", s.warn
}
