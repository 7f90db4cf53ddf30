package batch

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	kubebatch "github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// kind is what it is about.
func (p *plan) kind() string {
	if p.ofNodes() {
		return "node"
	}
	return "pod"
}

// words say what a person gets by a way.
func (w way) words() string {
	return [...]string{"a debug container in each pod", "exec in a container that is there", "a copy of each pod", "from the node of each pod"}[w]
}

func (p *plan) noun(n int) string { return kit.Count(n, p.kind()) }

// place says which lines are on the screen.
func (p *plan) place() string { return kit.PlaceIn(p.top, min(p.top+p.page, p.lines), p.lines) }

// changes is what it changes for good.
func (p *plan) changes() string {
	switch n := p.batch.Changed(); {
	case p.ofNodes():
		return "Each node gets a pod, which is deleted afterwards."
	case p.batch.Created() > 0:
		return fmt.Sprintf("No pod is changed. %s created, and deleted afterwards.", map[bool]string{true: "1 pod is", false: fmt.Sprintf("%d pods are", p.batch.Created())}[p.batch.Created() == 1])
	case n == 0:
		return "No pod is changed."
	case n == 1:
		return "1 pod is changed for good: a debug container stays in its list until the pod is deleted."
	default:
		return fmt.Sprintf("%d pods are changed for good: a debug container stays in the list of its pod until the pod is deleted.", n)
	}
}

// view draws in whom it would run, and how.
func (p *plan) view(width, height int) string {
	st := &p.Styles
	const most = 3 // lines of a command
	out := []string{""}
	for _, text := range kit.Lines(kit.Clip(p.what(), max(width-4, 1), most, st.Title)) {
		out = append(out, "  "+text)
	}
	out = append(out, "  "+st.Muted.Render(kit.Fit(p.how(), max(width-4, 0))), "")
	out = append(out, p.settings(width)...)
	out = append(out, "")
	body := p.body(width)
	p.lines, p.page = len(body), max(height-len(out), 1)
	p.top = max(min(p.top, p.lines-p.page), 0)
	out = append(out, body[p.top:min(p.top+p.page, len(body))]...)
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// settings are what can be chosen, with the keys that do.
func (p *plan) settings(width int) []string {
	st, k := &p.Styles, p.Ask.keys
	var out []string
	add := func(key, name, value string) {
		const nameWidth = 18
		out = append(out, "  "+st.Accent.Render(kit.Fit(key, 3))+st.Text.Render(kit.Fit(name, nameWidth))+st.Text.Render(kit.Fit(value, max(width-nameWidth-7, 0))))
	}
	if !p.ofNodes() {
		add(k.Way.Help().Key, "way", p.way.words())
	}
	if p.question.own && p.way != byExec {
		add(k.Tool.Help().Key, "tool", p.tool.Name+"  "+p.tool.Image)
	}
	if !p.ofNodes() {
		add(k.PerWorkload.Help().Key, "pods", map[bool]string{false: "each", true: "one of each workload"}[p.perWorkload])
	}
	limit := limits()[p.limits]
	add(k.Limits.Help().Key, "at once", fmt.Sprintf("%d, and %d on each node", limit.max, limit.perNode))
	wait := "until each has ended"
	if t := timeouts()[p.timeout]; t > 0 {
		wait = t.String() + " for each, then it is left"
		if t%time.Minute == 0 {
			wait = kit.Count(int(t/time.Minute), "minute") + " for each, then it is left"
		}
	}
	add(k.Timeout.Help().Key, "waits", wait)
	return out
}

// body says in whom it runs and what that changes, who is left out, and what a person should know before.
func (p *plan) body(width int) []string {
	st := &p.Styles
	switch {
	case p.problem != nil:
		return kit.Lines(kit.ProblemText(st, p.Advised(p.Ask, p.problem), width))
	case p.asks:
		words := fmt.Sprintf("The cluster is asked about each of the %s before anything is done, with a dry run: that may take minutes, and is noticed by who runs it.", p.noun(p.all()))
		return kit.Lines(kit.Indent(kit.WrapStyled(words, max(width-4, 1), st.Text), 2))
	case p.batch == nil:
		words := "Reading the " + p.kind() + "s"
		if n := p.looked.Load(); n > 0 {
			words = fmt.Sprintf("Asking the cluster about each: %d of %d", n, p.all())
		}
		if p.Now().Sub(p.begun) >= time.Second {
			words += " for " + kit.Age(p.Now(), p.begun)
		}
		return []string{"  " + st.Muted.Render(words+"…")}
	}
	var out []string
	add := func(lead string, style kit.Style, text string, how kit.Style) {
		for i, line := range kit.Lines(kit.WrapStyled(text, max(width-6, 1), how)) {
			if i > 0 {
				lead = ""
			}
			out = append(out, "  "+style.Render(kit.Fit(lead, 2))+line)
		}
	}
	runs := p.batch.Runs()
	switch {
	case len(runs) == 0:
		add("✗", st.Bad, "It runs "+p.in()+" none: all are skipped.", st.Title)
	default:
		add("▸", st.Accent, "Runs "+p.in()+" "+p.noun(len(runs))+p.onNodes(runs)+".", st.Title)
		lead, style := "·", st.Muted
		if p.batch.Changed()+p.batch.Created() > 0 {
			lead, style = "!", st.Warn
		}
		add(lead, style, p.changes(), st.Text)
	}
	for _, g := range p.batch.Notes() {
		add("!", st.Warn, g.Words+": "+kube.List(g.Names), st.Text)
	}
	skipped := p.batch.Skipped()
	if len(skipped) == 0 {
		return out
	}
	out = append(out, "", "  "+st.Text.Render(kit.Fit("Skipped: "+p.noun(len(skipped)), max(width-4, 0))))
	for _, g := range p.batch.Reasons() {
		add("○", st.Muted, g.Words+": "+kube.List(g.Names), st.Muted)
	}
	return out
}

// onNodes is on how many nodes pods are, for a sentence.
func (p *plan) onNodes(runs []kubebatch.Item) string {
	if p.ofNodes() {
		return ""
	}
	nodes := map[string]bool{}
	for i := range runs {
		nodes[runs[i].OnNode] = true
	}
	return " on " + kit.Count(len(nodes), "node")
}

// commandLine is what does the same on the command line, with more flags; empty: pods of several namespaces cannot be named there.
func (p *plan) commandLine(more ...string) string {
	words := []string{"dayfly", "run"}
	namespace := ""
	switch {
	case p.ofNodes():
		for _, node := range p.with.Nodes {
			words = append(words, "node/"+node)
		}
	default:
		namespace = p.with.Pods[0].Namespace
		for _, key := range p.with.Pods {
			if key.Namespace != namespace {
				return "" // names are of one namespace
			}
			words = append(words, key.Name)
		}
	}
	if p.way != inPod {
		words = append(words, "--way", [...]string{"pod", "exec", "copy", "node"}[p.way])
	}
	if p.way != byExec {
		words = append(words, "--preset", p.tool.Name)
	}
	if p.perWorkload {
		words = append(words, "--one-per-workload")
	}
	if limit := limits()[p.limits]; p.limits > 0 {
		words = append(words, "--max", fmt.Sprint(limit.max), "--per-node", fmt.Sprint(limit.perNode))
	}
	if t := timeouts()[p.timeout]; t > 0 {
		words = append(words, "--timeout", t.String())
	}
	words = append(words, more...)
	if context := p.with.Cluster.Context; context != "" {
		words = append(words, "--context="+context)
	}
	if namespace != "" {
		words = append(words, "--namespace="+namespace)
	}
	switch {
	case p.command != nil || p.way == byExec:
		words = append(append(words, "--"), p.runs()...)
	case p.text != "":
		words = append(append(words, "--"), strings.Fields(p.text)...)
	}
	return kube.ShellLine(words)
}
