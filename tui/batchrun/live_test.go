package batchrun_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// await waits until a batch is as it should be.
func await(t *testing.T, l *batchrun.Live, what string, is func(batchrun.Look) bool) batchrun.Look {
	t.Helper()
	for {
		now := l.Look()
		if is(now) {
			return now
		}
		select {
		case <-now.Changed:
		case <-t.Context().Done():
			t.Fatalf("%s: it is %+v", what, l.Look())
		}
	}
}

// A batch in the background is looked at while it runs, and when it is over.
func TestLive(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	engine := runner.New(t.Context(), runner.Options{})
	l := batchrun.Start(t.Context(), batchrun.Options{Cluster: c, Runner: engine, Items: many(t, c, 3, 3), Max: 2, Command: []string{"sh", "-c", "echo here; sleep 1"}})
	now := await(t, l, "two print", func(n batchrun.Look) bool { return n.Rows[0].Bytes == 5 && n.Rows[1].Bytes == 5 })
	if now.Rows[0].State != batchrun.Running || now.Rows[0].Began.IsZero() || now.Rows[2].State != batchrun.Waiting || now.Running != 2 || now.Over {
		t.Errorf("while two run: %+v", now)
	}
	if got := string(l.Printed(1)) + string(l.Printed(2)); got != "here\n" {
		t.Errorf("two members have printed %q", got)
	}
	<-l.Done()
	now = l.Look()
	if !now.Over || now.Done != 3 || now.Running != 0 || len(now.Finished()) != 3 || now.Halted || now.Took == 0 {
		t.Errorf("at the end: %+v", now)
	}
	for i, r := range now.Rows {
		if r.State != batchrun.Over || !r.Result.OK() || r.Bytes != 5 || string(l.Printed(i)) != "here\n" {
			t.Errorf("member %d: %+v, %q", i, r, l.Printed(i))
		}
	}
}

// Who stops a batch waits for those that run; who leaves it does not.
func TestLiveStops(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	for _, leave := range []bool{false, true} {
		command := "echo here; sleep 0.5"
		if leave {
			command = "echo here; sleep 1000"
		}
		l := batchrun.Start(t.Context(), batchrun.Options{
			Cluster: c, Runner: runner.New(t.Context(), runner.Options{}), Items: many(t, c, 3, 3), Max: 1, Command: []string{"sh", "-c", command},
		})
		await(t, l, "one prints", func(n batchrun.Look) bool { return n.Rows[0].Bytes > 0 })
		l.Stop()
		l.Stop() // twice does no harm
		if leave {
			l.Leave()
		}
		<-l.Done()
		now := l.Look()
		if first := now.Rows[0].Result; first.OK() == leave || first.RunsOn != leave || !now.Rows[1].Result.NotBegun || !now.Rows[2].Result.NotBegun || now.Leaving != leave || !now.Halted {
			t.Errorf("leave %t: %s, %s, %+v", leave, first.Outcome(), now.Rows[1].Result.Outcome(), now)
		}
	}
}

// Sessions of a batch are in no list, and of what runs on in one the way out knows all the same.
func TestSessionsOfABatchAreNotListed(t *testing.T) {
	t.Parallel()
	c := kubetest.PractiseLive(t, "practice")
	b := prepared(t, c, batch.Query{Namespace: "shop", Names: []string{"annotated"}}, nil, "sh", "-c", "echo begun; sleep 1000")
	o, _ := options(t, c, b)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	l := batchrun.Start(ctx, o)
	await(t, l, "it prints", func(n batchrun.Look) bool { return n.Rows[0].Bytes > 0 })
	if n := fmt.Sprint(len(o.Runner.Sessions()), len(o.Runner.Live()), len(o.Runner.Remaining())); n != "0 0 1" {
		t.Errorf("listed, live and remaining are %s", n)
	}
	leave()
	<-l.Done()
}
