package tui

import (
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// advised is a screen of which one key does something.
type advised struct {
	kit.Screen
	kit.Helper
	now key.Binding
}

func (s advised) Keys() []key.Binding { return []key.Binding{s.now} }

// What helps and has words for a key has a key: one of those of all screens, or one of a room.
func TestEveryHelpWithAKeyHasOne(t *testing.T) {
	a := testApp(t)
	tools := a.newTools(kit.OpenTools{Cluster: a.cluster})
	logs := a.newLogs(kit.OpenLogs{Cluster: a.cluster})
	rooms := []kit.Screen{tools, logs, sessions.NewCard(t.Context(), a.Desk, sessions.Play{Session: a.listed(runner.Job{})}), launching(a)}
	done := map[kube.Help]bool{}
	for _, room := range rooms {
		own := room.(kit.Helper)
		for _, help := range kube.AllHelp() {
			b, ok := own.Helps(help)
			if !ok {
				continue
			}
			done[help] = true
			p := a.Advised(advised{Helper: own, now: b}, &kube.Problem{Help: []kube.Help{help}})
			if !strings.HasPrefix(p.Hint, "press ") {
				t.Errorf("help %d is %q where its key works", help, p.Hint)
			}
		}
	}
	for _, help := range []kube.Help{kube.Retry, kube.ChooseTool, kube.ChooseImage, kube.ChooseProfile, kube.AdmittedProfile, kube.ChooseTarget, kube.CurrentLog} {
		if !done[help] {
			t.Errorf("no room has a key for help %d", help)
		}
	}
}
