package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// grace is how long the card takes no keys: those that were meant for a program that has just died press nothing.
const grace = 400 * time.Millisecond

// exitPatience bounds how long the kubelet may take to report the end of a container.
const exitPatience = 10 * time.Second

// cardScreen is the end of a session: how it ended, what is left, what can be done next.
type cardScreen struct {
	*kit
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop    context.CancelFunc
	cluster *kube.Cluster
	target  kube.Target
	tty     bool
	plan    *kube.Plan // nil when the container was made by another
	outcome outcome

	shown  time.Time
	known  bool
	ending kube.Ending
	unsure *kube.Problem
	attach attachMsg // what it was about
	last   []string  // last lines of output
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

func newCardScreen(ctx context.Context, k *kit, a attachMsg, outcome outcome) *cardScreen {
	ctx, stop := context.WithCancel(ctx)
	return &cardScreen{
		kit: k, ctx: ctx, stop: stop, cluster: a.cluster, target: a.target, tty: a.tty, plan: a.plan, outcome: outcome, shown: k.now(), attach: a,
	}
}

func (s *cardScreen) Title() string {
	return s.target.Namespace + " › " + s.target.Pod + " › " + s.target.Container
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
	if now := s.attach.run.Look(); now.State == session.Ended {
		s.known, s.ending, s.unsure, s.outcome.Err = true, now.Ending, nil, nil
	}
}

func (s *cardScreen) askEnding() tea.Msg {
	patience := exitPatience
	if s.mayRun() {
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
	return s.ending.Exit == nil && !s.ending.Gone && (s.ending.Running || s.mayRun())
}

func (s *cardScreen) readLast() tea.Msg {
	const most = 1 << 20 // bytes
	ctx, cancel := context.WithTimeout(s.ctx, exitPatience)
	defer cancel()
	stream, err := s.cluster.Logs(ctx, s.target, kube.LogOptions{Tail: 50})
	if err != nil {
		return nil // it is an extra
	}
	defer func() { _ = stream.Close() }()
	text, err := io.ReadAll(io.LimitReader(stream, most))
	if err != nil {
		return nil
	}
	return lastLinesMsg{s, plainLines(string(text))}
}

// plainLines is what a program has printed, as text: a terminal's sequences are dropped, because in a program's own output they
// are no attack but its prompt, and what a carriage return has overwritten is gone.
func plainLines(text string) []string {
	var out []string
	for _, line := range strings.Split(ansi.Strip(text), "\n") {
		line = strings.TrimRight(line, "\r")
		line = strings.ReplaceAll(line[strings.LastIndexByte(line, '\r')+1:], "\a", "")
		line = strings.TrimRight(kube.Clean(line), " ")
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
	if s.canAttach() {
		keys = append(keys, k.Attach)
	}
	if s.hasPod() {
		keys = append(keys, k.Again, k.AnyTool)
	}
	return append(keys, k.Back)
}

func (s *cardScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case endingMsg:
		if msg.card == s {
			s.known, s.ending, s.unsure = true, msg.ending, nil
			if msg.err != nil && !errors.Is(msg.err, context.DeadlineExceeded) && !errors.Is(msg.err, context.Canceled) {
				s.unsure = kube.Explain(msg.err)
			}
			if s.ending == (kube.Ending{}) {
				return s.askEnding // nobody has said anything: ask on
			}
		}
	case sessionsMsg:
		s.look()
	case lastLinesMsg:
		if msg.card == s {
			s.last = msg.lines
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

// hasPod tells whether there is still a pod for another session of our own.
func (s *cardScreen) hasPod() bool { return s.plan != nil && !s.ending.Gone && !s.ending.Deleting }

// Settling tells whether keys may still be meant for the program. Who has detached meant to come here.
func (s *cardScreen) Settling() bool { return !s.outcome.Detached && s.now().Sub(s.shown) < grace }

func (s *cardScreen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	switch {
	case key.Matches(msg, k.Attach) && s.canAttach():
		return s.ask(attachMsg{cluster: s.cluster, target: s.target, plan: s.plan, tty: s.tty, about: s.attach.about, run: s.attach.living(), again: true})
	case key.Matches(msg, k.Again) && s.hasPod():
		return s.ask(launchMsg{cluster: s.cluster, plan: *s.plan, about: s.attach.about, again: s.newName()})
	case key.Matches(msg, k.AnyTool) && s.hasPod(), key.Matches(msg, k.Back, k.Open):
		return s.ask(popMsg{})
	}
	return nil
}

func (s *cardScreen) View(width, height int) string {
	st := &s.styles
	out := []string{"", s.headline(width), ""}
	fact := func(label, text string) {
		if text != "" {
			out = append(out, "  "+st.muted.Render(fit(label, 10))+strings.ReplaceAll(wrapStyled(text, width-14, st.text), "\n", "\n            "))
		}
	}
	if e := s.ending.Exit; e != nil {
		fact("reason", strings.TrimSpace(e.Reason+"  "+e.Message))
		if !e.Started.IsZero() && e.Finished.After(e.Started) {
			fact("ran for", lasted(e.Finished.Sub(e.Started)))
		}
	}
	if err := s.outcome.Err; err != nil && s.ending.Exit == nil {
		p := kube.Explain(err)
		fact("link", p.What)
		fact("", p.Hint)
	}
	if s.unsure != nil {
		fact("unknown", s.unsure.What)
	}
	fact("session", fmt.Sprintf("%s, %s typed, %d shown", lasted(s.outcome.Ended.Sub(s.outcome.Started)), count(int(s.outcome.BytesIn), "byte"), s.outcome.BytesOut))
	if s.outcome.LogErr != nil {
		fact("log", "what was printed before the session could not be read: "+kube.Explain(s.outcome.LogErr).What)
	}
	fact("left", s.left())
	if n := height - len(out) - 3; len(s.last) > 0 && n > 0 {
		out = append(out, "", "  "+st.muted.Render("last output"))
		for _, line := range s.last[max(len(s.last)-n, 0):] {
			out = append(out, "  "+st.muted.Render("│ ")+fit(line, width-4))
		}
	}
	return box(strings.Join(out, "\n"), width, height)
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

// left is what remains in the cluster.
func (s *cardScreen) left() string {
	switch {
	case s.ending.Gone:
		return "nothing: the pod is gone, and the debug container with it"
	case s.ending.Deleting:
		return fmt.Sprintf("nothing: pod %s is being deleted, and the debug container with it", s.target.Pod)
	case s.ending.Running, s.outcome.Detached && !s.known:
		return fmt.Sprintf("debug container %s runs on in pod %s", s.target.Container, s.target.Pod)
	case s.ending.Exit == nil && s.known:
		return fmt.Sprintf("not known: the cluster has not said whether %s in pod %s has ended; it is asked on", s.target.Container, s.target.Pod)
	case s.plan != nil:
		return s.plan.Leaves
	}
	return "its entry stays in the pod until the pod is deleted: Kubernetes cannot remove it"
}

// headline says in one line how it ended.
func (s *cardScreen) headline(width int) string {
	st := &s.styles
	e := s.ending.Exit
	switch {
	case e != nil && e.Code == 0:
		return "  " + st.good.Render("✓ exit 0") + st.text.Render("  "+e.Words())
	case e != nil:
		return "  " + st.bad.Render(fmt.Sprintf("✗ exit %d", e.Code)) + st.text.Render("  "+e.Words())
	case s.ending.Gone:
		return "  " + st.bad.Render("✗ pod deleted") + st.text.Render("  the session ended with it")
	case s.outcome.Detached:
		return "  " + st.good.Render("◉ detached") + st.text.Render("  the program runs on")
	case s.outcome.Err != nil && s.mayRun():
		return "  " + st.bad.Render("✗ link lost") + st.text.Render("  the program may run on")
	case !s.known:
		return "  " + st.warn.Render("…") + st.text.Render(" ended; waiting for the exit code")
	case s.outcome.Err != nil:
		return "  " + st.bad.Render("✗ no session")
	}
	return fit("  "+st.warn.Render("! ended")+st.text.Render("  the cluster has not told an exit code"), width)
}
