package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// sessionsOf opens the list of sessions with some other containers in it.
func sessionsOf(t *testing.T, a *App, found ...lists.Debugger) {
	t.Helper()
	a.width, a.height = 100, 24
	s := sessions.NewList(t.Context(), a.Desk, a.cluster, "shop")
	a.stack = append(a.stack, s)
	a.do(t, sessions.Debuggers{Screen: s, Found: found})
}

// TestEndingAsksFirst: what others may be using is not ended by one key, and who made it is said.
func TestEndingAsksFirst(t *testing.T) {
	a := testApp(t)
	sessionsOf(t, a, lists.Debugger{
		Target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, Running: true, State: "running", By: "kubectl-debug", Since: noon.Add(-3600e9),
	})
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "other debug containers that run in shop") {
		t.Errorf("it is not said whose they are:\n%s", frame)
	}
	a.do(t, press("e"))
	frame := ansi.Strip(a.draw())
	for _, want := range []string{"End debug container debugger-x in pod web?", "added by kubectl-debug, 60m ago", "does not belong to this dayfly: somebody else may be", "↵ end it"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	a.do(t, press("esc"))
	if _, back := a.top().(*sessions.List); !back {
		t.Errorf("esc leads to a %T", a.top())
	}
}

// TestEndingInReadOnlyMode is not even asked about.
func TestEndingInReadOnlyMode(t *testing.T) {
	a := testApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{ReadOnly: true, Why: "--read-only"})
	sessionsOf(t, a, lists.Debugger{Target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, Running: true})
	a.do(t, press("e"))
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "read-only: nothing is ended") {
		t.Errorf("frame\n%s", frame)
	}
}

// TestEndingInAProtectedContext takes the pod's name.
func TestEndingInAProtectedContext(t *testing.T) {
	a := testApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{Protected: true, Why: "prod"})
	sessionsOf(t, a, lists.Debugger{Target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, Running: true})
	a.do(t, press("e"))
	if _, asked := a.top().(*kit.Prompt); !asked {
		t.Errorf("the top is a %T", a.top())
	}
}

// TestLeavingInAProtectedContext takes the pod's name, too, where containers are ended by it: the way out has not asked for that.
func TestLeavingInAProtectedContext(t *testing.T) {
	for protected, want := range map[bool]bool{true: true, false: false} {
		a := testApp(t)
		a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{Protected: protected, Why: "prod"})
		target := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}
		a.end(sessions.End{Targets: []runner.Container{{Cluster: a.cluster, Target: target}}, Quit: true})
		if _, asked := a.top().(*kit.Prompt); asked != want {
			t.Errorf("protected %v: the top is a %T", protected, a.top())
		}
	}
}

// TestEveryProtectedPodIsNamed: the name of one pod is no leave to end what is in another.
func TestEveryProtectedPodIsNamed(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{Protected: true, Why: "prod"})
	in := func(pod, container string) runner.Container {
		return runner.Container{Cluster: a.cluster, Target: kube.Target{Namespace: "shop", Pod: pod, Container: container}}
	}
	a.end(sessions.End{Targets: []runner.Container{in("web", "debugger-x"), in("web", "debugger-y"), in("db", "debugger-z")}, Quit: true})
	for _, pod := range []string{"web", "db"} {
		if _, asked := a.top().(*kit.Prompt); !asked || !strings.Contains(ansi.Strip(a.draw()), pod) {
			t.Fatalf("the name of %s is not asked for:\n%s", pod, ansi.Strip(a.draw()))
		}
		for _, letter := range pod {
			a.do(t, press(string(letter)))
		}
		a.do(t, press("enter"))
	}
	if _, asked := a.top().(*kit.Prompt); asked {
		t.Errorf("a name is asked for once more:\n%s", ansi.Strip(a.draw()))
	}
}

// TestEndingTellsWhatElseEnds: a container serves several sessions, and takes them along.
func TestEndingTellsWhatElseEnds(t *testing.T) {
	a := testApp(t)
	target := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}
	for range 2 {
		a.listed(runner.Job{Target: target})
	}
	sessionsOf(t, a)
	a.do(t, press("e"))
	if frame := strings.Join(strings.Fields(ansi.Strip(a.draw())), " "); !strings.Contains(frame, "2 sessions are in it, and end with it") {
		t.Errorf("frame\n%s", frame)
	}
}

// TestSessionsAreNotCountedWhereThereAreNone: what others have left may be running all the same.
func TestSessionsAreNotCountedWhereThereAreNone(t *testing.T) {
	a := testApp(t)
	sessionsOf(t, a, lists.Debugger{Target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, Running: true, State: "running"})
	if frame := ansi.Strip(a.draw()); strings.Contains(frame, "0 live") {
		t.Errorf("frame\n%s", frame)
	}
}

// TestSessionsSayTheirKindInNarrowTerminals: which is which is worth more than its image.
func TestSessionsSayTheirKindInNarrowTerminals(t *testing.T) {
	a := testApp(t)
	target := kube.Target{Namespace: "shop", Pod: "cart-566f67bd45-d5dqq", Container: "debugger-9zq8x"}
	a.listed(runner.Job{Target: target, Plan: &debug.Plan{Image: "busybox:1.37"}, Joins: true, Private: true})
	sessionsOf(t, a)
	a.width = 80
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "cart-566f67bd45-d5dqq/debugger-9zq8x · private ") {
		t.Errorf("frame\n%s", frame)
	}
}

// TestOthersHaveTheAgeThatIsKnown: when a container was added is forgotten with the next one of the same client.
func TestOthersHaveTheAgeThatIsKnown(t *testing.T) {
	for want, d := range map[string]lists.Debugger{
		"added by kubectl-debug, 60m ago, and does not belong": {Started: noon.Add(-time.Hour)},
		"added by kubectl-debug, and does not belong":          {},
	} {
		a := testApp(t)
		d.Target, d.Running, d.State, d.By = kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, true, "running", "kubectl-debug"
		sessionsOf(t, a, d)
		if frame := ansi.Strip(a.draw()); !d.Started.IsZero() && !strings.Contains(frame, "running  60m") {
			t.Errorf("frame\n%s", frame)
		}
		a.do(t, press("e"))
		if frame := strings.Join(strings.Fields(ansi.Strip(a.draw())), " "); !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
}

// The cursor of the list stays with its container when others come, and a click is for the line that is clicked: what is ended next is under it.
func TestCursorOfTheSessionsStays(t *testing.T) {
	a := testApp(t)
	a.listed(runner.Job{Target: kube.Target{Namespace: "shop", Pod: "web", Container: "own"}})
	of := func(names ...string) (found []lists.Debugger) {
		for _, name := range names {
			found = append(found, lists.Debugger{Target: kube.Target{Namespace: "shop", Pod: "web", Container: name}, Running: true, State: "running", Since: noon})
		}
		return found
	}
	sessionsOf(t, a, of("debugger-b", "debugger-c")...)
	s := a.top().(*sessions.List)
	a.do(t, press("j"), press("j"))
	if s.CopyName() != "debugger-c" {
		t.Fatalf("the cursor is on %q", s.CopyName())
	}
	a.do(t, sessions.Debuggers{Screen: s, Found: of("debugger-a", "debugger-b", "debugger-c")})
	if s.CopyName() != "debugger-c" {
		t.Errorf("when another has come it is on %q", s.CopyName())
	}
	for _, name := range []string{"debugger-b", "debugger-a", "own"} {
		if a.do(t, click(10, a.row(t, "web/"+name))); s.CopyName() != name {
			t.Errorf("a click on %s puts the cursor on %s", name, s.CopyName())
		}
	}
}
