package podchange

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// played is a change that plays: what it brings is up to the test.
type played struct {
	shown preview
	other *preview // what choose leads to; nil: nothing
	news  chan progress
	typed *[]string // what carry was given
	done  bool      // carry does it at once
}

func (p played) preview() preview { return p.shown }

func (p played) choose() (change, bool) {
	if p.other == nil {
		return p, false
	}
	was := p.shown
	p.shown, p.other = *p.other, &was
	return p, true
}

func (p played) carry(_ context.Context, _ *kube.Cluster, typed string, done func(string)) <-chan progress {
	*p.typed = append(*p.typed, typed)
	if p.done {
		done(journal.Quarantined)
	}
	return p.news
}

// table is a screen on a host, with what it has written down.
type table struct {
	*kittest.Host
	t      *testing.T
	screen *Screen
	played played
	typing kit.Screen // that takes text
	typed  []string
	wrote  []string
}

func sit(t *testing.T, g kube.Guard, shown preview) *table {
	t.Helper()
	w := &table{t: t}
	w.Host = kittest.NewHost(t)
	c := kittest.Guarded(t, w.Cluster, g)
	w.screen = newScreen(t.Context(), w.Kit, c, kube.PodKey{Namespace: "shop", Name: "web-1"}, "quarantine", nil, func(_ *kube.Cluster, e journal.Entry) {
		w.wrote = append(w.wrote, strings.TrimSpace(e.Action+" "+e.Namespace+"/"+e.Pod+" "+e.UID+" "+e.Reason))
	})
	t.Cleanup(w.screen.Close)
	w.Stack = append(w.Stack, w.screen)
	w.played = played{shown: shown, news: make(chan progress, 8), typed: &w.typed, done: true}
	return w
}

// reads has the screen read the pod: the change is what was read.
func (w *table) reads() {
	w.t.Helper()
	w.screen.Init()
	w.screen.asked.change, w.screen.asked.uid = w.played, "u-1"
	w.Do(w.t, w.screen.asked)
}

func (w *table) presses(names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.Do(w.t, kittest.Press(name))
	}
}

func (w *table) types(text string) {
	w.t.Helper()
	if w.Top() != w.typing {
		w.typing = w.Top()
		w.typing.Init()
	}
	for _, r := range text {
		w.Do(w.t, tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// brings is news of what is being done.
func (w *table) brings(now progress) {
	w.t.Helper()
	w.Do(w.t, progressMsg{w.screen.source, kit.Batch[progress]{Items: []progress{now}}})
}

func (w *table) sees(texts ...string) {
	w.t.Helper()
	flat := strings.Join(strings.Fields(w.Text()), " ")
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			w.t.Errorf("%q is not to be seen:\n%s", text, w.Text())
		}
	}
}

func (w *table) seesNot(text string) {
	w.t.Helper()
	if strings.Contains(w.Text(), text) {
		w.t.Errorf("%q is to be seen:\n%s", text, w.Text())
	}
}

func outing() preview {
	return preview{
		asks: "Take pod web-1 out of Service web?", doing: "Taking pod web-1 out of Service web", facts: []string{"It loses label app; an annotation keeps what was there."},
		effects: []selectors.Effect{{Text: "Service web (port http 80) lets it go; 2 other pods serve"}, {Warns: true, Text: "NetworkPolicy web does not apply to it any more: other traffic gets through"}},
		choice:  "leave ReplicaSet web-7d too", command: "kubectl label pod web-1 app- --context=here --namespace=shop", does: "take it out",
	}
}

func steps() progress {
	return progress{undo: true, steps: []step{
		{is: reached, text: "It has lost label app"}, {text: "Service web lets it go"}, {is: late, text: "ReplicaSet web-7d has not made another pod yet"},
	}}
}

func TestEverySize(t *testing.T) {
	long := outing()
	long.asks, long.command = strings.Repeat("very-long-name-", 20)+"?", strings.Repeat("word ", 90)
	long.effects = append(long.effects, selectors.Effect{Warns: true, Text: strings.Repeat("x", 400)})
	refused := preview{refusal: &kube.Problem{Message: strings.Repeat("no ", 80), Hint: "wait", RequiredRBAC: kube.DebugRole, Help: []kube.Help{kube.Retry}}}
	for name, shown := range map[string]preview{"preview": outing(), "long": long, "refused": refused} {
		t.Run(name, func(t *testing.T) {
			w := sit(t, kube.Guard{}, shown)
			kittest.CheckEverySize(t, w.screen)
			w.reads()
			kittest.CheckEverySize(t, w.screen)
			if shown.refusal != nil {
				return
			}
			w.presses("enter")
			kittest.CheckEverySize(t, w.screen)
			w.brings(steps())
			kittest.CheckEverySize(t, w.screen)
			w.brings(progress{causes: refused.refusal, steps: []step{{text: strings.Repeat("long ", 100), took: "3 s"}}})
			kittest.CheckEverySize(t, w.screen)
			w.brings(progress{failed: refused.refusal})
			kittest.CheckEverySize(t, w.screen)
		})
	}
}

// What is done is shown before, and how it goes after; it is written down once.
func TestJourney(t *testing.T) {
	w := sit(t, kube.Guard{}, outing())
	w.sees("Reading the pod, and what selects it…")
	w.presses("enter")
	w.reads()
	w.sees("Take pod web-1 out of Service web?", "It loses label app", "· Service web (port http 80)", "! NetworkPolicy web does not apply", "c leave ReplicaSet web-7d too", "$ kubectl label pod web-1 app-", "↵ take it out")
	if len(w.typed) > 0 {
		t.Fatal("it was done before it was shown")
	}
	w.presses("enter")
	w.sees("sending it to the API server")
	w.brings(steps())
	w.sees("Taking pod web-1 out of Service web", "✓ It has lost label app", "… Service web lets it go", "! ReplicaSet web-7d has not made another pod yet", "d debug u restore esc ← back", "press d to debug it, and u to bring it back")
	if got := strings.Join(w.wrote, ", "); got != "quarantined shop/web-1 u-1" || len(w.typed) != 1 {
		t.Errorf("written down is %q, it was done %d times", got, len(w.typed))
	}
	w.presses("enter")
	if len(w.typed) != 1 {
		t.Error("it was done twice")
	}
	w.presses("d")
	if want := (kit.OpenTools{Cluster: w.screen.cluster, Pod: w.screen.key}); len(w.Asked) != 1 || w.Asked[0] != want {
		t.Errorf("asked for is %v", w.Asked)
	}
	w.presses("u")
	w.sees("Reading the pod")
}

// What there is to choose changes the plan, and the key for it is said.
func TestChoice(t *testing.T) {
	w := sit(t, kube.Guard{}, outing())
	other := outing()
	other.choice, other.facts = "keep ReplicaSet web-7d", []string{"It loses labels app and pod-template-hash."}
	w.played.other = &other
	w.reads()
	w.presses("c")
	w.sees("It loses labels app and pod-template-hash.", "c keep ReplicaSet web-7d")
	w.presses("c")
	w.sees("It loses label app;", "c leave ReplicaSet web-7d too")
	if w.Top() != kit.Screen(w.screen) {
		t.Error("another screen has come")
	}
	w.presses("esc")
	if w.Top() == kit.Screen(w.screen) {
		t.Error("esc does not leave it")
	}
}

// Where rules ask for the pod's name, or a reason, they are asked for first; a plan that has been read anew is agreed to anew.
func TestAgreement(t *testing.T) {
	w := sit(t, kube.Guard{Protected: true, AskReason: true}, outing())
	w.reads()
	w.presses("enter")
	w.sees("context here is protected. To continue, type the pod name: web-1")
	w.types("web")
	w.presses("enter")
	w.sees("that is not the pod name")
	w.types("-1")
	w.presses("enter")
	w.sees("Why? The journal records it", "↵ take it out")
	w.seesNot("↵ debug")
	w.types("INC 7")
	w.presses("enter")
	if strings.Join(w.typed, ",") != "web-1" || strings.Join(w.wrote, ",") != "quarantined shop/web-1 u-1 INC 7" {
		t.Errorf("it was done with %q, written down is %q", w.typed, w.wrote)
	}

	late := sit(t, kube.Guard{Protected: true}, outing())
	late.reads()
	late.presses("enter")
	late.types("web-1")
	late.screen.Init() // it is read anew meanwhile
	late.presses("enter")
	if len(late.typed) > 0 {
		t.Error("what was said to another plan counts")
	}

	bare := outing()
	bare.mustType = "Nothing replaces it"
	alone := sit(t, kube.Guard{}, bare)
	alone.reads()
	alone.presses("enter")
	alone.sees("Nothing replaces it. To continue, type the pod name: web-1")
}

// Nothing is done where it may not be, or cannot be, or before it has been seen.
func TestRefused(t *testing.T) {
	refused := outing()
	refused.refusal = &kube.Problem{Message: "the budget forbids it", Help: []kube.Help{kube.Retry}}
	for name, tt := range map[string]struct {
		guard  kube.Guard
		shown  preview
		waited bool
		flash  string
		wrote  string
	}{
		"read-only":   {kube.Guard{ReadOnly: true}, outing(), false, "read-only: nothing is changed in context here", "refused shop/web-1 u-1"},
		"cannot be":   {kube.Guard{}, refused, false, "the budget forbids it", ""},
		"typed ahead": {kube.Guard{}, outing(), true, "this is what would be done: press ↵ again to do it", ""},
	} {
		w := sit(t, tt.guard, tt.shown)
		w.reads()
		w.Waited = tt.waited
		w.presses("enter")
		if len(w.typed) > 0 || w.Flashed != tt.flash || strings.Join(w.wrote, ",") != tt.wrote {
			t.Errorf("%s: done %d times, told %q, written down %q", name, len(w.typed), w.Flashed, w.wrote)
		}
	}
	w := sit(t, kube.Guard{}, refused)
	w.reads()
	w.sees("✗ the budget forbids it", "press r to retry")
	w.presses("r")
	w.sees("Reading the pod")
}

// A failure says why, and can be tried again.
func TestFailure(t *testing.T) {
	w := sit(t, kube.Guard{}, outing())
	w.played.done = false
	w.reads()
	w.presses("enter")
	w.brings(progress{failed: &kube.Problem{Message: "somebody has changed its labels", Help: []kube.Help{kube.Retry}}})
	w.sees("✗ somebody has changed its labels", "press r to retry")
	if len(w.wrote) > 0 {
		t.Errorf("written down is %q", w.wrote)
	}
	w.presses("r")
	w.sees("Reading the pod")
}

// What comes late, of a reading or of a change that nobody looks at any more, is dropped.
func TestLateNews(t *testing.T) {
	w := sit(t, kube.Guard{}, outing())
	w.screen.Init()
	old := w.screen.asked
	old.change = w.played
	w.screen.Init()
	w.Do(t, old)
	w.sees("Reading the pod")
	w.reads()
	w.presses("enter")
	source := w.screen.source
	w.brings(steps())
	w.presses("u")
	w.reads()
	w.Do(t, progressMsg{source, kit.Batch[progress]{Items: []progress{{failed: &kube.Problem{Message: "late"}}}}})
	w.sees("Take pod web-1 out of Service web?")
}

// When another pod is ready in the place of one that was evicted, a key opens it.
func TestNextPod(t *testing.T) {
	w := sit(t, kube.Guard{}, outing())
	w.reads()
	w.presses("enter")
	w.brings(progress{pod: &kube.PodKey{Namespace: "shop", Name: "web-2"}, steps: []step{nextStep("ReplicaSet web", replacement.News{Name: "web-2", Ready: true, Took: 3 * time.Second})}})
	w.sees("✓ Pod web-2 is ready in its place, after 3.0 s", "↵ open the new pod")
	w.presses("enter")
	if want := (kit.OpenPod{Cluster: w.screen.cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web-2"}}); len(w.Asked) != 1 || w.Asked[0] != want {
		t.Errorf("asked for is %v", w.Asked)
	}
}

func TestNextStep(t *testing.T) {
	for want, n := range map[string]replacement.News{
		"… RS makes another pod":                        {},
		"! RS has not made another pod yet":             {Late: true},
		"… Pod a comes in its place: it pulls an image": {Name: "a", State: "it pulls an image"},
		"! Pod a comes in its place: it cannot start":   {Name: "a", State: "it cannot start", Late: true},
		"✓ Pod a is ready in its place":                 {Name: "a", Ready: true, Late: true},
	} {
		s := nextStep("RS", n)
		if got := []string{"…", "✓", "!"}[s.is] + " " + s.text; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPresses(t *testing.T) { kittest.CheckPresses(t, newKeyMap()) }
