package tui

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
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
