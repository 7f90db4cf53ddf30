package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// entries is a journal that is only in memory.
type entries []journal.Entry

func (e *entries) Write(entry journal.Entry) error {
	*e = append(*e, entry)
	return nil
}

// refusal is what the cluster says of a plan that it would not take.
func refusal() kube.Preflight {
	return kube.Preflight{Admission: kube.No, Problem: &kube.Problem{What: "add it: you may not", Hint: "ask for this Role", Ask: "kind: Role"}}
}

// What the cluster is known to refuse is not sent; what it has not said yet is.
func TestLaunchKnowsWhatTheClusterSays(t *testing.T) {
	for name, c := range map[string]struct {
		say  func(*preflight)
		goes bool
	}{
		"not asked yet": {func(*preflight) {}, true},
		"it would":      {func(p *preflight) { p.known, p.asking, p.answer = true, false, kube.Preflight{Admission: kube.Yes} }, true},
		"not known": {func(p *preflight) {
			p.known, p.asking, p.answer = true, false, kube.Preflight{Problem: &kube.Problem{What: "a webhook does not say"}}
		}, true},
		"refused": {func(p *preflight) { p.known, p.asking, p.answer = true, false, refusal() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := onePodApp(t, running)
			s := toolsOf(t, a)
			c.say(s.preflight)
			a.do(t, press("enter"))
			if _, gone := a.top().(*launchScreen); gone != c.goes {
				t.Errorf("the top is a %T", a.top())
			}
			defer func() { // an opinion may be wrong: the cluster has the last word
				a.do(t, press("enter"))
				if _, gone := a.top().(*launchScreen); !gone {
					t.Errorf("after another ↵ the top is a %T", a.top())
				}
			}()
			if c.goes {
				a.popTop()
			}
			if frame := screenOf(a); !c.goes && !strings.Contains(frame, "you may not") {
				t.Errorf("the screen says\n%s", frame)
			}
		})
	}
}

// The rights to ask for are on the screen behind v, and y copies them.
func TestMissingRightsCanBeCopied(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	s.preflight.known, s.preflight.answer = true, refusal()
	a.do(t, press("v"))
	whole, ok := a.top().(kit.Copier)
	if text := screenOf(a); !ok || !strings.Contains(text, "kind: Role") || whole.CopyName() != "kind: Role" || !strings.Contains(text, "    + - ") {
		t.Errorf("the top is %+v", a.top())
	}
}

// What comes late for a plan that is not on the screen any more is dropped.
func TestPreflightOfAnotherPlanIsDropped(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	old := preflightMsg{s.preflight, s.preflight.id, refusal()}
	a.do(t, press("down"), old)
	if s.preflight.known || s.preflight.refusal() != nil {
		t.Errorf("the word on another plan is taken: %+v", s.preflight.answer)
	}
	a.do(t, preflightMsg{s.preflight, s.preflight.id, refusal()})
	if s.preflight.refusal() == nil {
		t.Error("the word on this plan is not taken")
	}
}

// A protected context wants the pod's name, and nothing is sent without it.
func TestProtectedContextAsksForTheName(t *testing.T) {
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{Protected: true, Why: "config.yaml: contexts prod-*"})
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

// An answer does not stand for ever: rights are granted meanwhile.
func TestPreflightIsAskedAgain(t *testing.T) {
	a := onePodApp(t, running)
	now := noon
	a.Now = func() time.Time { return now }
	s := toolsOf(t, a)
	a.do(t, preflightMsg{s.preflight, s.preflight.id, refusal()})
	before := s.preflight.id
	a.do(t, kit.Tick{})
	if s.preflight.id != before {
		t.Error("it is asked again at once")
	}
	now = now.Add(time.Minute)
	a.do(t, kit.Tick{})
	if s.preflight.id == before || s.preflight.refusal() == nil {
		t.Errorf("it is not asked again, or what is known is forgotten meanwhile: %+v", s.preflight.answer)
	}
	a.do(t, preflightMsg{s.preflight, s.preflight.id, kube.Preflight{Admission: kube.Yes}})
	if s.preflight.refusal() != nil {
		t.Error("what is said now does not count")
	}
}

// A session in a container that is there already wants the name in a protected context, too.
func TestProtectedContextAsksBeforeAttaching(t *testing.T) {
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{Protected: true})
	a.do(t, attachMsg{cluster: a.cluster, target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, again: true})
	if _, ok := a.top().(*kit.Prompt); !ok || a.playing {
		t.Fatalf("the top is a %T, playing: %t", a.top(), a.playing)
	}
}

// Where a reason is asked for, it is for a session in a container that is there already, too; it is written down, and asked once.
func TestReasonIsAskedBeforeAttaching(t *testing.T) {
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{AskReason: true})
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

// An image that its registry knows to be for other nodes only is a reason to stop, which a person may insist against.
func TestAnotherPlatformStops(t *testing.T) {
	for name, c := range map[string]struct {
		os, arch string // of the node
		stops    bool
	}{
		"the node's is known": {"linux", "amd64", true},
		"it is assumed":       {"", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := onePodApp(t, running)
			s := toolsOf(t, a)
			s.around = &kube.Surroundings{OS: c.os, Arch: c.arch, Node: &kube.Node{Name: "n-1", OS: c.os, Arch: c.arch, Ready: true}}
			s.look.image = s.plan.Image
			s.look.take(lookNews{over: true, err: &registry.Problem{
				Kind: registry.WrongPlatform, Problem: kube.Problem{What: "it is for linux/arm64", Hint: "take another image"},
				Platforms: []registry.Platform{{OS: "linux", Arch: "arm64"}},
			}})
			var said []string
			for _, r := range s.remarks() {
				said = append(said, r.symbol+" "+r.text)
			}
			for line, want := range map[string]bool{
				"✗ the image is made for linux/arm64, and the node is linux/amd64: it will not start there": c.stops,
				"! it is for linux/arm64": !c.stops, "→ take another image": true,
			} {
				if slices.Contains(said, line) != want {
					t.Errorf("that %q is said: %t\n%q", line, !want, said)
				}
			}
			a.do(t, press("enter"))
			if _, gone := a.top().(*launchScreen); gone == c.stops {
				t.Fatalf("the top is a %T", a.top())
			}
			if c.stops {
				a.do(t, press("enter"))
			}
			if _, gone := a.top().(*launchScreen); !gone {
				t.Errorf("after another ↵ the top is a %T", a.top())
			}
		})
	}
}

// Where the rules want a reason, it is asked for and is in the journal.
func TestReasonIsAskedForTheJournal(t *testing.T) {
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{AskReason: true})
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
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{AskReason: true, Why: "another"}.And(kube.Guard{ReadOnly: true, Why: "--read-only"}))
	var book entries
	a.recorder.journal = &book
	s := toolsOf(t, a)
	if !strings.Contains(screenOf(a), "READ-ONLY") {
		t.Error("the header does not say so")
	}
	s.launch()
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
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{AskReason: true, Why: "another"}.And(kube.Guard{ReadOnly: true, Why: "--read-only"}))
	var book entries
	a.recorder.journal = &book
	a.do(t, attachMsg{cluster: a.cluster, target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}, again: true})
	if a.playing || !strings.Contains(screenOf(a), "no session is opened") {
		t.Errorf("playing: %t; the screen says\n%s", a.playing, screenOf(a))
	}
}

// A remedy changes the plan, stays while the pod changes, and is gone with another tool.
func TestRemedyIsAppliedToThePlan(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	uid := int64(1234)
	s.mend(&kube.Remedy{Words: "run as 1234", Apply: func(r kube.Request) kube.Request {
		r.RunAsUser = &uid
		return r
	}})
	if !strings.Contains(s.plan.Adds, "runAsUser: 1234") {
		t.Errorf("the plan is\n%s", s.plan.Adds)
	}
	s.replan()
	if !strings.Contains(s.plan.Adds, "runAsUser: 1234") {
		t.Error("the remedy is lost when the pod changes")
	}
	a.do(t, press("down"))
	if strings.Contains(s.plan.Adds, "runAsUser") {
		t.Error("the remedy is kept for another tool")
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

// guarded is the same cluster under rules.
func guarded(t *testing.T, c *kube.Cluster, g kube.Guard) *kube.Cluster {
	t.Helper()
	kubeconfig, _ := testCluster(t, c.Server)
	kubeconfig.Guard = func(string) kube.Guard { return g }
	cluster, err := kubeconfig.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// An image for Linux is not sent to a Windows node because the cluster admits its profile: w turns that only.
func TestAllowedProfileIsNoLeaveForWindows(t *testing.T) {
	a := appOf(t, strings.Replace(strings.Replace(somePod, "STATE", running, 1), `"spec": {`, `"spec": {"os": {"name": "windows"}, `, 1))
	s := toolsOf(t, a)
	a.do(t, rungMsg{screen: s, plan: s.plan, rung: kube.Rung{Profile: kube.Baseline}})
	if s.plan.Profile != kube.Baseline {
		t.Fatalf("the profile is %s", s.plan.Profile)
	}
	a.do(t, preflightMsg{s.preflight, s.preflight.id, kube.Preflight{Admission: kube.Yes}})
	a.do(t, press("enter"))
	if text := screenOf(a); a.top() != kit.Screen(s) || !strings.Contains(text, "this is known to fail") || !strings.Contains(text, "runs Windows") {
		t.Errorf("on top is a %T\n%s", a.top(), text)
	}
}

// What was agreed to is what is sent: a plan that has changed while the name was typed is to be read first.
func TestPlanThatChangesWhileTheNameIsTyped(t *testing.T) {
	a := onePodApp(t, running)
	a.cluster = guarded(t, a.cluster, kube.Guard{Protected: true, Why: "prod"})
	s := toolsOf(t, a)
	a.do(t, press("enter"))
	p, ok := a.top().(*kit.Prompt)
	if !ok {
		t.Fatalf("the top is a %T", a.top())
	}
	s.profile, s.walked = next(kube.Profiles(), s.profile), true
	p.Init()
	a.typeIn(t, "web")
	a.do(t, press("enter"))
	if a.top() != kit.Screen(s) || !strings.Contains(screenOf(a), "the plan has changed") {
		t.Errorf("on top is a %T\n%s", a.top(), screenOf(a))
	}
}

// Who insists on a plan that is known to fail has not insisted on another.
func TestInsistingIsForOnePlan(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	for _, key := range []string{"enter", "p", "enter"} {
		a.do(t, preflightMsg{s.preflight, s.preflight.id, refusal()})
		a.do(t, press(key))
	}
	if a.top() != kit.Screen(s) || !strings.Contains(screenOf(a), "this is known to fail") {
		t.Errorf("on top is a %T\n%s", a.top(), screenOf(a))
	}
}
