package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// openSessionMsg asks for a session to be gone on with, wherever it stands.
type openSessionMsg struct{ session *ownSession }

// openSession shows a session on the terminal, its start while it starts, or its end when it has ended.
func (a *App) openSession(r *ownSession) tea.Cmd {
	now := r.Look()
	switch {
	case now.State == session.Failed && r.plan != nil && len(now.Steps) > 0 && !wasAttached(now.Life):
		return a.pushOn(followLaunch(a.ctx, a.services, r))
	case now.State.Over():
		return a.pushOn(newCardScreen(a.ctx, a.services, r.again(), r.last))
	case now.State < session.Starting && r.plan != nil:
		return a.pushOn(followLaunch(a.ctx, a.services, r))
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
		return a.Kit.Flash("no sessions are open")
	}
	return a.openSession(r)
}

// quit ends dayfly, after asking what becomes of what runs. Where the cluster ends with dayfly there is nothing to ask.
func (a *App) quit() tea.Cmd {
	if _, asked := a.top().(leaver); len(a.sessions.remaining()) == 0 || a.fleeting || asked {
		return tea.Quit
	}
	return a.pushOn(&quitScreen{a.services})
}

// quitScreen asks what becomes of the sessions that run when dayfly ends.
type quitScreen struct{ *services }

func (s *quitScreen) Title() string { return "leaving" }

// Typing: q is an answer here, as is every other key that has a meaning elsewhere.
func (s *quitScreen) Typing() bool { return true }

// AsksToLeave marks the screen that has the last word.
func (s *quitScreen) AsksToLeave() {}

func (s *quitScreen) Init() tea.Cmd { return nil }

func (s *quitScreen) Keys() []key.Binding {
	leave := s.keys.LeaveRunning
	remaining, leaving := s.sessions.remaining(), s.sessions.leaving()
	switch {
	case len(leaving)+len(shellsOf(remaining, leaving)) > 0:
		leave.SetHelp(leave.Help().Key, "leave")
	case len(remaining) == 1:
		leave.SetHelp(leave.Help().Key, "leave it running")
	}
	return []key.Binding{leave, s.keys.EndAll, s.keys.Leave}
}

func (s *quitScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, s.keys.Leave):
		return s.Ask(kit.Leave{})
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
	return s.Ask(endMsg{targets: containersOf(list), quit: true, agreed: agreed})
}

func (s *quitScreen) View(width, height int) string {
	st := &s.Styles
	remaining, leaving := s.sessions.remaining(), s.sessions.leaving()
	words := "A session is still running:"
	if len(remaining) > 1 {
		words = fmt.Sprintf("%d sessions are still running:", len(remaining))
	}
	out, answers := []string{"", "  " + st.Title.Render(words), ""}, s.answers(remaining, leaving, width)
	out = append(out, s.fates(remaining, leaving, width, max(height-len(out)-len(answers)-1, 1))...)
	out = append(append(out, ""), answers...)
	if len(leaving) < len(remaining) {
		out = append(out, "", kit.Indent(kit.WrapStyled(s.later(remaining), width-4, st.Muted), 2))
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// answers are the keys, and what each does to so many sessions.
func (s *quitScreen) answers(remaining, leaving []*ownSession, width int) []string {
	st := &s.Styles
	var out []string
	for _, one := range [][2]string{
		{"↵", fateOf(len(remaining), len(leaving), len(shellsOf(remaining, leaving)))},
		{"e", "end them: only their own processes, never the target's"},
		{"esc", "stay"},
	} {
		text := strings.ReplaceAll(kit.WrapStyled(one[1], width-9, st.Text), "\n", "\n       ")
		out = append(out, strings.Split("  "+st.Accent.Render(kit.Fit(one[0], 5))+text, "\n")...)
	}
	return out
}

// fates are the sessions with what becomes of each, in no more lines than there is room for.
func (s *quitScreen) fates(remaining, leaving []*ownSession, width, room int) []string {
	const lead = len("  * ")
	st := &s.Styles
	shells := shellsOf(remaining, leaving)
	shown := remaining
	if len(shown) > room {
		shown = shown[:room-1]
	}
	symbols, tails := make([]string, len(shown)), make([]string, len(shown))
	name, tail := 0, 0
	for i, r := range shown {
		symbol, state, style := stateWords(st, r.Look())
		if r.sleeps() {
			symbol, state, style = "●", "its container sleeps", st.Muted
		}
		fate, how := state+"  "+kit.Age(s.Now(), r.began), st.Muted
		switch {
		case r.stuck:
			fate, how = "could not be ended", st.Warn
		case slices.Contains(leaving, r):
			fate, how = "ends with dayfly", st.Accent
		case slices.Contains(shells, r):
			fate, how = "shell ends", st.Accent
		}
		symbols[i], tails[i] = style.Render(symbol), how.Render(fate)
		name, tail = max(name, kit.Width(r.label())), max(tail, kit.Width(fate))
	}
	name = min(name, max(width-lead-kit.Gutter-tail-1, 8))
	var out []string
	for i, r := range shown {
		out = append(out, kit.Fit("  "+symbols[i]+" "+st.Text.Render(kit.Fit(r.label(), name))+"  "+tails[i], width))
	}
	if more := len(remaining) - len(shown); more > 0 {
		out = append(out, "    "+st.Muted.Render(fmt.Sprintf("… and %d more", more)))
	}
	return out
}

// shellsOf are the sessions that end with dayfly although their containers are left: a shell of its own ends with its link.
func shellsOf(remaining, leaving []*ownSession) []*ownSession {
	return slices.DeleteFunc(slices.Clone(remaining), func(r *ownSession) bool {
		return len(r.exec) == 0 || r.Look().State.Over() || slices.Contains(leaving, r)
	})
}

// fateOf says what leaving does to so many sessions, of which some end with dayfly: with their containers, or as shells in containers that stay.
func fateOf(all, leaving, shells int) string {
	switch {
	case leaving+shells == 0 && all == 1:
		return "leave it running; it can be attached to again"
	case leaving+shells == 0:
		return "leave them running; they can be attached to again"
	case leaving == all && all == 1:
		return "leave; it ends with dayfly"
	case leaving == all:
		return "leave; they end with dayfly"
	case shells == all && all == 1:
		return "leave; the shell ends, its container stays"
	case shells == all:
		return "leave; the shells end, their containers stay"
	}
	return "leave; what is marked ends, the rest stays"
}

// later says how what is left is gone on with.
func (s *quitScreen) later(remaining []*ownSession) string {
	private := slices.ContainsFunc(remaining, func(r *ownSession) bool { return len(r.exec) > 0 && !r.leaves && !r.Look().State.Over() })
	attached := slices.ContainsFunc(remaining, func(r *ownSession) bool { return len(r.exec) == 0 && !r.leaves })
	text := ""
	if attached {
		text = "Their output is kept in the pod's log. "
	}
	if private {
		text += "You can open another shell in a container that stays. "
	}
	return text + "To attach later: " + s.program + " attach, or s in dayfly."
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
