package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

type (
	// openSessionMsg asks for a session to be gone on with, wherever it stands.
	openSessionMsg struct{ session *ownSession }
	// endMsg asks for the programs of debug containers to be ended.
	endMsg struct {
		cluster *kube.Cluster
		targets []kube.Target
		about   string // who has made them and since when; may be empty
		quit    bool   // dayfly ends with them
		agreed  bool   // a person has read what is done, and typed the pod's name where that is asked for
	}
	// endedMsg says how that went.
	endedMsg struct {
		endMsg
		err error
	}
)

// openSession shows a session on the terminal, its start while it starts, or its end when it has ended.
func (a *App) openSession(r *ownSession) tea.Cmd {
	now := r.Look()
	switch {
	case now.State.Over() && r.plan != nil && len(now.Steps) > 0 && now.State == session.Failed:
		return a.pushOn(followLaunch(a.ctx, a.kit, r))
	case now.State.Over():
		return a.pushOn(newCardScreen(a.ctx, a.kit, attachMsg{cluster: r.cluster, target: r.Target(), plan: r.plan, tty: r.tty, about: r.about, run: r, again: true}, r.last))
	case now.State < session.Starting && r.plan != nil:
		return a.pushOn(followLaunch(a.ctx, a.kit, r))
	}
	return a.attach(attachMsg{cluster: r.cluster, target: r.Target(), plan: r.plan, tty: r.tty, about: r.about, run: r, again: true})
}

// toSessionBeside goes on with the session after the last one that had the terminal, or before it.
func (a *App) toSessionBeside(next bool) tea.Cmd {
	step := 1
	if !next {
		step = -1
	}
	r := a.sessions.beside(step)
	if r == nil {
		return a.kit.flash("there are no sessions")
	}
	return a.openSession(r)
}

// endPatience bounds how long one debug container may take to end.
const endPatience = 40 * time.Second

// end ends the programs of debug containers, after saying so; in a protected context a person types the pod's name.
func (a *App) end(msg endMsg) tea.Cmd {
	guard := msg.cluster.Guard()
	if p := guard.Closed(); p != nil {
		return a.kit.flash("read-only: nothing is ended (" + kube.Reason(p) + ")")
	}
	if !msg.agreed && (!msg.quit || guard.Protected) { // the way out has asked already
		return a.pushOn(a.askEnd(msg, guard.Protected))
	}
	what := msg.targets[0].Container
	if len(msg.targets) > 1 {
		what = fmt.Sprintf("%d debug containers", len(msg.targets))
	}
	a.kit.flash("ending " + what + "…")
	ctx := a.ctx
	return func() tea.Msg {
		var failed error
		for _, t := range msg.targets {
			ctx, cancel := context.WithTimeout(ctx, endPatience)
			failed = errors.Join(failed, msg.cluster.End(ctx, t))
			cancel()
		}
		return endedMsg{msg, failed}
	}
}

// askEnd says what is about to be ended.
func (a *App) askEnd(msg endMsg, protected bool) screen {
	t := msg.targets[0]
	msg.agreed = true
	if protected {
		return newNamePrompt(a.kit, msg.cluster.Context, t.Pod, titleOf(a.top()), func(string) tea.Msg { return returnMsg{msg} })
	}
	return &confirmScreen{
		kit: a.kit, title: t.Namespace + " › " + t.Pod + " › " + t.Container, asks: "End debug container " + t.Container + " in pod " + t.Pod + "?",
		says: []string{strings.TrimSpace(msg.about +
			" Its own processes are ended, never the target's. Its entry stays in the pod until the pod is deleted: Kubernetes cannot remove it.")},
		yes: a.keys.EndNow, wish: msg,
	}
}

func (a *App) endAnswered(msg endedMsg) tea.Cmd {
	if msg.err != nil {
		return a.kit.flash(kube.Explain(msg.err).What)
	}
	if msg.quit {
		return tea.Quit
	}
	cmds := []tea.Cmd{a.kit.flash("ended")}
	if s, ok := a.top().(*sessionsScreen); ok {
		cmds = append(cmds, s.read)
	}
	for _, t := range msg.targets {
		if !a.sessions.has(msg.cluster, t) { // a session's end is written down when it is seen
			cmds = append(cmds, a.record(msg.cluster, attachMsg{target: t}.entry(journal.Ended)))
		}
	}
	return tea.Batch(cmds...)
}

// quit ends dayfly, after asking what becomes of the sessions that run.
func (a *App) quit() tea.Cmd {
	live := a.sessions.live()
	if _, asked := a.top().(*quitScreen); len(live) == 0 || asked {
		return tea.Quit
	}
	return a.pushOn(&quitScreen{kit: a.kit, live: live})
}

// quitScreen asks what becomes of the sessions that run when dayfly ends.
type quitScreen struct {
	*kit
	live []*ownSession
}

func (s *quitScreen) Title() string { return "leaving" }

// Typing: q is an answer here, as is every other key that has a meaning elsewhere.
func (s *quitScreen) Typing() bool { return true }

func (s *quitScreen) Init() tea.Cmd { return nil }

func (s *quitScreen) Keys() []key.Binding {
	return []key.Binding{s.keys.LeaveRunning, s.keys.EndAll, s.keys.Leave}
}

func (s *quitScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, s.keys.Leave):
		return s.ask(popMsg{})
	case key.Matches(press, s.keys.LeaveRunning):
		return tea.Quit
	case key.Matches(press, s.keys.EndAll):
		return s.endAll()
	}
	return nil
}

// endAll ends them, those of each cluster together.
func (s *quitScreen) endAll() tea.Cmd {
	targets := map[*kube.Cluster][]kube.Target{}
	for _, r := range s.sessions.live() {
		targets[r.cluster] = append(targets[r.cluster], r.Target())
	}
	for cluster, all := range targets {
		s.ask(endMsg{cluster: cluster, targets: all, quit: true})
	}
	if len(targets) == 0 {
		return tea.Quit
	}
	return nil
}

func (s *quitScreen) View(width, height int) string {
	st := &s.styles
	words := "A session is still running:"
	if len(s.live) > 1 {
		words = fmt.Sprintf("%d sessions are still running:", len(s.live))
	}
	out := []string{"", "  " + st.title.Render(words), ""}
	for _, r := range s.live {
		now := r.Look()
		symbol, state, style := st.stateWords(now)
		out = append(out, fit("  "+style.Render(symbol)+" "+st.text.Render(r.Target().String())+st.muted.Render("  "+state+"  "+age(s.now(), r.began)), width))
	}
	out = append(out, "",
		"  "+st.accent.Render(fit("↵", 5))+st.text.Render("leave them running; they can be attached to again"),
		"  "+st.accent.Render(fit("e", 5))+st.text.Render("end them: the debuggers' own processes, never the target's"),
		"  "+st.accent.Render(fit("esc", 5))+st.text.Render("stay"), "",
		indent(wrapStyled("What they print meanwhile is kept in the pod's log. To go on later: dayfly attach, or s in dayfly.", width-4, st.muted), 2))
	return box(strings.Join(out, "\n"), width, height)
}

// farewell is what a person should know who has left sessions running: how to come back to each.
func (s *sessions) farewell() []string {
	var lines []string
	for _, r := range s.list {
		if now := r.Look(); now.State.Over() || r.cluster == nil {
			continue
		}
		t := r.Target()
		if len(lines) == 0 {
			lines = append(lines, "Left running; to go on:")
		}
		lines = append(lines, "  "+kube.Dayfly(r.cluster.Context, t.Namespace, "attach", t.Pod, t.Container))
	}
	return lines
}
