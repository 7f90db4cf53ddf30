package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// grace is how long the card takes no keys: those that were meant for a program that has just died press nothing.
const grace = 400 * time.Millisecond

// exitPatience bounds how long the kubelet may take to report the end of a container.
const exitPatience = 10 * time.Second

// cardScreen is the end of a session: how it ended, what is left, what can be done next.
type cardScreen struct {
	*services
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop    context.CancelFunc
	cluster *kube.Cluster
	target  kube.Target
	tty     bool
	plan    *kube.Plan // nil when the container was made by another
	outcome outcome

	shown     time.Time
	known     bool
	ending    kube.Ending // of what ran in the session
	container kube.Ending // of the container, where that is another matter: the session had a shell of its own in it
	unsure    *kube.Problem
	attach    attachMsg // what it was about
	last      []string  // last lines of output

	beside   []string // what has happened to the other containers of the pod meanwhile
	compared bool     // it has been looked at
	saved    string   // where the output was saved to
}

type endingMsg struct {
	card   *cardScreen
	ending kube.Ending
	err    error
}

type lastLinesMsg struct {
	card  *cardScreen
	lines []string
}

func newCardScreen(ctx context.Context, k *services, a attachMsg, outcome outcome) *cardScreen {
	ctx, stop := context.WithCancel(ctx)
	s := &cardScreen{
		services: k, ctx: ctx, stop: stop, cluster: a.cluster, target: a.target, tty: a.tty, plan: a.plan, outcome: outcome, shown: k.Now(), attach: a,
	}
	s.look()
	return s
}

// ownShell tells that the session ran a command of its own in the container: its end is not the container's.
func (s *cardScreen) ownShell() bool { return len(s.attach.exec) > 0 }

func (s *cardScreen) Title() string {
	return s.target.Namespace + " › " + s.target.Pod + " › " + s.target.Container
}

// Shows tells whether it is about a session.
func (s *cardScreen) Shows(r *ownSession) bool { return s.attach.run == r }

// HaveEnded asks whether it is this container that has been ended.
func (s *cardScreen) HaveEnded() tea.Cmd { return s.askEnding }

// MakesWay for the next session.
func (s *cardScreen) MakesWay() {}

// Helps is the key that does what helps.
func (s *cardScreen) Helps(h kube.Help) (key.Binding, bool) {
	switch h { //nolint:exhaustive // of nothing else
	case kube.Retry:
		return s.keys.Again, true
	case kube.ChooseTool:
		return s.keys.AnyTool, true
	}
	return key.Binding{}, false
}

// Hint is for newcomers.
func (s *cardScreen) Hint() string {
	switch {
	case s.ending.Exit != nil:
		return "Session over. That completes the tour. ? shows all keys"
	case s.canAttach():
		return "The program runs on without you. a attaches to it again"
	}
	return ""
}

func (s *cardScreen) Close() { s.stop() }

func (s *cardScreen) Init() tea.Cmd {
	return tea.Batch(s.askEnding, s.readLast)
}

// look takes the end of the session, when it comes after the card.
func (s *cardScreen) look() {
	if s.attach.run == nil {
		return
	}
	now := s.attach.run.Look()
	switch {
	case now.State == session.Ended && s.ownShell():
		s.known, s.ending.Exit, s.outcome.Err = true, now.Ending.Exit, nil
	case now.State == session.Ended:
		s.known, s.ending, s.unsure, s.outcome.Err = true, now.Ending, nil, nil
	case now.State == session.Failed && s.ownShell():
		s.known, s.outcome.Err, s.outcome.Detached = true, now.Err, false
	}
}

func (s *cardScreen) askEnding() tea.Msg {
	patience := exitPatience
	if s.mayRun() || s.ownShell() {
		patience = time.Second // it most likely runs on
	}
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	ending, err := s.cluster.AwaitExit(ctx, s.target)
	return endingMsg{s, ending, err}
}

// mayRun tells that the session's end was not the program's.
func (s *cardScreen) mayRun() bool {
	return s.outcome.Detached || errors.Is(s.outcome.Err, kube.ErrLinkLost)
}

// canAttach tells whether there is, or may be, a program to attach to.
func (s *cardScreen) canAttach() bool {
	if s.ownShell() {
		return s.attach.living() != nil
	}
	return s.ending.Exit == nil && !s.ending.Gone && (s.ending.Running || s.mayRun())
}

// canOpen tells whether another shell can be opened where this one was.
func (s *cardScreen) canOpen() bool { return s.ownShell() && !s.canAttach() && s.container.Running }

// canEnd tells whether there is a container to end.
func (s *cardScreen) canEnd() bool {
	if s.ownShell() {
		return s.container.Running
	}
	return s.canAttach()
}

// readLast reads the end of the log; of a session that is not in it, or when the log cannot be read, the end of what is kept of the session.
func (s *cardScreen) readLast() tea.Msg {
	const most = 1 << 20 // bytes
	if !s.ownShell() {
		if text, err := s.readLog(most); err == nil {
			return lastLinesMsg{s, plainLines(string(text))}
		}
	}
	if s.attach.run == nil {
		return nil // it is an extra
	}
	return lastLinesMsg{s, plainLines(string(s.attach.run.Tail(most)))}
}

func (s *cardScreen) readLog(most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(s.ctx, exitPatience)
	defer cancel()
	stream, err := s.cluster.Logs(ctx, s.target, kube.LogOptions{Tail: 50})
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	return io.ReadAll(io.LimitReader(stream, most))
}

// plainLines is what a program has printed, as text: a terminal's sequences are dropped, because in a program's own output they
// are no attack but its prompt, and the rest is as [kube.LogText] has it. Of a line that is longer than any screen is wide, only the
// beginning is kept: it is measured each time that it is drawn.
func plainLines(text string) []string {
	const most, mostRaw = 4 << 10, 64 << 10 // bytes
	var out []string
	for _, line := range strings.Split(ansi.Strip(text), "\n") {
		line = strings.ReplaceAll(line, "\a", "")
		line = strings.TrimRight(kube.LogText(line[:min(len(line), mostRaw)]), " ")
		line = strings.ToValidUTF8(line[:min(len(line), most)], "")
		if line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

func (s *cardScreen) Keys() []key.Binding {
	k := s.keys
	var keys []key.Binding
	switch {
	case s.canAttach():
		keys = append(keys, k.Attach)
	case s.canOpen():
		keys = append(keys, k.ShellHere)
	}
	if s.canEnd() {
		keys = append(keys, k.EndSession)
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
	return keys
}

// canSave tells whether there is output that is on no disk.
func (s *cardScreen) canSave() bool {
	r := s.attach.run
	if r == nil || s.saved != "" {
		return false
	}
	file, err := r.tape.file()
	return (file == "" || err != nil) && r.Look().BytesOut > 0
}

func (s *cardScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case endingMsg:
		if msg.card == s {
			return tea.Batch(s.takeEnding(msg), s.compare())
		}
	case sessionsMsg:
		s.look()
		return s.compare()
	case lookAgainMsg:
		if msg.card == s {
			return s.readBeside(true)
		}
	case besideEndMsg:
		if msg.card == s {
			return s.takeBeside(msg)
		}
	case lastLinesMsg:
		if msg.card == s {
			s.last = msg.lines
		}
	case savedMsg:
		if msg.run == s.attach.run && msg.run != nil {
			return s.takeSaved(msg)
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

// hasPod tells whether there is still a pod for another session of our own.
func (s *cardScreen) hasPod() bool { return s.plan != nil && !s.ending.Gone && !s.ending.Deleting }

// Settling tells whether keys may still be meant for the program. Who has detached meant to come here.
func (s *cardScreen) Settling() bool { return !s.outcome.Detached && s.Now().Sub(s.shown) < grace }

func (s *cardScreen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	switch {
	case key.Matches(msg, k.Attach) && s.canAttach():
		again := s.attach
		again.run, again.again = s.attach.living(), true
		return s.Ask(again)
	case key.Matches(msg, k.ShellHere) && s.canOpen():
		again := s.attach
		again.shell = again.shellOf()
		return s.Ask(again.another(s.attach.private))
	case key.Matches(msg, k.EndSession) && s.canEnd():
		return s.Ask(endMsg{targets: []clusterTarget{{s.cluster, s.target}}})
	case key.Matches(msg, k.SaveKept) && s.canSave():
		return s.saveKept(s.attach.run)
	case key.Matches(msg, k.Again) && s.hasPod():
		return s.Ask(kit.Start{Cluster: s.cluster, Plan: *s.plan, About: s.attach.about, Again: s.newName()})
	case key.Matches(msg, k.AnyTool) && s.hasPod(), key.Matches(msg, k.Back, k.Open):
		return s.Ask(kit.Leave{})
	}
	return nil
}

// living is its session, if that can be gone on with.
func (m attachMsg) living() *ownSession {
	if m.run == nil {
		return nil
	}
	if now := m.run.Look(); now.State.Over() || now.Left {
		return nil
	}
	return m.run
}

// CopyName is the debug container.
func (s *cardScreen) CopyName() string { return s.target.Container }

// CopyCommand attaches again, or reads what the container has left.
func (s *cardScreen) CopyCommand() string {
	switch {
	case s.ending.Gone:
		return ""
	case s.canAttach() && s.tty:
		return pod.KubectlAttach(s.cluster, s.target)
	}
	return kube.Kubectl(s.cluster.Context, s.target.Namespace, "logs", s.target.Pod, "--container="+s.target.Container)
}
