package leftovers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws what is done, or was.
func (s *summary) View(width, height int) string {
	st := &s.Styles
	head := []string{"", "  " + st.Title.Render(kit.Fit(s.asks(), width-4)), ""}
	body := s.body(width)
	s.lines, s.page = len(body), max(height-len(head), 1)
	s.top = max(min(s.top, s.lines-s.page), 0)
	body = body[s.top:min(s.top+s.page, s.lines)]
	return kit.Box(strings.Join(append(head, body...), "\n"), width, height)
}

// asks is the question, or its answer.
func (s *summary) asks() string {
	words := cleanup.Words(s.steps)
	if words == "" {
		return "None of this can be removed"
	}
	words = strings.ToUpper(words[:1]) + words[1:]
	switch {
	case s.over && s.failed():
		return "Not all of it was done"
	case s.over && s.lingers():
		return "Done, but not all of it has gone yet"
	case s.over:
		return "Done"
	case s.source != nil:
		return words + "…"
	case s.closed() != nil:
		return s.closed().Message
	}
	return words + "?"
}

func (s *summary) body(width int) []string {
	st := &s.Styles
	var out []string
	add := func(lead string, style kit.Style, text string, how kit.Style) {
		const at = 4
		for i, line := range kit.Lines(kit.WrapStyled(text, max(width-at-2, 1), how)) {
			if i > 0 {
				lead = ""
			}
			out = append(out, "  "+style.Render(kit.Fit(lead, at-2))+line)
		}
	}
	if s.inUse() {
		add("!", st.Warn, "Somebody may be working in what still runs: the cluster does not tell. Their session ends.", st.Text)
	}
	if s.entriesStay() {
		add("·", st.Muted, "The entries of debug containers stay in their pods until these go: Kubernetes cannot remove them.", st.Muted)
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	for i := range s.steps {
		step := &s.steps[i]
		lead, style := symbolOf(st, step.Item.Danger)
		words := s.told(step)
		switch r := s.results[i]; {
		case r == nil && s.source != nil:
			lead, style = "…", st.Muted
		case r == nil:
		case r.Err != nil:
			lead, style, words = "✗", st.Bad, kube.Explain(r.Err).Message
		case r.Lingers:
			lead, style, words = "…", st.Warn, placeOf(&step.Item)+" "+r.Words
		default:
			lead, style, words = "✓", st.Good, placeOf(&step.Item)+" "+r.Words
		}
		add(lead, style, words, st.Text)
		s.more(step, s.results[i], func(text string) { add("", st.Muted, text, st.Muted) })
	}
	if len(s.kept) == 0 {
		return out
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	out = append(out, "  "+st.Text.Render(kit.Fit(fmt.Sprintf("Cannot be removed: %d", len(s.kept)), width-4)))
	for i := range s.kept {
		add("○", st.Muted, placeOf(&s.kept[i].Item)+": "+s.kept[i].Why, st.Muted)
	}
	if slices.ContainsFunc(s.kept, func(step cleanup.Step) bool { return isEntry(&step.Item) }) {
		out = append(out, "")
		add("", st.Muted, s.keys.Evict.Help().Key+" in the list evicts a pod: where a controller makes another, that one is without the entries.", st.Muted)
	}
	return out
}

// inUse reports whether somebody may work in what is about to be taken away.
func (s *summary) inUse() bool {
	return !s.over && slices.ContainsFunc(s.steps, func(step cleanup.Step) bool { return step.Item.Running })
}

// entriesStay reports whether something of what is taken away stays all the same.
func (s *summary) entriesStay() bool {
	return slices.ContainsFunc(s.steps, func(step cleanup.Step) bool { return step.Stays != "" })
}

// told is what is done about an item, and why one would.
func (s *summary) told(step *cleanup.Step) string {
	i := &step.Item
	words := step.Does
	if i.Target.Namespace != "" {
		words += " in namespace " + i.Target.Namespace
	}
	if i.Tool != "" {
		words += " · " + i.Tool
		if !i.Certain {
			words += ", most likely: look at it first"
		}
	}
	if i.Danger == inventory.NodeRoot {
		words += " · root on its node"
	}
	return words
}

// more are the lines below a step: before it is done the command that does the same and after it has failed what to do.
func (s *summary) more(step *cleanup.Step, r *cleanup.Result, add func(string)) {
	if r == nil {
		if step.Command != "" {
			add("$ " + step.Command)
		}
		return
	}
	if r.Err == nil {
		return
	}
	if p := kube.Explain(r.Err); p.Hint != "" {
		add(p.Hint)
	}
}

// placeOf names an item.
func placeOf(i *inventory.Item) string {
	switch i.Kind {
	case inventory.DebugContainer:
		return i.Target.Container + " in pod " + i.Target.Pod
	case inventory.Job:
		return "Job " + i.Target.Pod
	case inventory.Copy, inventory.NodePod, inventory.Join, inventory.ToolPod:
	}
	return "pod " + i.Target.Pod
}
