package sessions

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// more is by how much a lifetime is extended at a time.
const more = time.Hour

// extendedMsg is what came of extending the lifetime of what was created for a session.
type extendedMsg struct {
	session *runner.Session
	err     error
}

// extend has the cluster delete later what was created for a session.
func extend(r *runner.Session) tea.Cmd {
	return func() tea.Msg { return extendedMsg{r, r.Extend(more)} }
}

// extended tells what came of it.
func (k *Desk) extended(msg extendedMsg) tea.Cmd {
	if msg.err != nil {
		return k.Flash(kube.Explain(msg.err).Message)
	}
	now := msg.session.Look()
	return k.Flash(now.Target.Pod + ": " + k.untilWords(&now) + misdated(&now))
}

// misdated is what a person who looks at the cluster should know: that what was created for a session says another time; empty: it does not.
func misdated(now *runner.Snapshot) string {
	for _, left := range now.Leftovers {
		if left.Misdated != "" {
			return "; " + left.Misdated
		}
	}
	return ""
}

// untilWords say when the cluster deletes what was created for a session; empty: it does not.
func (k *Desk) untilWords(now *runner.Snapshot) string {
	left := k.countdown(now)
	if left == "" {
		return ""
	}
	return "the cluster deletes it in " + left
}

// countdown is how long it is until then.
func (k *Desk) countdown(now *runner.Snapshot) string {
	until := now.Until()
	if until.IsZero() {
		return ""
	}
	return kit.Span(max(until.Sub(now.Job.Cluster.Now()), 0)) // by the clock that it was made with
}
