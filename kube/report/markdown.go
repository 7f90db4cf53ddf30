package report

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// inWords writes report.md.
func (r *Report) inWords() string {
	var m markdown
	p := r.Pod
	m.line("# Pod %s/%s", p.Namespace, p.Name)
	m.line("")
	m.line("**%s**", code(r.why))
	m.line("")
	m.facts([][2]string{
		{"Not ready since", r.notReadySince()}, {"Read", when(r.Read)}, {"Context", r.Context}, {"Node", p.Node}, {"Phase", p.Phase}, {"Created", when(p.Created)}, {"Controller", r.siblings.Controller},
	})
	r.containers(&m)
	r.replicas(&m)
	m.head("Time line")
	var rows [][]string
	for _, one := range r.timeline() {
		rows = append(rows, []string{when(one.at), one.what, code(one.text)})
	}
	m.table([]string{"Time (UTC)", "Of", "What"}, rows)
	r.lastLines(&m)
	m.list("What dayfly did", r.did())
	var unread []string
	for _, sentence := range r.unread {
		unread = append(unread, escaped(sentence))
	}
	m.list("Not in this report", unread)
	r.takenOut(&m)
	var names []string
	for _, f := range r.files {
		names = append(names, code(f.Name))
	}
	m.list("Files", names)
	return m.String()
}

// notReadySince is since when the pod has not been ready; empty: it is, or nobody says.
func (r *Report) notReadySince() string {
	if ready, ok := r.Pod.Condition(corev1.PodReady); ok && ready.Status != corev1.ConditionTrue {
		return when(ready.LastTransitionTime.Time)
	}
	return ""
}

func (r *Report) containers(m *markdown) {
	m.head("Containers")
	var rows [][]string
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		exit := ""
		if c.Exit != nil {
			exit = c.Exit.Short()
		}
		rows = append(rows, []string{c.Name, c.Kind.String(), code(c.State), fmt.Sprint(c.Restarts), code(exit), code(r.text(markdownFile, c.Image))})
	}
	m.table([]string{"Name", "Kind", "State", "Restarts", "Last exit", "Image"}, rows)
}

func (r *Report) replicas(m *markdown) {
	m.head("Replicas")
	s := &r.siblings
	m.line("%s", escaped(r.text(markdownFile, s.Words())))
	if s.Incomplete {
		m.line("\nThere are more than were read.")
	}
	if len(s.Replicas) > 1 {
		var rows [][]string
		for _, one := range s.Replicas {
			rows = append(rows, []string{one.Name, one.Node, when(one.Created), code(r.text(markdownFile, one.Why))})
		}
		m.line("")
		m.table([]string{"Replica", "Node", "Created", "How it is"}, rows)
	}
	if len(s.Differs) > 0 {
		var rows [][]string
		for _, d := range s.Differs {
			rows = append(rows, []string{code(d.Name), code(r.text(markdownFile, d.This)), code(r.text(markdownFile, d.Other))})
		}
		m.line("")
		m.table([]string{"Differs in", r.Pod.Name, s.Other}, rows)
	}
}

// lastLines are the ends of the logs.
func (r *Report) lastLines(m *markdown) {
	const most = 20
	for i := range r.logs {
		l := &r.logs[i]
		m.head(strings.ToUpper(l.name()[:1]) + l.name()[1:])
		lines := l.lines[max(len(l.lines)-most, 0):]
		if n := len(l.lines) - len(lines); n > 0 {
			m.line("The last %d lines; %d before them are in %s.\n", most, n, code(l.file()))
		}
		m.fenced(strings.Join(lines, "\n"))
	}
}

func (r *Report) did() []string {
	var lines []string
	for _, a := range r.actions {
		lines = append(lines, when(a.Time)+" "+code(r.text(markdownFile, a.Text)))
	}
	return lines
}

func (r *Report) takenOut(m *markdown) {
	if r.redactor == nil {
		m.head("Secrets")
		m.line("Nothing was taken out, as was asked for.")
		return
	}
	m.head("Taken out")
	m.line("Values of env, and what looks like a secret, were taken out. Secrets and ConfigMaps were not read.")
	taken := r.redactor.Taken()
	if len(taken) == 0 {
		m.line("Nothing was found.")
		return
	}
	m.line("")
	for _, t := range taken {
		m.line("- %s", escaped(kube.Sanitize(t.String())))
	}
}

// markdown writes GitHub's Markdown.
type markdown struct{ strings.Builder }

func (m *markdown) line(format string, values ...any) {
	_, _ = fmt.Fprintf(m, format+"\n", values...)
}

func (m *markdown) head(title string) { m.line("\n## %s\n", title) }

// facts is a list of names and values, without those that have none.
func (m *markdown) facts(list [][2]string) {
	for _, f := range list {
		if f[1] != "" {
			m.line("- %s: %s", f[0], escaped(f[1]))
		}
	}
}

// list is a section with a list, and nothing if that is empty.
func (m *markdown) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	m.head(title)
	for _, line := range lines {
		m.line("- %s", line)
	}
}

func (m *markdown) table(heads []string, rows [][]string) {
	m.line("| %s |", strings.Join(heads, " | "))
	m.line("|%s", strings.Repeat("---|", len(heads)))
	for _, row := range rows {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "|", `\|`)
		}
		m.line("| %s |", strings.Join(row, " | "))
	}
}

// fenced is a block of code, whatever is in it.
func (m *markdown) fenced(text string) {
	fence := strings.Repeat("`", max(longest(text)+1, 3)) //nolint:mnd // Markdown's least
	m.line("%s\n%s\n%s", fence, text, fence)
}

// code is a text of the cluster in a line: in it are no links, no HTML and nobody's names, whatever it says.
func code(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\n", " "))
	if text == "" {
		return ""
	}
	marks := strings.Repeat("`", longest(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}

// longest is how many backticks there are at most behind each other.
func longest(text string) int {
	most, n := 0, 0
	for _, c := range text {
		if c != '`' {
			n = 0
			continue
		}
		n++
		most = max(most, n)
	}
	return most
}

// escaped is a text of the cluster in a sentence.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "#", `\#`).Replace(text)
}
