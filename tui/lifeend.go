package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// clusterTarget is a debug container somewhere.
type clusterTarget struct {
	cluster *kube.Cluster
	target  kube.Target
}

type (
	// endMsg asks for the programs of debug containers to be ended.
	endMsg struct {
		targets []clusterTarget
		about   string          // who has made them and since when; may be empty
		quit    bool            // dayfly ends with them
		agreed  bool            // a person has read what is done
		named   []clusterTarget // whose pods a person has named, in protected contexts
	}
	// endedMsg says how that went.
	endedMsg struct {
		endMsg
		failed []error // of each target; nil: it has ended
	}
)

// endPatience bounds how long one debug container may take to end.
const endPatience = time.Minute

// lastPatience bounds how long those may take that end with dayfly, when it is not by a person's wish that dayfly ends. A program that heeds
// only the last signal takes more than four seconds.
const lastPatience = 8 * time.Second

// names tells whether a person has named the pod of a container.
func (m endMsg) names(c clusterTarget) bool {
	return slices.ContainsFunc(m.named, func(n clusterTarget) bool {
		return n.cluster == c.cluster && n.target.Namespace == c.target.Namespace && n.target.Pod == c.target.Pod
	})
}

// end ends the programs of debug containers, after saying so; in protected contexts a person types the name of each pod.
func (a *App) end(msg endMsg) tea.Cmd {
	for _, r := range msg.targets {
		guard := r.cluster.Guard()
		if p := guard.Closed(); p != nil {
			return a.Kit.Flash("read-only: nothing is ended (" + kube.Reason(p) + ")")
		}
		if !msg.agreed && !msg.names(r) && (!msg.quit || guard.Protected) { // the way out has asked already
			return a.pushOn(a.askEnd(msg, r))
		}
	}
	what := msg.targets[0].target.Container
	if len(msg.targets) > 1 {
		what = fmt.Sprintf("%d debug containers", len(msg.targets))
	}
	a.Kit.Flash("ending " + what + "…")
	ctx := a.ctx
	return func() tea.Msg { return endedMsg{msg, endAll(ctx, msg.targets, endPatience)} }
}

// askEnd says what is about to be ended.
func (a *App) askEnd(msg endMsg, one clusterTarget) kit.Screen {
	t := one.target
	if one.cluster.Guard().Protected {
		msg.named = append(slices.Clip(msg.named), one)
		return kit.NewNamePrompt(a.Kit, one.cluster.Context, t.Pod, titleOf(a.top()), func(string) tea.Msg { return kit.Return{Result: msg} })
	}
	msg.agreed = true
	return kit.NewConfirm(a.Kit, kit.ConfirmOptions{
		Title: t.Namespace + " › " + t.Pod + " › " + t.Container, Asks: "End debug container " + t.Container + " in pod " + t.Pod + "?",
		Says: []string{strings.TrimSpace(msg.about + a.sessions.inside(one) +
			" Its own processes are ended, never the target's. Its entry stays in the pod until the pod is deleted: Kubernetes cannot remove it.")},
		Yes: a.keys.EndNow, Request: msg,
	})
}

// inside tells of the sessions that end with a container, where that is more than one.
func (s *sessions) inside(c clusterTarget) string {
	n := 0
	for _, r := range s.live() {
		if r.isIn(c.cluster, c.target) {
			n++
		}
	}
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" %d sessions are in it, and end with it.", n)
}

// endAll ends containers side by side.
func endAll(ctx context.Context, targets []clusterTarget, patience time.Duration) []error {
	failed := make([]error, len(targets))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var ending sync.WaitGroup
	for i, r := range targets {
		ending.Go(func() { failed[i] = r.cluster.End(ctx, r.target) })
	}
	ending.Wait()
	return failed
}

func (a *App) endAnswered(msg endedMsg) tea.Cmd {
	a.sessions.ended(msg.targets, msg.failed)
	for _, err := range msg.failed {
		if err != nil {
			return a.Kit.Flash(kube.Explain(err).What)
		}
	}
	if msg.quit {
		return tea.Quit
	}
	cmds := []tea.Cmd{a.Kit.Flash("ended")}
	if s, ok := a.top().(endListener); ok {
		cmds = append(cmds, s.HaveEnded())
	}
	for _, c := range msg.targets {
		if !a.sessions.has(c.cluster, c.target) { // a session's end is written down when it is seen
			cmds = append(cmds, a.record(c.cluster, attachMsg{target: c.target}.entry(journal.Ended)))
		}
	}
	return tea.Batch(cmds...)
}

// ended notes what has become of containers that were to be ended.
func (s *sessions) ended(targets []clusterTarget, failed []error) {
	for i, c := range targets {
		for _, r := range s.list {
			if r.isIn(c.cluster, c.target) {
				r.gone, r.stuck = failed[i] == nil, failed[i] != nil
			}
		}
	}
}

// remaining are the sessions with which something runs: those that go on, and one for each container that waits for another shell.
func (s *sessions) remaining() []*ownSession {
	all := s.live()
	for _, r := range s.list {
		if r.sleeps() && !slices.ContainsFunc(all, func(o *ownSession) bool { return o.isIn(r.cluster, r.Target()) }) {
			all = append(all, r)
		}
	}
	return slices.DeleteFunc(all, func(r *ownSession) bool { return r.cluster == nil || r.gone })
}

// leaving are those of them that end with dayfly. One that would not be ended is left.
func (s *sessions) leaving() []*ownSession {
	return slices.DeleteFunc(s.remaining(), func(r *ownSession) bool {
		with := func(o *ownSession) bool { return o.leaves && o.isIn(r.cluster, r.Target()) }
		return r.stuck || !slices.ContainsFunc(s.list, with)
	})
}

// endLeaving ends what ends with dayfly and has not been ended yet, when dayfly ends for whatever reason: the terminal is gone, or a signal has
// come. There may be little time.
func (s *sessions) endLeaving() {
	targets := containersOf(s.leaving())
	if len(targets) > 0 {
		s.ended(targets, endAll(s.ctx, targets, lastPatience))
	}
}

// containersOf are the containers of sessions, each once.
func containersOf(list []*ownSession) []clusterTarget {
	var all []clusterTarget
	for _, r := range list {
		if !slices.ContainsFunc(all, func(c clusterTarget) bool { return r.isIn(c.cluster, c.target) }) {
			all = append(all, clusterTarget{r.cluster, r.Target()})
		}
	}
	return all
}

// label is a session in a list: its pod and container, and its kind.
func (r *ownSession) label() string {
	text := r.Target().String()
	switch {
	case r.private:
		text += " · private"
	case len(r.exec) > 0:
		text += " · shell"
	}
	if r.tape != nil {
		text += " · recorded"
	}
	return text
}

// noteLate writes down the ends that came when the interface had ended: nobody runs commands any more.
func (a *App) noteLate() {
	for _, r := range a.sessions.list {
		if now := r.Look(); now.State == session.Ended && !r.over {
			r.over = true
			if record := a.noteEnd(r, now); record != nil {
				record()
			}
		}
	}
}
