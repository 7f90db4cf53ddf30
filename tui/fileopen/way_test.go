package fileopen

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// somePlan is one that was not built.
func somePlan() debug.Plan {
	return debug.Plan{
		Debug: kube.Target{Namespace: "shop", Pod: "web-1", Container: "debugger-1"}, Image: "busybox", Profile: kube.General, Adds: "image: busybox\n",
		Command: "kubectl debug " + strings.Repeat("long", 40), Leftovers: []leftovers.Leftover{{Words: "it stays"}},
	}
}

func looking(t *testing.T) (*kittest.Host, *Way) {
	t.Helper()
	h := kittest.NewHost(t)
	w := New(t.Context(), h.Kit, Options{
		Cluster: h.Cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web-1"}, Container: "app", Runner: runner.New(t.Context(), runner.Options{}),
		Presets: func() []presets.Preset { return nil }, NewName: func() string { return "debugger-1" },
	})
	h.Stack = append(h.Stack, w)
	return h, w
}

// Every state is drawn at every size.
func TestEverySize(t *testing.T) {
	problem := &kube.Problem{Message: strings.Repeat("it is so. ", 30), Hint: "do this", RequiredRBAC: kube.DebugRole, Help: []kube.Help{kube.ChooseTool, kube.ChooseProfile}}
	around := &debug.PodEnvironment{}
	for name, o := range map[string]*opening{
		"reading": {phase: reading}, "asking": {phase: asking}, "finding": {phase: finding}, "stuck": {phase: stuck, problem: problem},
		"asked": {phase: offering, offer: &offer{}}, "refused": {phase: offering, offer: &offer{around: around, refused: problem}},
		"offering": {phase: offering, beside: true, offer: &offer{around: around, plan: somePlan(), root: true}},
		"blocked": {phase: offering, offer: &offer{around: around, plan: somePlan(), answer: &debug.Preflight{Admission: kube.No, Problem: problem}, findings: []debug.Finding{
			{Severity: debug.Blocking, Text: strings.Repeat("no ", 50)}, {Severity: debug.Warning, Text: "well"}, {Text: "so"},
		}}},
		"unclear":  {phase: offering, offer: &offer{around: around, plan: somePlan(), answer: &debug.Preflight{Problem: problem}}},
		"starting": {phase: starting, helper: nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, w := looking(t)
			if o.phase == starting {
				o.helper = helper.Of(w.with.Runner, w.with.Runner.Add(runner.Job{Target: somePlan().Debug}))
				defer func() { o.helper = nil }()
			}
			w.opening = o
			kittest.CheckEverySize(t, w)
		})
	}
}

func TestKeysHaveNames(t *testing.T) { kittest.CheckPresses(t, newKeyMap(kit.NewKeyMap())) }

// What is known to fail is not sent at the first press, and what has waited for the plan is not sent at all.
func TestAddIsMeant(t *testing.T) {
	h, w := looking(t)
	w.opening = &opening{phase: offering, offer: &offer{around: &debug.PodEnvironment{}, plan: somePlan(), answer: &debug.Preflight{Admission: kube.No, Problem: &kube.Problem{Message: "no", Hint: "yes"}}}}
	w.Waited = true
	h.Do(t, kittest.Press("enter"))
	if w.opening.phase != offering || !strings.HasPrefix(h.Flashed, "this is what would be sent") {
		t.Errorf("it says %q", h.Flashed)
	}
	w.Waited = false
	h.Do(t, kittest.Press("enter"))
	if w.opening.phase != offering || !strings.HasPrefix(h.Flashed, "this is known to fail") {
		t.Errorf("it says %q", h.Flashed)
	}
}

// A container that is not there, or does not run, has no files; other tools are a key away.
func TestNoFiles(t *testing.T) {
	h, w := looking(t)
	w.Init()
	h.Do(t, podMsg{of: &opening{}, err: &kube.Problem{Message: "late"}})
	if w.opening.phase != reading {
		t.Error("what comes late counts")
	}
	h.Do(t, podMsg{of: w.opening, err: &kube.Problem{Message: "pod web-1 does not exist", Hint: "look elsewhere"}})
	if !strings.Contains(h.Text(), "pod web-1 does not exist") {
		t.Errorf("it shows\n%s", h.Text())
	}
	h.Do(t, kittest.Press("d"))
	if asked, ok := h.Asked[0].(kit.OpenTools); !ok || asked.Target != "app" || asked.Pod.Name != "web-1" {
		t.Errorf("it asks for %+v", h.Asked)
	}
	h.Do(t, kittest.Press("r"))
	if w.opening.phase != reading {
		t.Error("it is not tried again")
	}
}

// Whoever looks for a debug container although there are files comes back to them by esc.
func TestBackToTheFiles(t *testing.T) {
	h, w := looking(t)
	w.opening.phase = open
	was := w.opening
	w.Beside()
	if _, ok := w.Found(); ok || !w.Returns() {
		t.Fatal("there is no way back")
	}
	w.goBack()
	if _, ok := w.Found(); !ok || w.opening != was || w.Returns() {
		t.Error("the files are gone")
	}
	_ = h
}
