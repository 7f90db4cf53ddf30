package leftovers

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func isJob(i *inventory.Item) bool { return i.Kind == inventory.Job }

// isEntry reports whether an item is an entry of a pod, which goes only with it.
func isEntry(i *inventory.Item) bool { return i.Kind == inventory.DebugContainer }

// description is an item with what is needed to describe it.
type description struct {
	*inventory.Item
	st    *kit.Styles
	now   time.Time // by the cluster's clock
	step  cleanup.Step
	owner string // the session of this dayfly that it belongs to; may be empty

	marked int  // how many items are marked: the key is about these
	mine   bool // the person has made it
}

func symbolOf(st *kit.Styles, d inventory.Danger) (string, kit.Style) {
	switch d {
	case inventory.NodeRoot:
		return "!", st.Bad
	case inventory.Elevated:
		return "▲", st.Warn
	case inventory.Running:
		return "●", st.Good
	case inventory.Over:
	}
	return "○", st.Muted
}

// endsIn is how long it is until the cluster takes an item away; empty: it does not.
func endsIn(i *inventory.Item, now time.Time) string {
	if i.Until.IsZero() {
		return ""
	}
	return kit.Span(max(i.Until.Sub(now), 0))
}

// partsOf are what there is to say of an item, the most important first: all of it, or what does for a few lines.
func partsOf(d description, width int, all bool) []document.Part {
	st, most := d.st, 1
	if all {
		most = 4
	}
	line := func(lead string, style kit.Style, words string) document.Part {
		if words == "" {
			return document.Part{}
		}
		return document.Part{Least: 1, Lines: kit.Lines(style.Render(lead) + kit.Hang(kit.Clip(words, max(width-kit.Width(lead), 1), most, st.Text), kit.Width(lead)))}
	}
	symbol, style := symbolOf(st, d.Danger)
	parts := []document.Part{
		line(symbol+" ", style, d.what()), line("  ", st.Muted, "why listed: "+d.Because), line("  ", st.Muted, d.whose()), d.todo(line),
	}
	if !all {
		return parts
	}
	if isEntry(d.Item) && d.step.Way != cleanup.Nothing {
		parts = append(parts, line("E ", st.Accent, evicts(d.Item)))
	}
	return append(parts,
		titled("may", joined(st, d.Gives, width)),
		titled("what it is", facts(st, width, [][2]string{
			{"for", d.Of}, {"image", d.Image}, {"state", d.State}, {"node", d.Target.Node}, {"reason", d.Reason}, {"ends", d.ends()},
		})),
		titled("kubectl", commandLines(st, d.step.Command, width)),
	)
}

// what is an item in a sentence.
func (d *description) what() string {
	words := d.Kind.String()
	if d.Tool != "" {
		words += " of " + d.Tool
		if !d.Certain {
			words += ", most likely"
		}
	}
	switch d.Danger {
	case inventory.NodeRoot:
		words += ": whoever gets into it is root on the node"
	case inventory.Elevated:
		words += ": it runs, and may do more than most"
	case inventory.Running:
		words += ": it runs"
	case inventory.Over:
		words += ": it runs no more"
	}
	if d.owner != "" {
		words += "; " + d.owner
	}
	return words
}

// whose is who has made an item, and when.
func (d *description) whose() string {
	var words []string
	ago := kit.Age(d.now, d.Since)
	if ago != "" {
		ago = " " + ago + " ago"
	}
	switch {
	case d.By == "" && d.mine:
		words = append(words, "made by you"+ago)
	case d.By != "":
		words = append(words, "made by "+d.By+ago)
	case d.Client != "":
		words = append(words, "made with "+d.Client+ago+", by whom is not noted")
	case ago != "":
		words = append(words, "made"+ago)
	}
	return strings.Join(append(words, d.ends()), " · ")
}

// ends is what becomes of an item by itself.
func (d *description) ends() string {
	switch in := endsIn(d.Item, d.now); {
	case in != "" && d.Ending != "":
		return "ends in " + in + "; " + d.Ending
	case in != "":
		return "the cluster deletes it in " + in
	case d.Ending != "":
		return d.Ending
	}
	return "nothing ends it"
}

// todo is what can be done about an item, with the key that does it.
func (d *description) todo(line func(lead string, style kit.Style, words string) document.Part) document.Part {
	step := &d.step
	switch {
	case d.marked > 0:
		return line("e ", d.st.Accent, fmt.Sprintf("clean up the %d marked", d.marked))
	case step.Way != cleanup.Nothing && step.Stays != "":
		return line("e ", d.st.Accent, step.Does+"; "+step.Stays)
	case step.Way != cleanup.Nothing:
		return line("e ", d.st.Accent, step.Does)
	case isEntry(d.Item) && !d.Terminating:
		return line("E ", d.st.Accent, evicts(d.Item))
	}
	return line("  ", d.st.Muted, "cannot be removed: "+step.Why)
}

// evicts is what takes away the entry of a debug container.
func evicts(i *inventory.Item) string {
	return "evict pod " + i.Target.Pod + ": its entry goes with it"
}

func titled(title string, lines []string) document.Part {
	return document.Part{Title: title, Lines: lines, Least: 1}
}

func joined(st *kit.Styles, words []string, width int) []string {
	if len(words) == 0 {
		return nil
	}
	return kit.Lines(kit.Clip(strings.Join(words, " · "), width, 3, st.Text))
}

// facts are those that say something, one a line.
func facts(st *kit.Styles, width int, pairs [][2]string) []string {
	const label = 8
	var lines []string
	for _, p := range pairs {
		if p[1] != "" {
			lines = append(lines, kit.Lines(st.Muted.Render(kit.Fit(p[0], label))+kit.Hang(kit.Clip(p[1], max(width-label, 1), 3, st.Text), label))...)
		}
	}
	return lines
}

func commandLines(st *kit.Styles, command string, width int) []string {
	if command == "" {
		return nil
	}
	return kit.Lines(kit.WrapStyled(command, width, st.Muted))
}
