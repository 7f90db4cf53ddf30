package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// entries is a journal that is only in memory.
type entries []journal.Entry

func (e *entries) Write(entry journal.Entry) error {
	*e = append(*e, entry)
	return nil
}

// A protected context wants the pod's name, and nothing is sent without it.
func TestProtectedContextAsksForTheName(t *testing.T) {
	a := onePodApp(t, kittest.Running)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{Protected: true, Why: "config.yaml: contexts prod-*"})
	toolsOf(t, a)
	if !strings.Contains(screenOf(a), "PROTECTED") {
		t.Error("the header does not say so")
	}
	a.do(t, press("enter"))
	p, ok := a.top().(*kit.Prompt)
	if !ok {
		t.Fatalf("the top is a %T", a.top())
	}
	p.Init()
	a.typeIn(t, "wob")
	a.do(t, press("enter"))
	if a.top() != kit.Screen(p) || !strings.Contains(screenOf(a), "that is not the pod name") {
		t.Fatalf("a wrong name is taken: the top is a %T", a.top())
	}
	for range "ob" {
		a.do(t, press("backspace"))
	}
	a.typeIn(t, "eb")
	a.do(t, press("enter"))
	launch, ok := a.top().(*launchScreen)
	if !ok || launch.plan.Typed != "web" {
		t.Errorf("the top is a %T", a.top())
	}
}

// A session in a container that is there already wants the name in a protected context, too.
func TestProtectedContextAsksBeforeAttaching(t *testing.T) {
	a := onePodApp(t, kittest.Running)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{Protected: true})
	a.do(t, attachMsg{cluster: a.cluster, target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, again: true})
	if _, ok := a.top().(*kit.Prompt); !ok || a.playing {
		t.Fatalf("the top is a %T, playing: %t", a.top(), a.playing)
	}
}

// Where a reason is asked for, it is for a session in a container that is there already, too; it is written down, and asked once.
func TestReasonIsAskedBeforeAttaching(t *testing.T) {
	a := onePodApp(t, kittest.Running)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true})
	msg := attachMsg{cluster: a.cluster, target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, again: true}
	a.do(t, msg)
	p, ok := a.top().(*kit.Prompt)
	if !ok || a.playing {
		t.Fatalf("the top is a %T, playing: %t", a.top(), a.playing)
	}
	p.Init()
	a.typeIn(t, "OPS-7")
	a.do(t, press("enter"))
	if r := a.sessions.last; !a.playing || r == nil || r.entry("attached").Reason != "OPS-7" {
		t.Errorf("playing: %t, the session is %+v", a.playing, r)
	}
}

// Where the rules want a reason, it is asked for and is in the journal.
func TestReasonIsAskedForTheJournal(t *testing.T) {
	a := onePodApp(t, kittest.Running)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true})
	toolsOf(t, a)
	a.do(t, press("enter"))
	p, ok := a.top().(*kit.Prompt)
	if !ok {
		t.Fatalf("the top is a %T", a.top())
	}
	p.Init()
	a.do(t, press("enter"))
	if a.top() != p {
		t.Fatal("no reason is reason enough")
	}
	a.typeIn(t, "INC 7")
	a.do(t, press("enter"))
	launch, ok := a.top().(*launchScreen)
	if !ok || launch.about.Reason != "INC 7" || launch.about.Preset == "" {
		t.Fatalf("the top is %+v", a.top())
	}
	var book entries
	a.recorder.journal = &book
	two := kube.Guard{Protected: true, Why: "prod"}.And(kube.Guard{ReadOnly: true, Why: "audit"})
	runAll(a.noteStep(launch.run, kube.Progress{Step: kube.Failed, Err: two.Check(launch.plan)}))
	if len(book) != 1 || book[0].Reason != "INC 7" || book[0].Action != journal.Refused || book[0].Why != "audit" {
		t.Errorf("the journal has %+v", book)
	}
}

// In read-only mode nothing is sent, and that somebody wanted to is written down.
func TestReadOnlyIsToldAndRecorded(t *testing.T) {
	a := onePodApp(t, kittest.Running)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true, Why: "another"}.And(kube.Guard{ReadOnly: true, Why: "--read-only"}))
	var book entries
	a.recorder.journal = &book
	s := toolsOf(t, a)
	if !strings.Contains(screenOf(a), "READ-ONLY") {
		t.Error("the header does not say so")
	}
	s.Update(press("enter"))
	for _, cmd := range a.wished() {
		runAll(cmd)
	}
	if frame := screenOf(a); !strings.Contains(frame, "read-only: nothing is changed") {
		t.Errorf("the screen says\n%s", frame)
	}
	if len(book) != 1 || book[0].Action != journal.Refused || book[0].Pod != "web" || book[0].Why != "--read-only" {
		t.Errorf("the journal has %+v", book)
	}
}

// Nor is a session opened in a container that is there already.
func TestReadOnlyOpensNoSession(t *testing.T) {
	a := onePodApp(t, kittest.Running)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true, Why: "another"}.And(kube.Guard{ReadOnly: true, Why: "--read-only"}))
	var book entries
	a.recorder.journal = &book
	a.do(t, attachMsg{cluster: a.cluster, target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, again: true})
	if a.playing || !strings.Contains(screenOf(a), "no session is opened") {
		t.Errorf("playing: %t; the screen says\n%s", a.playing, screenOf(a))
	}
}

// runAll runs a command and those it is made of.
func runAll(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if batch, ok := cmd().(tea.BatchMsg); ok {
		for _, c := range batch {
			runAll(c)
		}
	}
}
