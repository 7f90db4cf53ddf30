package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
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
		plan := kube.Plan{Debug: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-1"}, Beside: []kube.Container{app}}
		card := newCardScreen(t.Context(), a.services, attachMsg{cluster: a.cluster, target: plan.Debug, plan: &plan}, outcome{})
		a.stack = append(a.stack, card)
		a.do(t, endingMsg{card: card, ending: kube.Ending{Exit: test.exit}}, besideEndMsg{card: card, now: []kube.Container{test.now}})
		frame := strings.Join(strings.Fields(ansi.Strip(a.draw())), " ")
		if !strings.Contains(frame, test.want) || test.want == "" && strings.Contains(frame, "beside it") {
			t.Errorf("%s: %s", name, frame)
		}
	}
}
