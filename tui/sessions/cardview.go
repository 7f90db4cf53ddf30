package sessions

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws the screen.
func (s *Card) View(width, height int) string {
	st := &s.Styles
	out := []string{"", s.headline(width), ""}
	fact := func(label, text string) {
		if text != "" {
			out = append(out, "  "+st.Muted.Render(kit.Fit(label, 10))+strings.ReplaceAll(kit.WrapStyled(text, width-14, st.Text), "\n", "\n            "))
		}
	}
	now, end := &s.seen, s.seen.End()
	if e := end.Exit; e != nil {
		fact("reason", cmp.Or(e.Detail, strings.TrimSpace(e.Reason+"  "+e.Message)))
		if !e.Started.IsZero() && e.Finished.After(e.Started) {
			fact("ran for", kit.Lasted(e.Finished.Sub(e.Started)))
		}
	}
	if err := now.Visit.Err; err != nil && end.Exit == nil {
		p := s.Advised(s, kube.Explain(err))
		fact("link", p.Message)
		fact("", p.Hint)
	}
	if node := cmp.Or(end.NodeLost, now.Container.NodeLost); node != "" {
		fact("node", kube.NotResponding(node)+": nobody knows whether the program still runs")
	}
	if now.Unsure != nil {
		fact("unknown", kube.Explain(now.Unsure).Message)
	}
	fact("session", fmt.Sprintf("%s, %s typed, %d shown", kit.Lasted(now.Visit.Ended.Sub(s.begun())), kit.Count(int(now.Visit.BytesIn), "byte"), now.Visit.BytesOut))
	if now.Visit.LogErr != nil {
		fact("log", "output may be missing: "+kube.Explain(now.Visit.LogErr).Message)
	}
	fact("clipboard", s.clipboardWords())
	for _, words := range now.Siblings {
		fact("meanwhile", words)
	}
	if kind := kindOf(&now.Job); kind != "" {
		fact("kind", kind+": not in the pod's log")
	}
	fact("recording", s.recordingWords(now))
	if s.saved != "" {
		fact("recording", s.played(s.saved))
	}
	fact("left", s.left())
	if why := undeleted(now); why != "" {
		fact("deletion", "failed: "+why+"; "+s.keys.EndSession.Help().Key+" tries again")
	}
	if n := height - len(out) - 3; len(s.last) > 0 && n > 0 {
		out = append(out, "", "  "+st.Muted.Render("last output"))
		for _, line := range s.last[max(len(s.last)-n, 0):] {
			out = append(out, "  "+st.Muted.Render("│ ")+kit.Fit(line, width-4))
		}
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// clipboardWords tell what the program has done to the person's clipboard; empty: nothing.
func (s *Card) clipboardWords() string {
	switch now := &s.seen; {
	case now.ClipboardDenied > 0:
		return "the program tried to write to your clipboard; sessions.clipboard in config.yaml denies it"
	case now.ClipboardWrites > 0:
		return "the program wrote to your clipboard; clipboard: false under sessions in config.yaml denies it"
	}
	return ""
}

// begun is when the session began, of which this may be the end of a later visit: what was typed and shown is counted from there.
func (s *Card) begun() time.Time {
	if began := s.seen.Began; !began.IsZero() && began.Before(s.seen.Visit.Ended) {
		return began
	}
	return s.seen.Visit.Began
}

// left is what remains in the cluster.
func (s *Card) left() string {
	text := s.leftNow()
	switch {
	case !s.canEnd() || !s.seen.Leaves:
	case len(s.seen.Leftovers) > 0:
		text += "; dayfly deletes it on exit"
		if left := s.countdown(&s.seen); left != "" {
			text += ", the cluster in " + left
		}
		text += misdated(&s.seen)
	default:
		text += "; dayfly ends it on exit"
	}
	return text
}

func (s *Card) leftNow() string {
	if s.seen.OwnShell() {
		if words := s.leftBehindShell(); words != "" {
			return words
		}
	}
	end, t := s.seen.End(), s.seen.Target
	switch {
	case len(s.seen.Leftovers) > 0:
		return s.seen.Leftovers[0].Words
	case s.seen.Removed:
		return "nothing: pod " + t.Pod + " was deleted"
	case s.seen.Vanished:
		return "nothing: pod " + t.Pod + " is gone"
	case end.Gone:
		return "nothing: the pod is gone, and the debug container with it"
	case end.Deleting:
		return fmt.Sprintf("nothing: pod %s is being deleted, and the debug container with it", t.Pod)
	case end.Running, s.seen.Visit.Detached && !s.seen.Known():
		return fmt.Sprintf("debug container %s is still running in pod %s", t.Container, t.Pod)
	case end.Exit == nil && s.seen.Known():
		return fmt.Sprintf("unknown: the cluster has not said whether %s in pod %s has ended; still asking", t.Container, t.Pod)
	case s.seen.Job.Plan != nil:
		return s.seen.Job.Plan.Leaves()
	}
	return "its entry stays in the pod until the pod is deleted: Kubernetes cannot remove it"
}

// leftBehindShell is what remains where a session was a shell of its own; empty: no more than where it was not.
func (s *Card) leftBehindShell() string {
	now := &s.seen
	switch t := now.Target; {
	case now.Job.Own && now.Lives():
		return fmt.Sprintf("the shell is still running in %s of pod %s", t.Container, t.Pod)
	case now.Job.Own:
		return fmt.Sprintf("nothing: nothing was added to pod %s", t.Pod)
	}
	where := fmt.Sprintf("debug container %s in pod %s", now.Target.Container, now.Target.Pod)
	switch {
	case now.End().Gone, now.End().Deleting, now.Container.Exit != nil:
		return ""
	case now.Lives():
		return "the shell is still running in " + where
	case len(now.Leftovers) > 0:
		return now.Leftovers[0].Words + ": a opens another shell in it, e deletes it"
	case now.Job.Private && now.Container.Running:
		return where + " still sleeps: a opens another shell in it, e ends it"
	case now.Container.Running:
		return where + " is still running: a opens another shell in it, e ends it"
	}
	return where + " may still be running: asking the cluster"
}

// headline says in one line how it ended.
func (s *Card) headline(width int) string {
	st := &s.Styles
	now, e, err := &s.seen, s.seen.End().Exit, s.seen.Visit.Err
	switch {
	case e != nil && e.Code == 0:
		return "  " + st.Good.Render("✓ exit 0") + st.Text.Render("  "+e.Words())
	case e != nil:
		return "  " + st.Bad.Render(fmt.Sprintf("✗ exit %d", e.Code)) + st.Text.Render("  "+e.Summary())
	case now.OwnShell() && now.Container.Exit != nil && now.Container.Exit.Cause != "":
		return "  " + st.Bad.Render("✗ shell ended") + st.Text.Render("  its container "+now.Container.Exit.Summary())
	case now.OwnShell() && err != nil && errors.Is(err, kube.ErrLinkLost):
		return "  " + st.Bad.Render("✗ link lost") + st.Text.Render("  and the shell with it: it cannot be attached to again")
	case now.End().Gone:
		return "  " + st.Bad.Render("✗ pod deleted") + st.Text.Render("  the session ended with it")
	case now.Visit.Detached:
		return "  " + st.Good.Render("◉ detached") + st.Text.Render("  the program keeps running")
	case err != nil && errors.Is(err, stream.ErrGateway) && now.MayRun():
		return "  " + st.Bad.Render("✗ not attached") + st.Text.Render("  the program may be running")
	case err != nil && now.MayRun():
		return "  " + st.Bad.Render("✗ link lost") + st.Text.Render("  the program may still be running")
	case !now.Known():
		return "  " + st.Warn.Render("…") + st.Text.Render(" ended; waiting for the exit code")
	case err != nil:
		return "  " + st.Bad.Render("✗ no session")
	}
	return kit.Fit("  "+st.Warn.Render("! ended")+st.Text.Render("  the cluster reported no exit code"), width)
}
