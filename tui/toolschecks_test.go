package tui

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// entries is a journal that is only in memory.
type entries struct {
	mu   sync.Mutex
	list []journal.Entry
	came chan struct{} // has an item when there is an entry
}

func (e *entries) Write(entry journal.Entry) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, entry)
	select {
	case e.came <- struct{}{}:
	default:
	}
	return nil
}

func (e *entries) all() []journal.Entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

// booked has the sessions that are begun from now on in a journal.
func (a *App) booked(t *testing.T) *entries {
	t.Helper()
	book := &entries{came: make(chan struct{}, 1)}
	a.Runner = runner.New(t.Context(), runner.Options{Journal: book, Now: a.Now})
	return book
}

// A protected context wants the pod's name, and nothing is sent without it.
func TestProtectedContextAsksForTheName(t *testing.T) {
	a := onePodApp(t)
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
	if _, ok := a.top().(*sessions.Launch); !ok || started(a).Job().Plan.Typed != "web" {
		t.Errorf("the top is a %T", a.top())
	}
}

// joinJob is a session with a container that is there.
func joinJob(a *App) runner.Job {
	return runner.Join(a.cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, kube.Container{TTY: true, Stdin: true})
}

// A session in a container that is there already wants the name in a protected context, too.
func TestProtectedContextAsksBeforeAttaching(t *testing.T) {
	a := onePodApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{Protected: true})
	a.do(t, sessions.Start{Job: joinJob(a)})
	if _, ok := a.top().(*kit.Prompt); !ok || a.playing {
		t.Fatalf("the top is a %T, playing: %t", a.top(), a.playing)
	}
}

// Where a reason is asked for, it is for a session in a container that is there already, too; it is written down, and asked once.
func TestReasonIsAskedBeforeAttaching(t *testing.T) {
	a := onePodApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true})
	a.do(t, sessions.Start{Job: joinJob(a)})
	p, ok := a.top().(*kit.Prompt)
	if !ok || a.playing {
		t.Fatalf("the top is a %T, playing: %t", a.top(), a.playing)
	}
	p.Init()
	a.typeIn(t, "OPS-7")
	a.do(t, press("enter"))
	if r := a.Last; !a.playing || r == nil || r.Job().About.Reason != "OPS-7" {
		t.Errorf("playing: %t, the session is %+v", a.playing, r)
	}
}

// Where the rules want a reason, it is asked for and is in the journal.
func TestReasonIsAskedForTheJournal(t *testing.T) {
	a := onePodApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true})
	book := a.booked(t)
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
	if _, ok := a.top().(*sessions.Launch); !ok {
		t.Fatalf("the top is %+v", a.top())
	}
	<-book.came
	if about := started(a).Job().About; about.Reason != "INC 7" || about.Preset == "" {
		t.Errorf("the session is about %+v", about)
	}
	if all := book.all(); all[0].Reason != "INC 7" || all[0].Preset == "" {
		t.Errorf("the journal has %+v", all)
	}
}

// In read-only mode nothing is sent, and that somebody wanted to is written down.
func TestReadOnlyIsToldAndRecorded(t *testing.T) {
	a := onePodApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true, Why: "another"}.And(kube.Guard{ReadOnly: true, Why: "--read-only"}))
	book := a.booked(t)
	s := toolsOf(t, a)
	if !strings.Contains(screenOf(a), "READ-ONLY") {
		t.Error("the header does not say so")
	}
	s.Update(press("enter"))
	a.do(t, kit.Tick{}) // which does what it asks for
	a.Runner.Drain(t.Context())
	if frame := screenOf(a); !strings.Contains(frame, "read-only: nothing is changed") {
		t.Errorf("the screen says\n%s", frame)
	}
	if all := book.all(); len(all) != 1 || all[0].Action != journal.Refused || all[0].Pod != "web" || all[0].Why != "--read-only" {
		t.Errorf("the journal has %+v", all)
	}
}

// Nor is a session opened in a container that is there already.
func TestReadOnlyOpensNoSession(t *testing.T) {
	a := onePodApp(t)
	a.cluster = kittest.Guarded(t, a.cluster, kube.Guard{AskReason: true, Why: "another"}.And(kube.Guard{ReadOnly: true, Why: "--read-only"}))
	book := a.booked(t)
	a.do(t, sessions.Start{Job: joinJob(a)})
	if a.playing || !strings.Contains(screenOf(a), "no session is opened") {
		t.Errorf("playing: %t; the screen says\n%s", a.playing, screenOf(a))
	}
	a.Runner.Drain(t.Context())
	if all := book.all(); len(all) != 1 || all[0].Action != journal.Refused || all[0].Why != "--read-only" {
		t.Errorf("the journal has %+v", all)
	}
}
