package leftovers

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// someItems are leftovers of every kind and danger, some with long names.
func someItems() []inventory.Item {
	ago := func(d time.Duration) time.Time { return kittest.Noon().Add(-d) }
	return []inventory.Item{
		{
			Kind: inventory.NodePod, Tool: "kubectl debug", Certain: true, Because: "label app.kubernetes.io/managed-by=kubectl-debug", UID: "1", Danger: inventory.NodeRoot,
			Gives: []string{"privileged", "hostPID", "mounts / of the node"}, Target: kube.Target{Namespace: "shop", Pod: "node-debugger-n-1-x7k2p", Node: "n-1"}, Client: "kubectl",
			Since: ago(80 * time.Hour), State: "running", Running: true, Of: "node n-1", Image: "busybox:1.37",
		},
		{
			Kind: inventory.Copy, Tool: "dayfly", Certain: true, Because: "label app.kubernetes.io/managed-by=dayfly", UID: "2", Danger: inventory.Elevated, Gives: []string{"SYS_PTRACE"},
			Target: kube.Target{Namespace: "shop", Pod: "web-debug-1"}, By: "ann", Since: ago(20 * time.Minute), Until: kittest.Noon().Add(40 * time.Minute), State: "running", Running: true,
			Session: "debugger-1", Owned: true, Reason: "OPS-7",
		},
		{
			Kind: inventory.DebugContainer, Tool: "kubectl debug", Certain: true, Because: "name debugger-*, added by kubectl", UID: "3", Danger: inventory.Running,
			Target: kube.Target{Namespace: "pay", Pod: "api-0", Container: "debugger-abc12"}, Client: "kubectl", Since: ago(time.Hour), State: "running", Running: true,
			Ending: "its entry goes with the pod",
		},
		{
			Kind: inventory.DebugContainer, Because: "it is an ephemeral container", UID: "3", Danger: inventory.Over, Target: kube.Target{Namespace: "pay", Pod: "api-0", Container: "x"},
			State: "ended: exit 0", Ending: "its entry goes with the pod",
		},
		{
			Kind: inventory.ToolPod, Tool: "mirrord", Because: "label app=mirrord", UID: "5", Danger: inventory.NodeRoot, Gives: []string{"hostPID", strings.Repeat("very-long-", 30)},
			Target: kube.Target{Namespace: strings.Repeat("long", 15), Pod: "mirrord-agent-" + strings.Repeat("a", 200)}, State: "running", Running: true, Controlled: "Job mirrord-agent",
			By: strings.Repeat("somebody ", 20), Reason: strings.Repeat("because ", 40),
		},
		{Kind: inventory.Job, Tool: "mirrord", Certain: true, UID: "6", Danger: inventory.Running, Target: kube.Target{Namespace: "shop", Pod: "mirrord-agent"}, State: "running", Running: true},
	}
}

// desk is a list of leftovers in a terminal, in which cleaning up is told to a channel that the test fills.
type desk struct {
	*kittest.Host
	*Screen
	steps   []cleanup.Step
	reason  string
	results chan cleanup.Result
}

func sit(t *testing.T, change func(*Options)) *desk {
	t.Helper()
	d := &desk{Host: kittest.NewHost(t), results: make(chan cleanup.Result, 9)}
	o := Options{Cluster: d.Cluster, Namespace: "shop", CleanUp: func(_ context.Context, _ *kube.Cluster, steps []cleanup.Step, reason string) <-chan cleanup.Result {
		d.steps, d.reason = steps, reason
		return d.results
	}}
	if change != nil {
		change(&o)
	}
	d.Screen = New(t.Context(), d.Host.Kit, o)
	t.Cleanup(d.Close)
	d.Stack = append(d.Stack, d.Screen)
	d.Do(t, d.Brings(inventory.Update{Items: someItems(), Done: true, Seen: 40}))
	d.Draw()
	return d
}

// reads is what is on the screen, in one line.
func (d *desk) reads() string { return strings.Join(strings.Fields(ansi.Strip(d.Draw())), " ") }

// answers types into the prompt on the top.
func (d *desk) answers(t *testing.T, text string) {
	t.Helper()
	d.Top().Init()
	d.Do(t, tea.PasteMsg{Content: text}, kittest.Press("enter"))
}

// summary is the screen on the top.
func (d *desk) summary(t *testing.T) *summary {
	t.Helper()
	s, ok := d.Top().(*summary)
	if !ok {
		t.Fatalf("on the top is %T", d.Top())
	}
	return s
}

func pods(s *Screen) string {
	var all []string
	for _, i := range s.list.shown {
		all = append(all, i.UID)
	}
	return strings.Join(all, " ")
}

func TestEverySize(t *testing.T) {
	problem := &kube.Problem{Message: "list pods: " + strings.Repeat("it is so. ", 30), Hint: "do this"}
	for name, prepare := range map[string]func(*desk){
		"list":   func(*desk) {},
		"marked": func(d *desk) { d.Do(t, kittest.Press("*")) },
		"filter": func(d *desk) { d.Do(t, kittest.Press("/"), kittest.Press("d")) },
		"none":   func(d *desk) { d.Do(t, kittest.Press("/"), kittest.Press("q"), kittest.Press("q")) },
		"empty":  func(d *desk) { d.Do(t, d.Brings(inventory.Update{Done: true})) },
		"unread": func(d *desk) { d.search.unread = []string{"Jobs: " + strings.Repeat("you may not list them ", 9)} },
		"stale":  func(d *desk) { d.trouble = problem },
		"refused": func(d *desk) {
			d.listed, d.trouble = false, problem
			d.list.replace(nil)
		},
		"looking": func(d *desk) { d.listed = false; d.list.replace(nil) },
		"summary": func(d *desk) { d.Do(t, kittest.Press("*"), kittest.Press("e")) },
		"nothing": func(d *desk) { d.Do(t, kittest.Press("end"), kittest.Press("e")) },
		"at work": func(d *desk) { d.Do(t, kittest.Press("*"), kittest.Press("e"), kittest.Press("enter")) },
		"one done": func(d *desk) {
			d.Do(t, kittest.Press("*"), kittest.Press("e"), kittest.Press("enter"))
			d.Do(t, d.done(t, 0, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := sit(t, nil)
			prepare(d)
			kittest.CheckEverySize(t, d.Top())
		})
	}
}

// done is the message that some steps have gone well, and the last of them not.
func (d *desk) done(t *testing.T, steps ...int) tea.Msg {
	t.Helper()
	s := d.summary(t)
	var b kit.Batch[cleanup.Result]
	for i, step := range steps {
		r := cleanup.Result{Step: step, Words: "deleted"}
		if i == len(steps)-1 {
			r = cleanup.Result{Step: step, Err: &kube.Problem{Message: "delete pod x: not now", Hint: "try again"}}
		}
		b.Items = append(b.Items, r)
	}
	b.Ended = len(steps) == len(s.steps)
	return carriedMsg{d.with.Cluster, s.steps, s.source, b}
}

// The worst comes first; what is only likely behind what is certain, and what is older before what is younger. Other orders are a key away.
func TestOrder(t *testing.T) {
	d := sit(t, nil)
	if got := pods(d.Screen); got != "1 5 2 3 6 3" {
		t.Errorf("by danger: %s", got)
	}
	d.Do(t, kittest.Press("o"))
	if got := pods(d.Screen); got != "1 3 2 5 3 6" {
		t.Errorf("by age: %s", got)
	}
	d.Do(t, kittest.Press("o"))
	if got := pods(d.Screen); got != "5 3 3 6 1 2" {
		t.Errorf("by place: %s", got)
	}
	if d.chosen.uid != "5" {
		t.Errorf("nobody has moved the cursor, and it is on %q", d.chosen.uid)
	}
	d.Do(t, kittest.Press("j"), kittest.Press("o"))
	if d.chosen.uid != "3" || d.under().UID != "3" {
		t.Errorf("it does not stay on its item: %+v", d.chosen)
	}
}

// What is marked is taken away, else what the cursor is on; what can not be is told with its reason, and nothing is done before it has been seen.
func TestCleanUp(t *testing.T) {
	d := sit(t, nil)
	d.Do(t, kittest.Press("e"))
	s := d.summary(t)
	if len(s.steps) != 1 || s.steps[0].Item.UID != "1" || d.steps != nil {
		t.Fatalf("without marks it would %+v, and %d were begun", s.steps, len(d.steps))
	}
	frame := d.reads()
	for _, want := range []string{"Delete 1 pod?", "$ kubectl delete pod node-debugger-n-1-x7k2p", "root on its node"} {
		if !strings.Contains(frame, want) {
			t.Errorf("%q is not among\n%s", want, frame)
		}
	}
	d.Do(t, kittest.Press("esc"), kittest.Press("*"), kittest.Press("e"))
	s = d.summary(t)
	if len(s.steps) != 4 || len(s.kept) != 2 {
		t.Fatalf("of all it would %+v, and keep %+v", s.steps, s.kept)
	}
	d.Do(t, kittest.Press("e"))
	if d.steps != nil {
		t.Fatal("the key that shows it does it")
	}
	d.Host.Waited = true
	d.Do(t, kittest.Press("enter"))
	d.Host.Waited = false
	if d.steps != nil || !strings.Contains(d.Flashed, "this is what would be done") {
		t.Fatalf("a key typed ahead does it: %q", d.Flashed)
	}
	d.Do(t, kittest.Press("enter"))
	if len(d.steps) != 4 || d.reason != "" {
		t.Fatalf("%d were begun", len(d.steps))
	}
	d.Do(t, kittest.Press("enter"))
	if s.source == nil || s.over {
		t.Error("a second key has changed what goes on")
	}
	d.Do(t, d.done(t, 2, 0, 1, 3))
	if got := s.Summary(); got != "3 of 4 done · 1 failed" {
		t.Errorf("the summary is %q", got)
	}
	if frame := d.reads(); !strings.Contains(frame, "Not all of it was done") || !strings.Contains(frame, "not now") || !strings.Contains(frame, "✓") {
		t.Errorf("how it went is not told:\n%s", frame)
	}
	if !d.search.running() || d.list.marked.Len() != 2 { // of the two that were not among the steps
		t.Errorf("the list is not read again, or keeps %d marks", d.list.marked.Len())
	}
	d.Do(t, kittest.Press("r"))
	if len(d.steps) != 1 || d.steps[0].Item.UID != s.steps[0].Item.UID {
		t.Errorf("again are begun %+v", d.steps)
	}
}

// A protected context has the name typed, or how many there are; a context that asks for a reason gets one; a read-only one does nothing.
func TestRulesAreAsked(t *testing.T) {
	with := func(g kube.Guard) *desk {
		return sit(t, func(o *Options) { o.Cluster = kittest.Guarded(t, o.Cluster, g) })
	}
	d := with(kube.Guard{Protected: true, AskReason: true})
	d.Do(t, kittest.Press("e"), kittest.Press("enter"))
	if frame := d.reads(); !strings.Contains(frame, "type the pod name: node-debugger-n-1-x7k2p") || d.steps != nil {
		t.Fatalf("begun: %d\n%s", len(d.steps), frame)
	}
	d.answers(t, "node-debugger-n-1-x7k2p")
	d.answers(t, "OPS-7")
	if len(d.steps) != 1 || d.reason != "OPS-7" {
		t.Errorf("begun: %d, because of %q", len(d.steps), d.reason)
	}
	d = with(kube.Guard{Protected: true})
	d.Do(t, kittest.Press("*"), kittest.Press("e"), kittest.Press("enter"))
	d.answers(t, "3")
	if frame := d.reads(); !strings.Contains(frame, "type 4, or press esc") || d.steps != nil {
		t.Fatalf("begun: %d\n%s", len(d.steps), frame)
	}
	d.Do(t, kittest.Press("backspace"))
	d.answers(t, "4")
	if len(d.steps) != 4 {
		t.Errorf("begun: %d", len(d.steps))
	}
	d = with(kube.Guard{ReadOnly: true})
	d.Do(t, kittest.Press("e"), kittest.Press("enter"))
	if frame := d.reads(); d.steps != nil || !strings.Contains(frame, "read-only: nothing is changed") || strings.Contains(frame, "do it") {
		t.Errorf("begun: %d\n%s", len(d.steps), frame)
	}
}

// Who may not look everywhere looks in one namespace, and it is said; other trouble is told as it is.
func TestWhoMayNotLookEverywhere(t *testing.T) {
	forbidden := &kube.Problem{Message: "list pods", Err: errors.New(`pods is forbidden: User "eve" cannot list resource "pods" in API group "" at the cluster scope`)}
	d := sit(t, nil)
	d.listed = false
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{}}) // of an earlier search
	d.look()
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{Items: []inventory.Update{{Trouble: forbidden}}}})
	if d.all || d.trouble != nil || !d.search.running() {
		t.Fatalf("all namespaces: %t, trouble: %v", d.all, d.trouble)
	}
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{Items: []inventory.Update{{Items: someItems()[:1], Done: true}}, Ended: true}})
	if frame := d.reads(); !strings.Contains(frame, "only namespace shop: you may not list the pods of all namespaces") {
		t.Errorf("it is not said:\n%s", frame)
	}
	d.look()
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{Items: []inventory.Update{{Trouble: forbidden}}}})
	if d.trouble == nil || len(d.list.all) != 1 {
		t.Errorf("trouble: %v, with %d in the list", d.trouble, len(d.list.all))
	}
}

// A search that goes on shows what it has found, and a later one replaces the list when it is through; marks stay with what is still there.
func TestSearchAgain(t *testing.T) {
	d := sit(t, nil)
	d.Do(t, kittest.Press("space"), kittest.Press("space"))
	d.Do(t, kittest.Press("r"))
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{Items: []inventory.Update{{Items: someItems()[1:2], Seen: 20, Pods: 40}}}})
	if len(d.list.all) != 6 {
		t.Errorf("while it is being looked again the list has %d", len(d.list.all))
	}
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{Items: []inventory.Update{{Items: someItems()[4:5], Done: true}}, Ended: true}})
	if len(d.list.all) != 2 || d.list.marked.Len() != 1 || d.under().UID != "2" && d.under().UID != "5" {
		t.Errorf("in the list are %d, of which %d are marked", len(d.list.all), d.list.marked.Len())
	}
	now := kittest.Noon()
	d.Host.Now = func() time.Time { return now }
	d.Draw()
	if d.Do(t, kit.Tick{}); d.search.running() {
		t.Error("it is looked again at once")
	}
	now = now.Add(lookAgain)
	if d.Do(t, kit.Tick{}); d.search.running() {
		t.Error("it is looked again although nobody looks")
	}
	d.Draw()
	if d.Do(t, kit.Tick{}); !d.search.running() {
		t.Error("it is not looked again")
	}
}

// Who comes for what is left of theirs has that marked, as far as it can be taken away, and nothing else of what is theirs.
func TestMine(t *testing.T) {
	mine := func(i inventory.Item) bool { return i.Target.Namespace != "shop" }
	d := sit(t, func(o *Options) { o.Only, o.Marked = true, someItems()[2:4] })
	d.Do(t, mineMsg{d.with.Cluster, mine})
	if len(d.list.shown) != 3 || d.list.marked.Len() != 1 || !d.list.marked.Has(idOf(&d.list.all[3])) && !d.list.marked.Has(idOf(&someItems()[2])) {
		t.Errorf("shown are %d, marked %v", len(d.list.shown), d.list.marked)
	}
	if frame := d.reads(); !strings.Contains(frame, "e clean up the 1 marked") {
		t.Errorf("what the key does is not said:\n%s", frame)
	}
	d.Do(t, kittest.Press("m"))
	if len(d.list.shown) != 6 {
		t.Errorf("of everybody's are shown %d", len(d.list.shown))
	}
}

// What was found before something went wrong stays on the screen, which says that it is not all.
func TestFoundBeforeTrouble(t *testing.T) {
	d := sit(t, nil)
	d.listed = false
	d.list.replace(nil)
	d.look()
	trouble := &kube.Problem{Message: "look for it: the server is gone"}
	d.Do(t, foundMsg{d.search.updates, kit.Batch[inventory.Update]{Items: []inventory.Update{{Items: someItems()[:2]}, {Trouble: trouble}}}})
	if frame := d.reads(); len(d.list.shown) != 2 || !strings.Contains(frame, "not complete: look for it: the server is gone") {
		t.Errorf("%d are shown:\n%s", len(d.list.shown), frame)
	}
}

// A summary that is longer than the screen says so.
func TestLongSummaryHasAPlace(t *testing.T) {
	d := sit(t, nil)
	d.Do(t, kittest.Press("*"), kittest.Press("e"))
	d.Height = 14
	d.Draw()
	s := d.summary(t)
	if got := s.Place(); !strings.HasPrefix(got, "1-") {
		t.Errorf("its place is %q", got)
	}
	first := s.Place()
	d.Do(t, kittest.Press("end"))
	d.Draw()
	_, all, _ := strings.Cut(first, " of ")
	if got := s.Place(); got == first || !strings.HasSuffix(got, " of "+all) {
		t.Errorf("its place is %q, and was %q", got, first)
	}
}
