package pod

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// inspectWriter writes what is known of a pod under headings.
type inspectWriter struct{ document.Writer }

// wordsDoc is what a person asks of a pod in an incident, what is wrong first. Of a pod that is gone nothing is wrong any more: it is
// how it was at last.
func wordsDoc(st *kit.Styles, e *detail.Evidence, replicas document.Part, gone bool, now time.Time, width int) document.Document {
	var doc document.Document
	w := inspectWriter{document.Writer{Document: &doc, Styles: st, Now: now, Width: width}}
	read := detail.Of(e.Pod)
	if !gone {
		w.Lines = append(w.Lines, "")
		w.Put(1, whyHead(st, detail.Diagnose(e.Pod, e.Events, now), width-3).Lines...)
		w.Put(1, replicas.Lines...)
	}
	w.containers(e.Pod, &read, false)
	w.containers(e.Pod, &read, true)
	if log := whyLog(st, &e.Log, width-4); len(log.Lines) > 0 {
		w.Head(log.Title)
		w.Put(2, log.Lines...)
	}
	if e.Pod.Node == "" {
		w.Section("placement", read.Placement)
	}
	w.events(e)
	w.Conditions(conditionsOf(read.Conditions))
	w.Section("pod", read.About)
	if e.Pod.Node != "" {
		w.Section("placement", read.Placement)
	}
	w.Section("volumes", read.Volumes)
	w.Section("labels", read.Labels)
	w.Section("annotations", read.Annotations)
	return doc
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
			w.Head("debug containers")
		case first:
			w.Head("containers")
		default:
			w.Lines = append(w.Lines, "")
			w.Sections = append(w.Sections, len(w.Lines))
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
		w.Head("debug containers")
	} else {
		w.Lines = append(w.Lines, "")
	}
	for _, c := range list {
		symbol, style := container(w.Styles, c)
		words := []string{c.Name, c.State, c.Image}
		if since := kit.Age(w.Now, c.Exit.Finished); since != "" {
			words = slices.Insert(words, 2, since+" ago")
		}
		if c.Looks != "" {
			words = append(words, "targets "+c.Looks)
		}
		w.Put(1, kit.Lines(style.Render(symbol)+" "+kit.Hang(kit.WrapStyled(strings.Join(words, " · "), max(w.Width-5, 8), w.Styles.Muted), 2))...)
	}
}

func (w *inspectWriter) container(c *kube.Container, read *detail.Container, attaches bool) {
	const label, least = 9, 12
	st := w.Styles
	symbol, style := container(st, c)
	words := []string{c.State}
	if !c.Since.IsZero() {
		words[0] += " " + kit.Age(w.Now, c.Since)
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
	if room := w.Width - kit.Width(c.Name) - 7; room >= least {
		w.Put(1, kit.Lines(head+"  "+kit.Hang(kit.WrapStyled(how, room, style), kit.Width(c.Name)+4))...)
	} else { // a name can have 63 letters
		w.Put(1, head)
		w.Put(3, kit.Lines(kit.WrapStyled(how, max(w.Width-4, least), style))...)
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
	w.Facts(3, label, facts)
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
		words += ", " + kit.Age(w.Now, c.Exit.Finished) + " ago"
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
		w.Head("events")
		w.Put(3, kit.Lines(kit.WrapStyled(e.NoEvents.Message, w.Width-4, w.Styles.Muted))...)
	case e.EventsRead && len(e.Events) == 0:
		w.Head("events")
		w.Put(3, w.Styles.Muted.Render("none: events expire after about an hour"))
	case len(e.Events) > 0:
		w.Head("events")
	}
	events, ended := endedApart(e)
	events = append(events, ended...) // they are last, however new
	for i := range events {
		w.Put(3, document.EventLines(w.Styles, &events[i], "", w.Now, w.Width-4, document.ReasonWidth(events, w.Width-4), document.EventWhole)...)
	}
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

// conditionsOf are conditions as documents have them.
func conditionsOf(list []detail.Condition) []document.Condition {
	all := make([]document.Condition, len(list))
	for i, c := range list {
		all[i] = document.Condition{Name: c.Name, Is: "false", Good: c.Good, Reason: c.Reason, Message: c.Message, Since: c.Since}
		if c.True {
			all[i].Is = "true"
		}
	}
	return all
}
