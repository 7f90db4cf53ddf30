package sessions

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Quit asks what becomes of the sessions that run when dayfly ends.
type Quit struct {
	*Desk
	keeping bool // what is to be kept is on its way
}

// NewQuit is the question, for all sessions of which something remains.
func NewQuit(k *Desk) *Quit { return &Quit{Desk: k} }

// Title is what a person is about to do.
func (s *Quit) Title() string { return "quit" }

// Typing is so: q is an answer here, as is every other key that has a meaning elsewhere.
func (s *Quit) Typing() bool { return true }

// AsksToLeave marks the screen that has the last word.
func (s *Quit) AsksToLeave() {}

// Init does nothing.
func (s *Quit) Init() tea.Cmd { return nil }

// Keys are those that do something now.
func (s *Quit) Keys() []key.Binding {
	leave := s.keys.LeaveRunning
	remaining, leaving := s.Runner.Remaining(), s.Runner.Leaving()
	switch {
	case len(deletes(remaining)) == len(remaining): // what else there is does the same
		leave.SetHelp(leave.Help().Key, "quit")
		return s.keepKeys([]key.Binding{leave, s.keys.Leave})
	case len(leaving)+len(deletes(remaining))+len(shellsOf(remaining, leaving)) > 0:
		leave.SetHelp(leave.Help().Key, "quit")
	case len(remaining) == 1:
		leave.SetHelp(leave.Help().Key, "leave it running")
	}
	return s.keepKeys([]key.Binding{leave, s.keys.EndAll, s.keys.Leave})
}

// Update takes keys, and what the runner has to tell.
func (s *Quit) Update(msg tea.Msg) tea.Cmd {
	if kept, ok := msg.(keptMsg); ok {
		return s.kept(kept)
	}
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case s.keeping:
		return s.Flash("still keeping them…")
	case key.Matches(press, s.keys.Leave):
		return s.Ask(kit.Leave{})
	case key.Matches(press, s.keys.LeaveRunning):
		return s.quitEnding(s.Runner.Leaving(), true)
	case key.Matches(press, s.keys.EndAll):
		return s.quitEnding(s.Runner.Remaining(), false)
	case key.Matches(press, s.keys.KeepAll) && len(s.timed()) > 0:
		return s.keep(false)
	case key.Matches(press, s.keys.KeepForGood) && len(s.timed()) > 0:
		return s.keep(true)
	}
	return nil
}

// quitEnding leaves dayfly when some containers have been ended. agreed: that was said when they were made.
func (s *Quit) quitEnding(list []*runner.Session, agreed bool) tea.Cmd {
	if len(list) == 0 {
		return tea.Quit
	}
	return s.Ask(End{Targets: runner.Containers(list), Quit: true, Agreed: agreed})
}

// View draws the screen.
func (s *Quit) View(width, height int) string {
	st := &s.Styles
	remaining, leaving := s.Runner.Remaining(), s.Runner.Leaving()
	out, answers := []string{"", "  " + st.Title.Render(remainWords(remaining)), ""}, s.answers(remaining, leaving, width)
	out = append(out, s.fates(remaining, leaving, width, max(height-len(out)-len(answers)-1, 1))...)
	out = append(append(out, ""), answers...)
	if stays := without(without(remaining, leaving), deletes(remaining)); len(stays) > 0 {
		out = append(out, "", kit.Indent(kit.WrapStyled(s.later(stays), width-4, st.Muted), 2))
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// remainWords say of how many sessions something remains.
func remainWords(remaining []*runner.Session) string {
	n := len(remaining)
	switch live := n - len(deletes(remaining)); {
	case n == 0: // the last has gone while the question was on the screen
		return "Nothing is left to end or to delete."
	case live == 0:
		return kit.Count(n, "session") + " with a pod to delete:"
	case live < n:
		return kit.Count(n, "session") + " still running, or with a pod to delete:"
	case n == 1:
		return "A session is still running:"
	}
	return fmt.Sprintf("%d sessions are still running:", n)
}

// deletes are the sessions of which all that remains to do is to delete a pod: they are over, or that has failed before.
func deletes(list []*runner.Session) []*runner.Session {
	return slices.DeleteFunc(slices.Clone(list), func(r *runner.Session) bool {
		now := r.Look()
		return len(now.Leftovers) == 0 || !now.Over() && !now.Stuck
	})
}

// without are the sessions of a list that are not in another.
func without(list, others []*runner.Session) []*runner.Session {
	return slices.DeleteFunc(slices.Clone(list), func(r *runner.Session) bool { return slices.Contains(others, r) })
}

// answers are the keys, and what each does to so many sessions.
func (s *Quit) answers(remaining, leaving []*runner.Session, width int) []string {
	st := &s.Styles
	var out []string
	end := "end them: only their own processes, never the target's"
	if slices.ContainsFunc(remaining, func(r *runner.Session) bool { return len(r.Look().Leftovers) > 0 }) {
		end = "end them, and delete the pods that were created for them; the target's processes are not touched"
	}
	fate := "quit; what is marked ends, the rest stays"
	if len(deletes(remaining)) == 0 {
		fate = fateOf(len(remaining), len(leaving), len(shellsOf(remaining, leaving)))
	}
	answers := [][2]string{{"↵", fate}, {"e", end}, {"esc", "stay"}}
	switch n := len(remaining); {
	case n == 0:
		answers = [][2]string{{"↵", "quit"}, {"esc", "stay"}}
	case len(deletes(remaining)) == n: // both keys do the same
		does := "quit; dayfly deletes "
		if len(leaving) == 0 {
			does = "quit; dayfly tries once more to delete "
		}
		answers = [][2]string{{"↵", does + map[bool]string{true: "the pod", false: "the pods"}[n == 1]}, {"esc", "stay"}}
	}
	answers = slices.Insert(answers, len(answers)-1, s.keepAnswers()...)
	for _, one := range answers {
		text := strings.ReplaceAll(kit.WrapStyled(one[1], width-9, st.Text), "\n", "\n       ")
		out = append(out, strings.Split("  "+st.Accent.Render(kit.Fit(one[0], 5))+text, "\n")...)
	}
	return out
}

// fates are the sessions with what becomes of each, in no more lines than there is room for.
func (s *Quit) fates(remaining, leaving []*runner.Session, width, room int) []string {
	const lead = len("  * ")
	st := &s.Styles
	shells := shellsOf(remaining, leaving)
	shown := remaining
	if len(shown) > room {
		shown = shown[:room-1]
	}
	symbols, names, tails := make([]string, len(shown)), make([]string, len(shown)), make([]string, len(shown))
	name, tail := 0, 0
	for i, r := range shown {
		now := r.Look()
		symbol, state, style := stateWords(st, now.Snapshot)
		if now.Sleeps() {
			symbol, state, style = "●", "its container sleeps", st.Muted
		}
		fate, how := state+"  "+kit.Age(s.Now(), now.Began), st.Muted
		switch {
		case now.Stuck && len(now.Leftovers) > 0:
			fate, how = "could not be deleted", st.Warn
		case now.Stuck:
			fate, how = "could not be ended", st.Warn
		case slices.Contains(leaving, r) && now.Over() && len(now.Leftovers) > 0:
			fate, how = "its pod is deleted", st.Accent
		case slices.Contains(leaving, r):
			fate, how = "ends with dayfly", st.Accent
		case slices.Contains(shells, r):
			fate, how = "shell ends", st.Accent
		}
		symbols[i], tails[i] = style.Render(symbol), how.Render(fate)
		names[i] = label(&now)
		name, tail = max(name, kit.Width(names[i])), max(tail, kit.Width(fate))
	}
	name = min(name, max(width-lead-kit.Gutter-tail-1, 8))
	var out []string
	for i := range shown {
		out = append(out, kit.Fit("  "+symbols[i]+" "+st.Text.Render(kit.Fit(names[i], name))+"  "+tails[i], width))
	}
	if more := len(remaining) - len(shown); more > 0 {
		out = append(out, "    "+st.Muted.Render(fmt.Sprintf("… and %d more", more)))
	}
	return out
}

// shellsOf are the sessions that end with dayfly although their containers are left: a shell of its own ends with its link.
func shellsOf(remaining, leaving []*runner.Session) []*runner.Session {
	return slices.DeleteFunc(slices.Clone(remaining), func(r *runner.Session) bool {
		now := r.Look()
		return !now.OwnShell() || now.State.Over() || slices.Contains(leaving, r)
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
		return "quit; it ends with dayfly"
	case leaving == all:
		return "quit; they end with dayfly"
	case shells == all && all == 1:
		return "quit; the shell ends, its container stays"
	case shells == all:
		return "quit; the shells end, their containers stay"
	}
	return "quit; what is marked ends, the rest stays"
}

// later says how what is left is gone on with.
func (s *Quit) later(remaining []*runner.Session) string {
	private, attached := false, false
	for _, r := range remaining {
		now := r.Look()
		private = private || now.OwnShell() && !now.Leaves && !now.State.Over()
		attached = attached || !now.OwnShell() && !now.Leaves
	}
	text := ""
	if attached {
		text = "Their output is kept in the pod's log. "
	}
	if private {
		text += "You can open another shell in a container that stays. "
	}
	return text + "To attach later: " + s.Program + " attach, or s in dayfly."
}
