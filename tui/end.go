package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// endedMsg says how the end of debug containers went.
type endedMsg struct {
	sessions.End
	failed []error // of each target; nil: it has ended
	done   string  // what was done to them, in a word
}

// end ends the programs of debug containers, after saying so; in protected contexts a person types the name of each pod.
func (a *App) end(msg sessions.End) tea.Cmd {
	for _, r := range msg.Targets {
		guard := r.Cluster.Guard()
		if p := guard.Closed(); p != nil {
			return a.Flash("read-only: nothing is ended (" + kube.Reason(p) + ")")
		}
		if !msg.Agreed && !msg.Names(r) && (!msg.Quit || guard.Protected) { // the way out has asked already
			return a.pushOn(a.askEnd(msg, r))
		}
	}
	what := msg.Targets[0].Target.Container
	if len(msg.Targets) > 1 {
		what = fmt.Sprintf("%d debug containers", len(msg.Targets))
	} else if a.Runner.Own(msg.Targets[0]) {
		what = "the shell in " + what
	}
	doing, done := "ending "+what, "ended"
	if left := a.Runner.Leftovers(msg.Targets[0]); len(left) > 0 && len(msg.Targets) == 1 {
		doing, done = "deleting pod "+left[0].Target.Pod, "deleted"
	}
	a.Flash(doing + "…")
	ctx, engine := a.ctx, a.Runner
	return func() tea.Msg { return endedMsg{msg, engine.End(ctx, msg.Targets), done} }
}

// askEnd says what is about to be ended.
func (a *App) askEnd(msg sessions.End, one runner.Container) kit.Screen {
	t := one.Target
	if one.Cluster.Guard().Protected {
		msg.Named = append(slices.Clip(msg.Named), one)
		takes := a.EndKey(len(a.Runner.Leftovers(one)) > 0)
		return kit.NewNamePrompt(a.Kit, runner.Protected(one.Cluster.Context), t, titleOf(a.top()), takes, func(string) tea.Msg { return kit.Return{Result: msg} })
	}
	msg.Agreed = true
	asks, says, yes := "End debug container "+t.Container+" in pod "+t.Pod+"?",
		" Its own processes are ended, never the target's. Its entry stays in the pod until the pod is deleted: Kubernetes cannot remove it.", a.EndKey(false)
	if a.Runner.Own(one) {
		asks, says = "End your shell in container "+t.Container+" of pod "+t.Pod+"?", " Only the shell and what it has started are ended; the container runs on."
	}
	if left := a.Runner.Leftovers(one); len(left) > 0 {
		asks, says = left[0].Asks, " Everything that runs in it ends."
		yes = a.EndKey(true)
	}
	return kit.NewConfirm(a.Kit, kit.ConfirmOptions{
		Title: t.Namespace + " › " + t.Pod + " › " + t.Container, Asks: asks,
		Says: []string{strings.TrimSpace(msg.About + a.inside(one) + says)}, Yes: yes, Request: msg,
	})
}

// inside tells of the sessions that end with a container, where that is more than one.
func (a *App) inside(c runner.Container) string {
	n := 0
	for _, r := range a.Runner.In(c) {
		if r.Look().Lives() {
			n++
		}
	}
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" %d sessions are in it, and end with it.", n)
}

func (a *App) endAnswered(msg endedMsg) tea.Cmd {
	for _, err := range msg.failed {
		if err != nil {
			return a.Flash(kube.Explain(err).Message)
		}
	}
	if msg.Quit {
		return tea.Quit
	}
	a.Flash(msg.done)
	if s, ok := a.top().(endListener); ok {
		return s.HaveEnded()
	}
	return nil
}
