package sessions

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Launch shows the steps of a plan as they happen and hands the terminal over when the container runs. What is
// typed meanwhile is meant for the session and kept for it.
type Launch struct {
	*Desk
	session *runner.Session
	plan    debug.Plan

	started  time.Time
	planning bool // the plan is being made
	steps    []step
	typed    Typeahead
	trouble  *kube.Problem // why there is no news
	cause    *kube.Problem // why nothing starts in the pod
	failed   *kube.Problem
	at       time.Time // of the failure
}

// step is news of the plan, and when it came.
type step struct {
	launch.Progress
	at time.Time
}

// NewLaunch is the screen of a session whose container has not started yet.
func NewLaunch(k *Desk, r *runner.Session) *Launch {
	now := r.Look()
	return &Launch{Desk: k, session: r, plan: *now.Job.Plan, planning: now.Planning, started: now.Began}
}

// Title is the container.
func (s *Launch) Title() string {
	return s.plan.Debug.Namespace + " › " + s.plan.Debug.Pod + " › " + s.plan.Debug.Container
}

// Init looks at the session.
func (s *Launch) Init() tea.Cmd {
	s.look()
	return nil
}

// Lends reports whether what is typed belongs to the session.
func (s *Launch) Lends() bool { return s.Typing() }

// TypedAhead is what has been typed for it.
func (s *Launch) TypedAhead() Typeahead { return s.typed }

// Shows reports whether it is about a session.
func (s *Launch) Shows(r *runner.Session) bool { return s.session == r }

// MakesWay for the card.
func (s *Launch) MakesWay() {}

// Helps is the key that does what helps.
func (s *Launch) Helps(h kube.Help) (key.Binding, bool) {
	return s.keys.AnyTool, h == kube.ChooseTool
}

// Hint is for newcomers.
func (s *Launch) Hint() string {
	if s.failed != nil {
		return "What cannot start fails at once, and says why. t: another tool"
	}
	return "Starting your shell… Look around in it, then type: exit 3"
}

// Typing keeps the keyboard from the commands of App: what is typed belongs to the session that is about to begin.
func (s *Launch) Typing() bool { return s.failed == nil }

// Settling reports whether keys may be meant for the session: what was being typed for the session must not press buttons when there will be none.
func (s *Launch) Settling() bool {
	return s.failed != nil && s.typed.keys > 0 && s.Now().Sub(s.at) < 2*Grace
}

func (s *Launch) fail(err error) {
	s.failed, s.at = kube.Explain(err), s.Now()
}

// Keys are those that do something now.
func (s *Launch) Keys() []key.Binding {
	if s.failed != nil && s.failed.RequiredRBAC != "" {
		return []key.Binding{s.keys.Whole, s.keys.AnyTool, s.keys.Back}
	}
	if s.failed != nil {
		return []key.Binding{s.keys.AnyTool, s.keys.Back}
	}
	return []key.Binding{s.keys.Cancel}
}

// Update takes keys, and what the runner has to tell.
func (s *Launch) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case News:
		s.look()
	case tea.KeyPressMsg:
		if s.failed != nil {
			if s.failed.RequiredRBAC != "" && key.Matches(msg, s.keys.Whole) {
				text := s.failed.Message + "\n\n" + s.Advised(s, s.failed).Hint + "\n\n" + s.failed.RequiredRBAC
				return s.Ask(kit.Show{Screen: kit.NewPager(s.Kit, kit.PagerOptions{Title: s.Title() + " › what to ask for", Text: text})})
			}
			if key.Matches(msg, s.keys.AnyTool, s.keys.Back) {
				return s.Ask(kit.Leave{})
			}
			return nil
		}
		if key.Matches(msg, s.keys.Cancel) {
			s.Ask(kit.Leave{})
			if s.session.Cancel() {
				return nil // nothing was sent
			}
			return s.Flash("stopped waiting for " + s.plan.Debug.Container + ": s lists it, and shows when it starts")
		}
		s.typed.Key(msg)
	case tea.PasteMsg:
		s.typed.Paste(msg)
	}
	return nil
}

// look takes what is new about the session, and hands the terminal over when there is a program.
func (s *Launch) look() {
	if s.failed != nil {
		return
	}
	now := s.session.Look()
	s.plan, s.planning, s.trouble, s.cause = *now.Job.Plan, now.Planning, nil, now.Cause
	if now.Trouble != nil {
		s.trouble = kube.Explain(now.Trouble)
	}
	for _, p := range now.Steps[len(s.steps):] {
		if !now.Planned() {
			break // it is no step of the plan: there is none
		}
		s.steps = append(s.steps, step{p.Progress, s.Now()})
		if p.Step == launch.Started || p.Step == launch.Ended {
			s.Ask(Play{Session: s.session, First: true})
			return
		}
	}
	if now.State == session.Failed {
		s.fail(now.Err)
	}
}

// View draws the screen.
func (s *Launch) View(width, height int) string {
	st := &s.Styles
	out := []string{
		"",
		"  " + st.Title.Render(s.plan.Debug.Container) + st.Muted.Render("  "+s.plan.Image),
		"",
	}
	for i, p := range s.steps {
		took := kit.Lasted(s.Now().Sub(p.at))
		if i+1 < len(s.steps) {
			took = kit.Lasted(s.steps[i+1].at.Sub(p.at))
		} else if p.Step == launch.Failed {
			took = ""
		}
		out = append(out, s.line(p, i == len(s.steps)-1, took, width))
	}
	if len(s.steps) == 0 && s.failed == nil {
		out = append(out, "  "+st.Warn.Render("…")+" "+st.Text.Render(s.asking())+st.Muted.Render("  "+kit.Lasted(s.Now().Sub(s.started))))
	}
	if s.failed != nil {
		out = append(out, kit.ProblemText(st, s.Advised(s, s.failed), width))
		if len(s.steps) > 1 { // it has been accepted
			out = append(out, "", kit.Indent(kit.WrapStyled("Left behind: "+s.plan.Leaves()+".", width-4, st.Muted), 2))
		}
	}
	switch {
	case s.trouble != nil && s.failed == nil:
		out = append(out, "", kit.Indent(st.Warn.Render("! ")+strings.ReplaceAll(kit.WrapStyled("no updates: "+s.trouble.Message, width-6, st.Text), "\n", "\n  "), 2))
	case s.cause != nil && s.failed == nil:
		out = append(out, "", kit.ProblemText(st, s.Advised(s, s.cause), width))
	case s.nodeIsSlow():
		out = append(out, "", kit.Indent(kit.WrapStyled("The node has not started it yet. It may be busy, or waiting longer after each try because another container of this pod cannot start.", width-4, st.Muted), 2))
	}
	switch n := s.typed.keys; {
	case n > 0 && s.failed == nil:
		out = append(out, "", "  "+st.Muted.Render(kit.Count(n, "key")+" typed ahead for the session"))
	case n > 0:
		out = append(out, "", "  "+st.Muted.Render(kit.Count(n, "key")+" typed ahead for the session: discarded"))
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

func (s *Launch) asking() string {
	if s.planning {
		return "reading the current state of the pod"
	}
	return "sending it to the API server"
}

// nodeIsSlow tells when a person begins to wonder: the API server has the container, and the kubelet says nothing.
func (s *Launch) nodeIsSlow() bool {
	const wonder = 5 * time.Second
	if len(s.steps) == 0 {
		return false
	}
	last := s.steps[len(s.steps)-1]
	return last.Step == launch.Accepted && s.Now().Sub(last.at) > wonder
}

func (s *Launch) line(p step, last bool, took string, width int) string {
	st := &s.Styles
	name := map[launch.Step]string{
		launch.Accepted: "accepted by the API server", launch.Pulling: "pulling the image", launch.Pulled: "image present",
		launch.Created: "created", launch.Started: "started", launch.Ended: "ran and ended", launch.Failed: "failed",
	}[p.Step]
	mark := st.Good.Render("✓")
	switch {
	case p.Step == launch.Failed:
		mark = st.Bad.Render("✗")
	case last && p.Step != launch.Started && p.Step != launch.Ended:
		mark = st.Warn.Render("…")
	}
	line := "  " + mark + " " + st.Text.Render(kit.Fit(name, 28)) + st.Muted.Render(kit.Fit(took, 9))
	return line + st.Muted.Render(kit.Fit(p.Words, width-42))
}
