package script

import (
	"slices"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// With --read-only everything can be looked at, and nothing leaves that could change anything: not even the question whether it would pass.
func TestReadOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "looked-at")
	before := asItIs(t, here.Namespace, pod)
	w := tapWire(t)
	p := sitDown(t, nil, "--kubeconfig", w.kubeconfig, "--read-only", pod)
	p.lookingOnly = true
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.sees("✗ read-only: nothing is changed in context "+scratch.Admin+" (--read-only)",
		"→ you can look at everything; to change something, lift that restriction")
	if s := p.Screen(); s.Has("↵ debug") {
		t.Errorf("what cannot be is offered:\n%s", s)
	}
	p.presses("enter", "w", "p", "enter")
	p.reads("What changes in the pod")
	p.leaves()
	before.still(t)
	if sent, all := w.mutating(); len(sent) > 0 || all == 0 {
		t.Errorf("%d requests have left, and of them %q could change something", all, sent)
	}
	list := p.journal()
	if len(list) != 2 {
		t.Errorf("the journal has %d entries, want one for each time that it was tried", len(list))
	}
	for _, e := range list {
		if e.Action != journal.Refused || e.Pod != pod || e.Why != "--read-only" {
			t.Errorf("the journal has %+v", e)
		}
	}
}

// The wire of the test above sees what could change something.
func TestWireSeesTheQuestion(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "asked-about")
	w := tapWire(t)
	p := sitDown(t, nil, "--kubeconfig", w.kubeconfig, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.sees(admitted)
	p.leaves()
	want := "PATCH /api/v1/namespaces/" + here.Name + "/pods/" + pod + "/ephemeralcontainers"
	if sent, _ := w.mutating(); len(sent) == 0 || slices.ContainsFunc(sent, func(s string) bool { return s != want }) {
		t.Errorf("%q could change something, want %q", sent, want)
	}
	untouched(t, pod)
}

// In a protected context the pod's name is asked for. What was done then is in the journal: who, where, with what, and how it ended.
func TestProtectedAsksForTheNameAndJournalTells(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "guarded")
	user, err := opens(t).WhoAmI(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rules := "contexts:\n- match: " + scratch.Admin + "\n  protected: true\n"
	p := desk{cols: 100, rows: 40, config: rules}.sit(t, pod)
	p.sees("CONTAINER", "running")
	p.takes("busybox")
	p.sees("context " + scratch.Admin + " is protected. To continue, type the pod name: " + pod)
	p.types("guard")
	p.sees("› guard")
	p.presses("enter")
	p.sees("that is not the pod name", "type "+pod+", or press esc to cancel")
	untouched(t, pod)
	p.types("ed")
	p.sees("› " + pod)
	p.presses("enter")
	p.getsShell()
	p.types("exit 7\r")
	p.getsCard("✗ exit 7")
	p.leaves()

	list := p.journal()
	if len(list) != 3 || list[0].Action != journal.Added || list[1].Action != journal.Started || list[2].Action != journal.Ended {
		t.Fatalf("the journal is %+v, want what was added, a start and an end", list)
	}
	added := debuggersOf(t, here.Namespace, pod)
	for _, e := range list {
		if e.User != user || e.Context != scratch.Admin || e.Namespace != here.Name || e.Pod != pod || e.UID == "" ||
			e.Container != added[0].Name || e.Image != "busybox:1.37" || (e.ImageID == "") != (e.Action == journal.Added) || e.Preset != "busybox" || e.Target != "app" || e.Time.IsZero() {
			t.Errorf("the journal has %+v", e)
		}
	}
	if exit := list[2].Exit; exit == nil || *exit != 7 {
		t.Errorf("the exit code in the journal is %v, want 7", exit)
	}
}
