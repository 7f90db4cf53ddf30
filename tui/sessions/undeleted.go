package sessions

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// undeleted is why what was created for a session is still there although it was to be deleted; empty: it is gone, or nobody wanted to delete it.
func undeleted(now *runner.Snapshot) string {
	_, why := remaining(now)
	return why
}

// remaining is what could not be deleted, and why: the pod, or only the Job that would end it.
func remaining(now *runner.Snapshot) (what, why string) {
	if !now.Stuck || now.StuckErr == nil || len(now.Leftovers) == 0 {
		return "", ""
	}
	name, why := now.Leftovers[0].Target.Pod, kube.Explain(now.StuckErr).Message
	if of, ok := strings.CutPrefix(why, "delete Job "+name+": "); ok {
		return "Job " + name, of
	}
	return "pod " + name, strings.TrimPrefix(why, "delete pod "+name+": ")
}

// endOf asks for the end of a container, and of what was created for it. Where that could not be deleted a person has agreed already, unless somebody has gone
// on with the session since: one key tries again, but in protected contexts, where the name of the pod is typed each time.
func (k *Desk) endOf(c runner.Container, now *runner.Snapshot, about string) tea.Cmd {
	agreed := undeleted(now) != "" && now.Over() && !c.Cluster.Guard().Protected
	return k.Ask(End{Targets: []runner.Container{c}, About: about, Agreed: agreed})
}

// endKeyOf is the key that does so.
func (k *Desk) endKeyOf(now *runner.Snapshot) key.Binding {
	switch {
	case undeleted(now) != "":
		return retrying(k.keys.EndSession)
	case len(now.Leftovers) > 0:
		return deleting(k.keys.EndSession)
	}
	return k.keys.EndSession
}

// stillThere are the lines on what could not be deleted: why, what becomes of it, and the command that deletes it.
func (k *Desk) stillThere(now *runner.Snapshot, width int) []string {
	what, why := remaining(now)
	if why == "" {
		return nil
	}
	st, left := &k.Styles, now.Leftovers[0]
	fate := "nothing else deletes it"
	if words := k.untilWords(now); words != "" {
		fate = words
	}
	fate += "; " + k.keys.EndSession.Help().Key + " tries again, and so does dayfly on exit"
	var out []string
	add := func(lead, text string, style kit.Style) {
		wrapped := strings.Split(kit.WrapStyled(text, width-6, style), "\n")
		for i, line := range wrapped {
			if i > 0 {
				lead = "  "
			}
			out = append(out, "  "+style.Render(lead)+line)
		}
	}
	add("! ", what+" was not deleted: "+why, st.Warn)
	add("  ", fate, st.Text)
	add("$ ", left.Command(now.Job.Cluster.Context), st.Muted)
	return out
}
