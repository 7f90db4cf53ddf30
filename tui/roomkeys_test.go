package tui

import (
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
)

// advised is a screen of which one key does something.
type advised struct {
	screen
	helper
	now key.Binding
}

func (s advised) Keys() []key.Binding { return []key.Binding{s.now} }

// What helps and has words for a key has a key: one of those of all screens, or one of a room.
func TestEveryHelpWithAKeyHasOne(t *testing.T) {
	a := testApp(t)
	tools := a.newTools(OpenTools{Cluster: a.cluster})
	logs := a.newLogs(OpenLogs{Cluster: a.cluster})
	rooms := []screen{tools, logs, &cardScreen{services: a.services}, &launchScreen{services: a.services}}
	done := map[kube.Help]bool{}
	for _, room := range rooms {
		own := room.(helper)
		for _, help := range kube.AllHelp() {
			b, ok := own.Helps(help)
			if !ok {
				continue
			}
			done[help] = true
			p := a.advised(advised{helper: own, now: b}, &kube.Problem{Help: []kube.Help{help}})
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
