package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

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
		"the tool":     {app, oom, "it was the debugger that needed too much"},
		"the workload": {restarted, &kube.Exit{Code: 0}, "app was killed for memory meanwhile"},
		"both":         {restarted, oom, "the debugger and app were killed for memory"},
		"neither":      {app, &kube.Exit{Code: 0}, ""},
	} {
		a := testApp(t)
		a.width, a.height = 100, 24
		plan := debug.Plan{Debug: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-1"}, Beside: []kube.Container{app}}
		card := newCardScreen(t.Context(), a.desk, a.listed(runner.Job{Plan: &plan}), "")
		a.stack = append(a.stack, card)
		card.seen.Asked, card.seen.Container = true, kube.Ending{Exit: test.exit}
		card.seen.Beside = debug.Blame(test.exit, debug.Meanwhile(plan.Beside, []kube.Container{test.now}), true)
		frame := strings.Join(strings.Fields(ansi.Strip(a.draw())), " ")
		if !strings.Contains(frame, test.want) || test.want == "" && strings.Contains(frame, "beside it") {
			t.Errorf("%s: %s", name, frame)
		}
	}
}
