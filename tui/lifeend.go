package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// endedMsg says how the end of debug containers went.
type endedMsg struct {
	endMsg
	failed []error // of each target; nil: it has ended
}

// end ends the programs of debug containers, after saying so; in protected contexts a person types the name of each pod.
func (a *App) end(msg endMsg) tea.Cmd {
	for _, r := range msg.targets {
		guard := r.Cluster.Guard()
		if p := guard.Closed(); p != nil {
			return a.Flash("read-only: nothing is ended (" + kube.Reason(p) + ")")
		}
		if !msg.agreed && !msg.names(r) && (!msg.quit || guard.Protected) { // the way out has asked already
			return a.pushOn(a.askEnd(msg, r))
		}
	}
	what := msg.targets[0].Target.Container
	if len(msg.targets) > 1 {
		what = fmt.Sprintf("%d debug containers", len(msg.targets))
	}
	a.Flash("ending " + what + "…")
	ctx, engine := a.ctx, a.runner
	return func() tea.Msg { return endedMsg{msg, engine.End(ctx, msg.targets)} }
}

// askEnd says what is about to be ended.
func (a *App) askEnd(msg endMsg, one runner.Container) kit.Screen {
	t := one.Target
	if one.Cluster.Guard().Protected {
		msg.named = append(slices.Clip(msg.named), one)
		return kit.NewNamePrompt(a.Kit, one.Cluster.Context, t.Pod, titleOf(a.top()), func(string) tea.Msg { return kit.Return{Result: msg} })
	}
	msg.agreed = true
	asks, says, yes := "End debug container "+t.Container+" in pod "+t.Pod+"?",
		" Its own processes are ended, never the target's. Its entry stays in the pod until the pod is deleted: Kubernetes cannot remove it.", a.desk.keys.EndNow
	if left := a.runner.Leftovers(one); len(left) > 0 {
		asks, says = left[0].Asks, " Everything that runs in it ends."
		yes = deleting(yes)
	}
	return kit.NewConfirm(a.Kit, kit.ConfirmOptions{
		Title: t.Namespace + " › " + t.Pod + " › " + t.Container, Asks: asks,
		Says: []string{strings.TrimSpace(msg.about + a.inside(one) + says)}, Yes: yes, Request: msg,
	})
}

// inside tells of the sessions that end with a container, where that is more than one.
func (a *App) inside(c runner.Container) string {
	n := 0
	for _, r := range a.runner.In(c) {
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
			return a.Flash(kube.Explain(err).What)
		}
	}
	if msg.quit {
		return tea.Quit
	}
	a.Flash("ended")
	if s, ok := a.top().(endListener); ok {
		return s.HaveEnded()
	}
	return nil
}
