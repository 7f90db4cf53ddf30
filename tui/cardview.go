package tui

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func (s *cardScreen) View(width, height int) string {
	st := &s.Styles
	out := []string{"", s.headline(width), ""}
	fact := func(label, text string) {
		if text != "" {
			out = append(out, "  "+st.Muted.Render(kit.Fit(label, 10))+strings.ReplaceAll(kit.WrapStyled(text, width-14, st.Text), "\n", "\n            "))
		}
	}
	if e := s.ending.Exit; e != nil {
		fact("reason", cmp.Or(e.Detail, strings.TrimSpace(e.Reason+"  "+e.Message)))
		if !e.Started.IsZero() && e.Finished.After(e.Started) {
			fact("ran for", kit.Lasted(e.Finished.Sub(e.Started)))
		}
	}
	if err := s.outcome.Err; err != nil && s.ending.Exit == nil {
		p := s.Advised(s, kube.Explain(err))
		fact("link", p.What)
		fact("", p.Hint)
	}
	if node := cmp.Or(s.ending.NodeLost, s.container.NodeLost); node != "" {
		fact("node", "node "+node+" is not responding: nobody knows whether the program still runs")
	}
	if s.unsure != nil {
		fact("unknown", s.unsure.What)
	}
	fact("session", fmt.Sprintf("%s, %s typed, %d shown", kit.Lasted(s.outcome.Ended.Sub(s.begun())), kit.Count(int(s.outcome.BytesIn), "byte"), s.outcome.BytesOut))
	if s.outcome.LogErr != nil {
		fact("log", "output may be missing: "+kube.Explain(s.outcome.LogErr).What)
	}
	fact("clipboard", s.clipboardWords())
	for _, words := range s.beside {
		fact("beside it", words)
	}
	if r := s.attach.run; r != nil {
		if kind := r.kind(); kind != "" {
			fact("kind", kind+": not in the pod's log")
		}
		fact("recording", s.onTape(r))
	}
	if s.saved != "" {
		fact("recording", s.played(s.saved))
	}
	fact("left", s.left())
	if n := height - len(out) - 3; len(s.last) > 0 && n > 0 {
		out = append(out, "", "  "+st.Muted.Render("last output"))
		for _, line := range s.last[max(len(s.last)-n, 0):] {
			out = append(out, "  "+st.Muted.Render("│ ")+kit.Fit(line, width-4))
		}
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// clipboardWords tell what the program has done to the person's clipboard; empty: nothing.
func (s *cardScreen) clipboardWords() string {
	if s.attach.run == nil {
		return ""
	}
	switch now := s.attach.run.Look(); {
	case now.ClipboardDenied > 0:
		return "the program tried to write to your clipboard; sessions.clipboard in config.yaml denies it"
	case now.ClipboardWrites > 0:
		return "the program wrote to your clipboard; clipboard: false under sessions in config.yaml denies it"
	}
	return ""
}

// begun is when the session began, of which this may be the end of a later visit: what was typed and shown is counted from there.
func (s *cardScreen) begun() time.Time {
	if r := s.attach.run; r != nil && !r.began.IsZero() && r.began.Before(s.outcome.Ended) {
		return r.began
	}
	return s.outcome.Started
}

// left is what remains in the cluster.
func (s *cardScreen) left() string {
	text := s.leftNow()
	if s.canEnd() && s.attach.run != nil && s.attach.run.leaves {
		text += "; dayfly ends it when you leave"
	}
	return text
}

func (s *cardScreen) leftNow() string {
	if s.ownShell() {
		if words := s.leftBehindShell(); words != "" {
			return words
		}
	}
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

// leftBehindShell is what remains where a session was a shell of its own; empty: no more than where it was not.
func (s *cardScreen) leftBehindShell() string {
	where := fmt.Sprintf("debug container %s in pod %s", s.target.Container, s.target.Pod)
	switch {
	case s.ending.Gone, s.ending.Deleting, s.container.Exit != nil:
		return ""
	case s.attach.living() != nil:
		return "the shell runs on in " + where
	case s.attach.private && s.container.Running:
		return where + " still sleeps: a opens another shell in it, e ends it"
	case s.container.Running:
		return where + " runs on: a opens another shell in it, e ends it"
	}
	return where + " may run on: the cluster is asked"
}

// headline says in one line how it ended.
func (s *cardScreen) headline(width int) string {
	st := &s.Styles
	e := s.ending.Exit
	switch {
	case e != nil && e.Code == 0:
		return "  " + st.Good.Render("✓ exit 0") + st.Text.Render("  "+e.Words())
	case e != nil:
		return "  " + st.Bad.Render(fmt.Sprintf("✗ exit %d", e.Code)) + st.Text.Render("  "+e.Summary())
	case s.ownShell() && s.container.Exit != nil && s.container.Exit.Cause != "":
		return "  " + st.Bad.Render("✗ shell ended") + st.Text.Render("  its container "+s.container.Exit.Summary())
	case s.ownShell() && s.outcome.Err != nil && errors.Is(s.outcome.Err, kube.ErrLinkLost):
		return "  " + st.Bad.Render("✗ link lost") + st.Text.Render("  and the shell with it: it cannot be attached to again")
	case s.ending.Gone:
		return "  " + st.Bad.Render("✗ pod deleted") + st.Text.Render("  the session ended with it")
	case s.outcome.Detached:
		return "  " + st.Good.Render("◉ detached") + st.Text.Render("  the program runs on")
	case s.outcome.Err != nil && errors.Is(s.outcome.Err, kube.ErrGateway) && s.mayRun():
		return "  " + st.Bad.Render("✗ not attached") + st.Text.Render("  the program may be running")
	case s.outcome.Err != nil && s.mayRun():
		return "  " + st.Bad.Render("✗ link lost") + st.Text.Render("  the program may run on")
	case !s.known:
		return "  " + st.Warn.Render("…") + st.Text.Render(" ended; waiting for the exit code")
	case s.outcome.Err != nil:
		return "  " + st.Bad.Render("✗ no session")
	}
	return kit.Fit("  "+st.Warn.Render("! ended")+st.Text.Render("  the cluster has not told an exit code"), width)
}
