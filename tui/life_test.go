package tui

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
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
	leaving.stack = append(leaving.stack, &quitScreen{leaving.desk})
	listed.stack = append(listed.stack, newSessionsScreen(t.Context(), listed.desk, listed.cluster, "shop"))
	card := newCardScreen(t.Context(), carded.desk, carded.runner.Sessions()[2], "")
	card.seen.State, card.seen.Ending, card.seen.Container = session.Ended, kube.Ending{Exit: &kube.Exit{}}, kube.Ending{Running: true}
	card.seen.Beside, card.saved = []string{"app was killed " + strings.Repeat("and killed ", 30)}, "/home/someone/"+strings.Repeat("very-long-", 20)+".cast"
	carded.stack = append(carded.stack, card)
	return map[string]*App{"leaving": leaving, "sessions": listed, "card, private": carded}
}

// wouldNotEnd has tried to end the container of a session, which is not to be.
func wouldNotEnd(t *testing.T, a *App, r *runner.Session) {
	t.Helper()
	c := runner.Container{Cluster: kittest.Guarded(t, a.cluster, kube.Guard{ReadOnly: true}), Target: r.Target()}
	if failed := a.runner.End(t.Context(), []runner.Container{c}); failed[0] == nil {
		t.Fatal("it has been ended")
	}
}
