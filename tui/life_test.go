package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// lifeScreens are screens with sessions of every kind, for [allScreens].
func lifeScreens(t *testing.T, plan kube.Plan) map[string]*App {
	t.Helper()
	with := func() *App {
		a := testApp(t)
		for i, r := range []*ownSession{
			{}, {leaves: true}, {private: true, exec: []string{"sh"}}, {exec: []string{"bash"}, stuck: true, leaves: true}, {tape: &tape{}},
		} {
			target := plan.Debug.Of(strings.Repeat("debugger-", i+1))
			r.Session, r.number, r.cluster, r.plan, r.began = session.New(a.cluster, target, session.Options{}), i+1, a.cluster, &plan, noon
			a.sessions.list = append(a.sessions.list, r)
		}
		return a
	}
	leaving, listed, carded := with(), with(), with()
	leaving.stack = append(leaving.stack, &quitScreen{leaving.services})
	listed.stack = append(listed.stack, newSessionsScreen(t.Context(), listed.services, listed.cluster, "shop"))
	private := carded.sessions.list[2]
	card := newCardScreen(t.Context(), carded.services, private.again(), outcome{})
	card.known, card.ending, card.container = true, kube.Ending{Exit: &kube.Exit{}}, kube.Ending{Running: true}
	card.beside, card.saved = []string{"app was killed " + strings.Repeat("and killed ", 30)}, "/home/someone/"+strings.Repeat("very-long-", 20)+".cast"
	carded.stack = append(carded.stack, card)
	return map[string]*App{"leaving": leaving, "sessions": listed, "card, private": carded}
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
	s := &toolsScreen{keys: newToolsKeys(kit.NewKeyMap())}
	for room, want := range map[int]string{60: "  l lifetime · P private · R record", 20: "  l P R change it", 16: ""} {
		if got := s.lifeHint(room); got != want {
			t.Errorf("%d: %q", room, got)
		}
	}
	if got := (Mode{Private: true}).words(); got != "stays until it is ended · private" {
		t.Errorf("%q: what it runs only sleeps", got)
	}
}

// The image that cannot be had is not offered instead of itself.
func TestFallbackIsAnotherImage(t *testing.T) {
	a := testApp(t)
	a.registries = func(string) registry.Settings { return registry.Settings{Fallback: "busybox:1.37"} }
	s := &toolsScreen{Kit: a.Kit, with: a.toolsOptions(), Watch: pod.NewWatch(t.Context(), a.cluster, kube.PodKey{Namespace: "shop", Name: "web"})}
	for image, want := range map[string]string{"busybox:1.37": "", "netshoot": "busybox:1.37"} {
		s.plan.Image = image
		if got := s.fallback(); got != want {
			t.Errorf("%s: %q", image, got)
		}
	}
}
