package sessions

import (
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// room is a desk in a host of screens, for a session of a job.
func room(t *testing.T, j runner.Job) (*kittest.Host, *Desk, *runner.Session) {
	t.Helper()
	h := kittest.NewHost(t)
	k := NewDesk(h.Kit)
	k.Runner = runner.New(t.Context(), runner.Options{Now: h.Now})
	j.Cluster = h.Cluster
	return h, k, k.Runner.Add(j)
}

// carded is the card of a session in a host.
func carded(t *testing.T, j runner.Job) (*kittest.Host, *Card) {
	t.Helper()
	h, k, r := room(t, j)
	h.Width, h.Height = 100, 30
	card := NewCard(t.Context(), k, Play{Session: r})
	h.Stack = append(h.Stack, card)
	return h, card
}

// launched is the screen of a session that starts.
func launched(t *testing.T, plan debug.Plan) (*kittest.Host, *Launch) {
	t.Helper()
	h, k, r := room(t, runner.Job{Plan: &plan})
	screen := NewLaunch(k, r)
	h.Stack = append(h.Stack, screen)
	return h, screen
}

// The screens fit into every terminal, in every state.
func TestScreensFitEverySize(t *testing.T) {
	plan := debug.Plan{
		Debug: kube.Target{Namespace: "shop", Pod: "pod-1", Container: "debugger-fixed"}, Image: "busybox", Profile: kube.General,
		Adds: "image: busybox\n", Command: "kubectl debug", Leftovers: []leftovers.Leftover{{Words: "it stays"}},
	}
	_, pulls := launched(t, plan)
	pulls.steps = []step{{launch.Progress{Step: launch.Accepted}, kittest.Noon()}, {launch.Progress{Step: launch.Pulling, Words: `Pulling image "busybox"`}, kittest.Noon()}}
	_, failed := launched(t, plan)
	failed.steps = []step{{launch.Progress{Step: launch.Accepted}, kittest.Noon()}, {launch.Progress{Step: launch.Failed}, kittest.Noon()}}
	failed.fail(&kube.Problem{Message: "add it: " + strings.Repeat("it is so. ", 30), Hint: "do this", RequiredRBAC: kube.DebugRole})
	_, ended := carded(t, runner.Job{Plan: &plan})
	ended.seen.Asked, ended.seen.Container = true, kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "OOMKilled", Started: kittest.Noon(), Finished: kittest.Noon().Add(60e9)}}
	ended.last = []string{"one line", strings.Repeat("a long line ", 40)}
	_, private := carded(t, runner.Job{Plan: &plan, Joins: true, Private: true, Exec: []string{"sh"}})
	private.seen.State, private.seen.Ending, private.seen.Container = session.Ended, kube.Ending{Exit: &kube.Exit{}}, kube.Ending{Running: true}
	private.seen.Siblings, private.saved = []string{"app was killed " + strings.Repeat("and killed ", 30)}, "/home/someone/"+strings.Repeat("very-long-", 20)+".cast"
	kittest.CheckEverySize(t, pulls)
	kittest.CheckEverySize(t, failed)
	kittest.CheckEverySize(t, ended)
	kittest.CheckEverySize(t, private)
	kittest.CheckPresses(t, newKeyMap())
}

// The same can be done again where the session's pod has gone and was not the one that is debugged.
func TestCardOfAPodOfItsOwn(t *testing.T) {
	at := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-fixed"}
	apart := at
	apart.Pod = "web-debug-fixed"
	for name, c := range map[string]struct {
		debug kube.Target
		again bool
	}{"in the pod": {at, false}, "in one of its own": {apart, true}} {
		_, card := carded(t, runner.Job{Plan: &debug.Plan{Target: at.Of("app"), Debug: c.debug}})
		card.seen.Asked, card.seen.Container = true, kube.Ending{Gone: true}
		offers := slices.ContainsFunc(card.Keys(), func(b key.Binding) bool { return slices.Equal(b.Keys(), card.keys.Again.Keys()) })
		if offers != c.again {
			t.Errorf("%s: it is offered again: %t", name, offers)
		}
	}
}

// The hints of the guide say what is next.
func TestHints(t *testing.T) {
	card := func(e kube.Ending) *Card { return &Card{seen: runner.Snapshot{Asked: true, Container: e}} }
	for name, test := range map[string]struct {
		screen interface{ Hint() string }
		want   string
	}{
		"launch":   {&Launch{}, "exit 3"},
		"failed":   {&Launch{failed: &kube.Problem{Message: "no"}}, "t: another tool"},
		"ended":    {card(kube.Ending{Exit: &kube.Exit{Code: 3}}), "completes the tour. ?"},
		"detached": {card(kube.Ending{Running: true}), "Press a to attach again"},
		"pod gone": {card(kube.Ending{Gone: true}), ""},
	} {
		got := test.screen.Hint()
		if !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if room := 80 - 11; ansi.StringWidth(got) > room {
			t.Errorf("%s: %q is too long", name, got)
		}
	}
}

// The card says how it ended, and what is left.
func TestCardSaysHowItEnded(t *testing.T) {
	for want, test := range map[string]struct {
		ending kube.Ending
		visit  runner.Visit
	}{
		"✓ exit 0  success":                                          {ending: kube.Ending{Exit: &kube.Exit{Reason: "Completed"}}},
		"✗ exit 127  command not found":                              {ending: kube.Ending{Exit: &kube.Exit{Code: 127}}},
		"✗ exit 143  ended by signal 15 (SIGTERM)":                   {ending: kube.Ending{Exit: &kube.Exit{Code: 143}}},
		"✗ exit 137  killed by the kernel: out of memory":            {ending: kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "OOMKilled"}}},
		"✗ exit 137  killed (SIGKILL); not reported as out of":       {ending: kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "Error"}}},
		"✗ pod deleted":                                              {ending: kube.Ending{Gone: true}},
		"◉ detached  the program keeps running":                      {ending: kube.Ending{Running: true}, visit: runner.Visit{Detached: true}},
		"✗ link lost":                                                {ending: kube.Ending{Running: true}, visit: runner.Visit{Err: kube.ErrLinkLost}},
		"! ended  the cluster reported no exit code":                 {},
		"debug container debugger-fixed is still running in pod web": {ending: kube.Ending{Running: true}},
		"nothing: the pod is gone, and the debug container with":     {ending: kube.Ending{Gone: true}},
		"its entry stays in the pod until the pod is deleted: Kub":   {ending: kube.Ending{Exit: &kube.Exit{}}},
	} {
		h, card := carded(t, runner.Job{Target: kube.Target{Pod: "web", Container: "debugger-fixed"}})
		card.seen.Asked, card.seen.Container, card.seen.Visit = true, test.ending, test.visit
		if frame := ansi.Strip(h.Draw()); !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
}

// The cluster's own words on a copy may be out of date when its time was changed: then the card says so.
func TestTheAnnotationIsOutOfDate(t *testing.T) {
	h, card := carded(t, runner.Job{Target: kube.Target{Pod: "web", Container: "debugger-fixed"}})
	card.seen.Asked, card.seen.Leaves = true, true
	for misdated, want := range map[string]string{"": "dayfly deletes it on exit", "annotation x is out of date: so": "dayfly deletes it on exit; annotation x is out of date: so"} {
		card.seen.Leftovers = []leftovers.Leftover{{Words: "it stays", Misdated: misdated}}
		if frame := strings.Join(strings.Fields(ansi.Strip(h.Draw())), " "); !strings.Contains(frame, want) || misdated == "" && strings.Contains(frame, "out of date") {
			t.Errorf("%q: %s", misdated, frame)
		}
	}
}

// The card says whose memory it was.
func TestCardTellsWhoseMemoryItWas(t *testing.T) {
	oom := &kube.Exit{Code: 137, Reason: "OOMKilled"}
	app := kube.Container{Name: "app", Kind: kube.AppContainer, Running: true}
	restarted := app
	restarted.Restarts, restarted.Exit = 1, oom
	for name, test := range map[string]struct {
		now  kube.Container
		exit *kube.Exit
		want string
	}{
		"the tool":     {app, oom, "only the debug container ran out of memory"},
		"the workload": {restarted, &kube.Exit{Code: 0}, "app ran out of memory"},
		"both":         {restarted, oom, "the debug container and app were killed (out of memory)"},
		"neither":      {app, &kube.Exit{Code: 0}, ""},
	} {
		plan := debug.Plan{Debug: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-1"}, Siblings: []kube.Container{app}}
		h, card := carded(t, runner.Job{Plan: &plan})
		card.seen.Asked, card.seen.Container = true, kube.Ending{Exit: test.exit}
		card.seen.Siblings = detail.Blame(test.exit, detail.Restarts(plan.Siblings, []kube.Container{test.now}), true)
		frame := strings.Join(strings.Fields(ansi.Strip(h.Draw())), " ")
		if !strings.Contains(frame, test.want) || test.want == "" && strings.Contains(frame, "meanwhile") {
			t.Errorf("%s: %s", name, frame)
		}
	}
}

// What was still being typed for a session that fails presses no button of the screen that tells so.
func TestKeysBehindAFailedLaunch(t *testing.T) {
	h, screen := launched(t, debug.Plan{})
	now := kittest.Noon()
	h.Now = func() time.Time { return now }
	h.Do(t, kittest.Press("l"))
	screen.fail(&kube.Problem{Message: "no"})
	if !screen.Settling() {
		t.Error("a key that was typed ahead presses its buttons")
	}
	now = now.Add(2 * Grace)
	if screen.Settling() {
		t.Error("it takes no keys for ever")
	}
}
