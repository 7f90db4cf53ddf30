package tui

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
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
		wouldNotEnd(t, a, a.Runner.Sessions()[3])
		return a
	}
	leaving, listed, carded := with(), with(), with()
	leaving.stack = append(leaving.stack, sessions.NewQuit(leaving.Desk))
	listed.stack = append(listed.stack, sessions.NewList(t.Context(), listed.Desk, listed.cluster, "shop"))
	carded.stack = append(carded.stack, sessions.NewCard(t.Context(), carded.Desk, sessions.Play{Session: carded.Runner.Sessions()[2]}))
	return map[string]*App{"leaving": leaving, "sessions": listed, "card, private": carded}
}

// wouldNotEnd has tried to end the container of a session, which is not to be.
func wouldNotEnd(t *testing.T, a *App, r *runner.Session) {
	t.Helper()
	c := runner.Container{Cluster: kittest.Guarded(t, a.cluster, kube.Guard{ReadOnly: true}), Target: r.Target()}
	if failed := a.Runner.End(t.Context(), []runner.Container{c}); failed[0] == nil {
		t.Fatal("it has been ended")
	}
}
