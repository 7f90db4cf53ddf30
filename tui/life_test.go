package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// lifeScreens are screens with sessions of every kind, for [allScreens].
func lifeScreens(t *testing.T, plan debug.Plan) map[string]*App {
	t.Helper()
	with := func() *App {
		a := testApp(t)
		leaves := plan
		leaves.Request.StdinOnce = true
		for i, j := range []runner.Job{
			{Plan: &plan}, {Plan: &leaves}, {Plan: &plan, Joins: true, Private: true, Exec: []string{"sh"}},
			{Plan: &leaves, Joins: true, Exec: []string{"bash"}}, {Plan: &plan, About: runner.About{Record: true}},
		} {
			of := *j.Plan
			of.Debug = plan.Debug.Of(strings.Repeat("debugger-", i+1))
			j.Plan, j.Target = &of, of.Debug
			a.listed(j)
		}
		wouldNotEnd(t, a, a.runner.Sessions()[3])
		return a
	}
	leaving, listed, carded := with(), with(), with()
	leaving.stack = append(leaving.stack, &quitScreen{leaving.kit})
	listed.stack = append(listed.stack, newSessionsScreen(t.Context(), listed.kit, listed.cluster, "shop"))
	card := newCardScreen(t.Context(), carded.kit, carded.runner.Sessions()[2], "")
	card.seen.State, card.seen.Ending, card.seen.Container = session.Ended, kube.Ending{Exit: &kube.Exit{}}, kube.Ending{Running: true}
	card.seen.Beside, card.saved = []string{"app was killed " + strings.Repeat("and killed ", 30)}, "/home/someone/"+strings.Repeat("very-long-", 20)+".cast"
	carded.stack = append(carded.stack, card)
	return map[string]*App{"leaving": leaving, "sessions": listed, "card, private": carded}
}

// wouldNotEnd has tried to end the container of a session, which is not to be.
func wouldNotEnd(t *testing.T, a *App, r *runner.Session) {
	t.Helper()
	c := runner.Container{Cluster: guarded(t, a.cluster, kube.Guard{ReadOnly: true}), Target: r.Target()}
	if failed := a.runner.End(t.Context(), []runner.Container{c}); failed[0] == nil {
		t.Fatal("it has been ended")
	}
}

func TestLifeTimesGoRound(t *testing.T) {
	usual := Life{After: 90 * time.Minute}
	var words []string
	life := Life{}
	for range 6 {
		words = append(words, life.words())
		life = life.next(usual)
	}
	want := "stays until its program ends|dayfly ends it when you leave|ends 1h after its start, with or without you|" +
		"ends 8h after its start, with or without you|ends 1h30m after its start, with or without you|stays until its program ends"
	if got := strings.Join(words, "|"); got != want {
		t.Errorf("%s", got)
	}
}

// The keys of a session's manner are beside it as far as there is room, since the footer of a narrow terminal has none for them.
func TestLifeNamesItsKeys(t *testing.T) {
	s := &toolsScreen{kit: testApp(t).kit}
	for room, want := range map[int]string{60: "  l lifetime · P private · R record", 20: "  l P R change it", 16: ""} {
		if got := s.lifeHint(room); got != want {
			t.Errorf("%d: %q", room, got)
		}
	}
	if got := (manner{private: true}).words(); got != "stays until it is ended · private" {
		t.Errorf("%q: what it runs only sleeps", got)
	}
}

// The image that cannot be had is not offered instead of itself.
func TestFallbackIsAnotherImage(t *testing.T) {
	k := testApp(t).kit
	k.registries = func(string) registry.Settings { return registry.Settings{Fallback: "busybox:1.37"} }
	s := &toolsScreen{kit: k, podWatch: podWatch{cluster: testApp(t).cluster}}
	for image, want := range map[string]string{"busybox:1.37": "", "netshoot": "busybox:1.37"} {
		s.plan.Image = image
		if got := s.fallback(); got != want {
			t.Errorf("%s: %q", image, got)
		}
	}
}
