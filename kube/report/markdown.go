package report

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/markdown"
)

// write writes report.md.
func (r *Report) write() {
	var m markdown.Text
	p := r.Pod
	m.Line("# Pod %s/%s", p.Namespace, p.Name)
	m.Line("")
	m.Line("**%s**", markdown.Code(r.why))
	m.Line("")
	m.Facts([][2]string{
		{"Not ready since", r.notReadySince()}, {"Read", when(r.Read)}, {"Context", r.Context}, {"Node", p.Node}, {"Phase", p.Phase}, {"Created", when(p.Created)}, {"Controller", r.siblings.Controller},
	})
	r.containers(&m)
	r.replicas(&m)
	head := m.String()
	r.surroundings(&m)
	m.Head("Time line")
	var rows [][]string
	for _, one := range r.timeline() {
		rows = append(rows, []string{when(one.at), one.what, markdown.Code(one.text)})
	}
	m.Table([]string{"Time (UTC)", "Of", "What"}, rows)
	for i := range r.logs {
		r.lastLines(&m, &r.logs[i], logShown)
	}
	m.List("What dayfly did", r.did())
	var unread []string
	for _, sentence := range r.unread {
		unread = append(unread, markdown.Escaped(sentence))
	}
	m.List("Not in this report", unread)
	r.takenOut(&m)
	var names []string
	for _, f := range r.files {
		names = append(names, markdown.Code(f.Name))
	}
	m.List("Files", names)
	r.markdown, r.head = m.String(), r.headOf(head)
}

// How many last lines of a log are in report.md, and in its head.
const (
	logShown = 20
	headLog  = 10
)

// headOf adds to the beginning of report.md the end of the log that says most.
func (r *Report) headOf(head string) string {
	var m markdown.Text
	_, _ = m.WriteString(head)
	hurt, ok := detail.Hurts(r.Pod, r.Read)
	for i := range r.logs {
		if l := &r.logs[i]; ok && l.container == hurt.Container && l.previous == hurt.Previous {
			r.lastLines(&m, l, headLog)
		}
	}
	return m.String()
}

// notReadySince is since when the pod has not been ready; empty: it is, or nobody says.
func (r *Report) notReadySince() string {
	if ready, ok := r.Pod.Condition(corev1.PodReady); ok && ready.Status != corev1.ConditionTrue {
		return when(ready.LastTransitionTime.Time)
	}
	return ""
}

func (r *Report) containers(m *markdown.Text) {
	m.Head("Containers")
	var rows [][]string
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		exit := ""
		if c.Exit != nil {
			exit = c.Exit.Short()
		}
		rows = append(rows, []string{c.Name, c.Kind.String(), markdown.Code(c.State), fmt.Sprint(c.Restarts), markdown.Code(exit), markdown.Code(r.text(markdownFile, c.Image))})
	}
	m.Table([]string{"Name", "Kind", "State", "Restarts", "Last exit", "Image"}, rows)
}

func (r *Report) replicas(m *markdown.Text) {
	s := &r.siblings
	if len(s.Replicas) == 0 { // it was not asked for
		return
	}
	m.Head("Replicas")
	m.Line("%s", markdown.Escaped(r.text(markdownFile, s.Words())))
	if s.Incomplete {
		m.Line("\nThere are more than were read.")
	}
	if len(s.Replicas) > 1 {
		var rows [][]string
		for _, one := range s.Replicas {
			rows = append(rows, []string{one.Name, one.Node, when(one.Created), markdown.Code(r.text(markdownFile, one.Why))})
		}
		m.Line("")
		m.Table([]string{"Replica", "Node", "Created", "How it is"}, rows)
	}
	if len(s.Differs) > 0 {
		var rows [][]string
		for _, d := range s.Differs {
			rows = append(rows, []string{markdown.Code(d.Name), markdown.Code(r.text(markdownFile, d.This)), markdown.Code(r.text(markdownFile, d.Other))})
		}
		m.Line("")
		m.Table([]string{"Differs in", r.Pod.Name, s.Other}, rows)
		m.Line("\nLine by line: %s.", markdown.Code("replica.diff"))
	}
}

// lastLines are the end of a log.
func (r *Report) lastLines(m *markdown.Text, l *containerLog, most int) {
	m.Head(strings.ToUpper(l.name()[:1]) + l.name()[1:])
	lines := l.lines[max(len(l.lines)-most, 0):]
	if n := len(l.lines) - len(lines); n > 0 {
		m.Line("The last %d lines; %d before them are in %s.\n", most, n, markdown.Code(l.file()))
	}
	m.Quote(strings.Join(lines, "\n"), "")
}

func (r *Report) did() []string {
	var lines []string
	for _, a := range r.actions {
		lines = append(lines, when(a.Time)+" "+markdown.Code(r.text(markdownFile, a.Text)))
	}
	return lines
}

func (r *Report) takenOut(m *markdown.Text) {
	if r.redactor == nil {
		m.Head("Secrets")
		m.Line("Nothing was taken out, as was asked for.")
		return
	}
	m.Head("Taken out")
	m.Line("Values of env, and what looks like a secret, were taken out. Secrets and ConfigMaps were not read.")
	taken := r.redactor.Taken()
	if len(taken) == 0 {
		m.Line("Nothing was found.")
		return
	}
	m.Line("")
	for _, t := range taken {
		m.Line("- %s", markdown.Escaped(kube.Sanitize(t.String())))
	}
}

// surroundings are the sections on what is around the pod.
func (r *Report) surroundings(m *markdown.Text) {
	if len(r.troubles) > 0 {
		var lines []string
		for _, words := range r.troubles {
			lines = append(lines, markdown.Code(r.text(markdownFile, words)))
		}
		m.List("Node "+r.Pod.Node, lines)
	}
	if len(r.serving) > 0 {
		m.Head("Services")
		var rows [][]string
		for _, s := range r.serving {
			rows = append(rows, []string{s.name, fmt.Sprintf("%d of %d", s.ready, s.all), s.pod})
		}
		m.Table([]string{"Service", "Endpoints ready", "This pod"}, rows)
	}
	if len(r.limits) > 0 {
		m.Head("Quota")
		var rows [][]string
		for _, l := range r.limits {
			rows = append(rows, []string{l.quota, l.resource, strings.TrimSpace(l.used), l.hard})
		}
		m.Table([]string{"Quota", "Resource", "Used", "Of"}, rows)
	}
}
