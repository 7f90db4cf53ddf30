package sessions

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Grace is how long the card takes no keys: those that were meant for a program that has just died press nothing.
const Grace = 400 * time.Millisecond

// Card is the end of a session: how it ended, what is left, what can be done next. It shows what the runner knows.
type Card struct {
	*Desk
	ctx       context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop      context.CancelFunc
	session   *runner.Session
	seen      runner.Snapshot
	confirmed string // the pod's name as a person has typed it for the session
	found     bool   // the session was found by its container: what it was made by is left out

	shown time.Time
	last  []string // last lines of output
	saved string   // where the output was saved to
}

type lastLinesMsg struct {
	card  *Card
	lines []string
}

// NewCard is the end of a session, or of a visit to it, as it was asked for.
func NewCard(ctx context.Context, k *Desk, p Play) *Card {
	ctx, stop := context.WithCancel(ctx)
	s := &Card{Desk: k, ctx: ctx, stop: stop, session: p.Session, confirmed: p.Confirmed, found: p.Found, shown: k.Now()}
	s.look()
	return s
}

// Title is the container.
func (s *Card) Title() string {
	t := s.seen.Target
	return t.Namespace + " › " + t.Pod + " › " + t.Container
}

// look takes what the runner knows.
func (s *Card) look() {
	if s.seen = s.session.Look(); s.found {
		s.seen.Job.Plan = nil
	}
}

// Shows reports whether it is about a session.
func (s *Card) Shows(r *runner.Session) bool { return s.session == r }

// MakesWay for the next session.
func (s *Card) MakesWay() {}

// Helps is the key that does what helps.
func (s *Card) Helps(h kube.Help) (key.Binding, bool) {
	switch h { //nolint:exhaustive // of nothing else
	case kube.Retry:
		return s.keys.Again, true
	case kube.ChooseTool:
		return s.keys.AnyTool, true
	}
	return key.Binding{}, false
}

// Summary is when the cluster deletes what was created for the session.
func (s *Card) Summary() string {
	if left := s.countdown(&s.seen); left != "" {
		return left + " left"
	}
	return ""
}

// Hint is for newcomers.
func (s *Card) Hint() string {
	switch {
	case s.seen.End().Exit != nil:
		return "Session over. That completes the tour. ? shows all keys"
	case s.canAttach():
		return "The program keeps running. Press a to attach again"
	}
	return ""
}

// Close ends what the screen reads.
func (s *Card) Close() { s.stop() }

// Init asks what is not known yet.
func (s *Card) Init() tea.Cmd {
	return tea.Batch(s.examine, s.readLast)
}

// examine has the runner ask what is not known of the end yet.
func (s *Card) examine() tea.Msg {
	s.session.Examine(s.ctx)
	return nil
}

func (s *Card) readLast() tea.Msg {
	return lastLinesMsg{s, plainLines(string(s.session.LastOutput(s.ctx)))}
}

// canAttach reports whether there is, or may be, a program to attach to.
func (s *Card) canAttach() bool {
	if s.seen.OwnShell() {
		return s.seen.Lives()
	}
	end := s.seen.End()
	return end.Exit == nil && !end.Gone && (end.Running || s.seen.MayRun())
}

// canOpen reports whether another shell can be opened where this one was.
func (s *Card) canOpen() bool {
	return s.seen.OwnShell() && !s.canAttach() && s.seen.Container.Running
}

// canEnd reports whether there is a container to end.
func (s *Card) canEnd() bool {
	switch {
	case len(s.seen.Leftovers) > 0:
		return true
	case s.seen.OwnShell() && !s.seen.Job.Own:
		return s.seen.Container.Running
	}
	return s.canAttach()
}

// Keys are those that do something now.
func (s *Card) Keys() []key.Binding {
	k := s.keys
	var keys []key.Binding
	switch {
	case s.canAttach():
		keys = append(keys, k.Attach)
	case s.canOpen():
		keys = append(keys, k.ShellHere)
	}
	if s.canEnd() {
		keys = append(keys, s.endKeyOf(&s.seen))
	}
	if !s.seen.Until().IsZero() {
		keys = append(keys, k.Extend)
	}
	if s.hasPod() && !s.canAttach() {
		keys = append(keys, k.Again)
	}
	if s.canSave() {
		keys = append(keys, k.SaveKept)
	}
	back := k.Back
	back.SetHelp("↵/esc", "back")
	keys = append(keys, back)
	// Last, as the footer of a narrow terminal has no room for all: what one wants least behind such an end.
	if s.hasPod() && s.canAttach() {
		keys = append(keys, k.Again)
	}
	if s.hasPod() {
		keys = append(keys, k.AnyTool)
	}
	if _, ok := s.reported(); ok {
		keys = append(keys, k.Report)
	}
	return keys
}

// reported is the pod that a report would be about: the one that was debugged, and no copy of it.
func (s *Card) reported() (kube.PodKey, bool) {
	plan := s.seen.Job.Plan
	if plan == nil || plan.Target.Pod == "" || !s.hasPod() {
		return kube.PodKey{}, false
	}
	return kube.PodKey{Namespace: plan.Target.Namespace, Name: plan.Target.Pod}, true
}

// canSave reports whether there is output that is on no disk.
func (s *Card) canSave() bool {
	return s.saved == "" && (s.seen.Recording == "" || s.seen.RecordingErr != nil) && s.seen.BytesOut > 0
}

// Update takes keys, and what the runner has to tell.
func (s *Card) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case News:
		s.look()
	case lastLinesMsg:
		if msg.card == s {
			s.last = msg.lines
		}
	case extendedMsg:
		if msg.session == s.session {
			return s.extended(msg)
		}
	case savedMsg:
		if msg.session == s.session {
			return s.takeSaved(msg)
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

func (s *Card) takeSaved(msg savedMsg) tea.Cmd {
	if msg.err != nil {
		return s.Flash(kube.Explain(msg.err).Message)
	}
	s.saved = msg.file
	return s.Flash("saved to " + s.shortPath(msg.file))
}

// hasPod reports whether there may still be a pod for another session of our own. Where the session is in a pod of its own, that says nothing
// of the one that was debugged.
func (s *Card) hasPod() bool {
	end, plan := s.seen.End(), s.seen.Job.Plan
	return plan != nil && (plan.Target.Pod != plan.Debug.Pod || !end.Gone && !end.Deleting)
}

// Settling reports whether keys may still be meant for the program. Who has detached meant to come here.
func (s *Card) Settling() bool {
	return !s.seen.Visit.Detached && s.Now().Sub(s.shown) < Grace
}

func (s *Card) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	switch {
	case key.Matches(msg, k.Attach) && s.canAttach():
		return s.attach()
	case key.Matches(msg, k.ShellHere) && s.canOpen():
		job := s.seen.Job.AnotherShell(s.seen.Job.Private)
		job.Confirmed = s.confirmed
		return s.Ask(Start{job})
	case key.Matches(msg, k.EndSession) && s.canEnd():
		return s.endOf(s.session.Container(), &s.seen, "")
	case key.Matches(msg, k.Extend) && !s.seen.Until().IsZero():
		return extend(s.session)
	case key.Matches(msg, k.Report):
		if pod, ok := s.reported(); ok {
			return s.Ask(kit.OpenReport{Cluster: s.seen.Job.Cluster, Pod: pod})
		}
	case key.Matches(msg, k.SaveKept) && s.canSave():
		return saveKept(s.session)
	case key.Matches(msg, k.Again) && s.hasPod():
		job := s.seen.Job
		job.Rename, job.Joins = s.NewName(), false
		return s.Ask(Show{Session: s.Runner.Start(job), First: true})
	case key.Matches(msg, k.AnyTool) && s.hasPod(), key.Matches(msg, k.Back, k.Open):
		return s.Ask(kit.Leave{})
	}
	return nil
}

// attach goes on with the session, or with another in its place where it has ended before the program.
func (s *Card) attach() tea.Cmd {
	if s.seen.Lives() {
		return s.Ask(Play{Session: s.session, Confirmed: s.confirmed})
	}
	job := s.seen.Job
	job.Joins, job.Confirmed = true, s.confirmed
	return s.Ask(Start{job})
}

// CopyName is the container.
func (s *Card) CopyName() string { return s.seen.Target.Container }

// CopyCommand attaches again, or reads what the container has left.
func (s *Card) CopyCommand() string {
	j := s.seen.Job
	switch {
	case s.seen.End().Gone:
		return ""
	case j.Own:
		return kube.Kubectl(j.Cluster.Context, j.Target.Namespace, append([]string{"exec", "-it", j.Target.Pod, "--container=" + j.Target.Container, "--"}, j.Shell...)...)
	case s.canAttach() && j.TTY:
		return pod.KubectlAttach(j.Cluster, j.Target)
	}
	return kube.Kubectl(j.Cluster.Context, j.Target.Namespace, "logs", j.Target.Pod, "--container="+j.Target.Container)
}
