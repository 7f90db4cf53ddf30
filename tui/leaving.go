package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// openSessionMsg asks for a session to be gone on with, wherever it stands.
type openSessionMsg struct{ session *ownSession }

// openSession shows a session on the terminal, its start while it starts, or its end when it has ended.
func (a *App) openSession(r *ownSession) tea.Cmd {
	now := r.Look()
	switch {
	case now.State == session.Failed && r.plan != nil && len(now.Steps) > 0 && !wasAttached(now.Life):
		return a.pushOn(followLaunch(a.ctx, a.kit, r))
	case now.State.Over():
		return a.pushOn(newCardScreen(a.ctx, a.kit, r.again(), r.last))
	case now.State < session.Starting && r.plan != nil:
		return a.pushOn(followLaunch(a.ctx, a.kit, r))
	}
	return a.attach(r.again())
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

// quit ends dayfly, after asking what becomes of what runs.
func (a *App) quit() tea.Cmd {
	if _, asked := a.top().(*quitScreen); len(a.sessions.remaining()) == 0 || asked {
		return tea.Quit
	}
	return a.pushOn(&quitScreen{kit: a.kit})
}

// quitScreen asks what becomes of the sessions that run when dayfly ends.
type quitScreen struct{ *kit }

func (s *quitScreen) Title() string { return "leaving" }

// Typing: q is an answer here, as is every other key that has a meaning elsewhere.
func (s *quitScreen) Typing() bool { return true }

func (s *quitScreen) Init() tea.Cmd { return nil }

func (s *quitScreen) Keys() []key.Binding {
	leave := s.keys.LeaveRunning
	if len(s.sessions.leaving()) > 0 {
		leave.SetHelp(leave.Help().Key, "leave")
	}
	return []key.Binding{leave, s.keys.EndAll, s.keys.Leave}
}

func (s *quitScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, s.keys.Leave):
		return s.ask(popMsg{})
	case key.Matches(press, s.keys.LeaveRunning):
		return s.quitEnding(s.sessions.leaving(), true)
	case key.Matches(press, s.keys.EndAll):
		return s.quitEnding(s.sessions.remaining(), false)
	}
	return nil
}

// quitEnding leaves dayfly when some containers have been ended. agreed: that was said when they were made.
func (s *quitScreen) quitEnding(list []*ownSession, agreed bool) tea.Cmd {
	if len(list) == 0 {
		return tea.Quit
	}
	return s.ask(endMsg{targets: containersOf(list), quit: true, agreed: agreed})
}

func (s *quitScreen) View(width, height int) string {
	st := &s.styles
	remaining, leaving := s.sessions.remaining(), s.sessions.leaving()
	words := "A session is still running:"
	if len(remaining) > 1 {
		words = fmt.Sprintf("%d sessions are still running:", len(remaining))
	}
	out := []string{"", "  " + st.title.Render(words), ""}
	widest := 0
	for _, r := range remaining {
		widest = max(widest, cells(r.label()))
	}
	for _, r := range remaining {
		now := r.Look()
		symbol, state, style := st.stateWords(now)
		if r.sleeps() {
			symbol, state, style = "●", "its container sleeps", st.muted
		}
		line := "  " + style.Render(symbol) + " " + st.text.Render(fit(r.label(), min(widest, width/2))) + st.muted.Render("  "+state+"  "+age(s.now(), r.began))
		switch {
		case r.stuck:
			line += st.warn.Render("  could not be ended")
		case slices.Contains(leaving, r):
			line += st.accent.Render("  ends with dayfly")
		}
		out = append(out, fit(line, width))
	}
	out = append(out, "",
		"  "+st.accent.Render(fit("↵", 5))+st.text.Render(fateOf(len(remaining), len(leaving))),
		"  "+st.accent.Render(fit("e", 5))+st.text.Render("end them: the debuggers' own processes, never the target's"),
		"  "+st.accent.Render(fit("esc", 5))+st.text.Render("stay"), "")
	if len(leaving) < len(remaining) {
		out = append(out, indent(wrapStyled(s.later(remaining), width-4, st.muted), 2))
	}
	return box(strings.Join(out, "\n"), width, height)
}

// fateOf says what leaving does to so many sessions, some of which end with dayfly.
func fateOf(all, leaving int) string {
	switch leaving {
	case 0:
		return "leave them running; they can be attached to again"
	case all:
		return "leave; they end with dayfly"
	case 1:
		return "leave; the one marked so ends with dayfly, the others run on"
	}
	return "leave; those marked so end with dayfly, the others run on"
}

// later says how what is left is gone on with.
func (s *quitScreen) later(remaining []*ownSession) string {
	private := slices.ContainsFunc(remaining, func(r *ownSession) bool { return len(r.exec) > 0 && !r.leaves && !r.Look().State.Over() })
	attached := slices.ContainsFunc(remaining, func(r *ownSession) bool { return len(r.exec) == 0 && !r.leaves })
	text := ""
	if attached {
		text = "What they print meanwhile is kept in the pod's log. "
	}
	if private {
		text += "A shell of its own, as a private one, ends with dayfly; its container stays, and another can be opened in it. "
	}
	return text + "To go on later: dayfly attach, or s in dayfly."
}

// farewell is what a person should know who has left sessions running: how to come back to each.
func (s *sessions) farewell() []string {
	var lines []string
	for _, c := range containersOf(s.remaining()) {
		if len(lines) == 0 {
			lines = append(lines, "Left running; to go on:")
		}
		lines = append(lines, "  "+kube.Dayfly(c.cluster.Context, c.target.Namespace, "attach", c.target.Pod, c.target.Container))
	}
	return lines
}
