package tui

import (
	"errors"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A preset that is written while the tools are on the screen is there, and a mistake in it is told; what is under the cursor stays there.
func TestPresetsAreReloaded(t *testing.T) {
	a := onePodApp(t)
	news := make(chan presets.Loaded, 1)
	a.reloaded = news
	s := toolsOf(t, a)
	a.do(t, press("down"))
	before := s.(kit.Copier).CopyName()
	own := presets.Preset{Name: "own", Purpose: "mine", Image: "own:1", Profile: "general"}
	news <- presets.Loaded{Presets: append([]presets.Preset{own}, a.presets...), Mistakes: []error{errors.New("bad.yaml: line 1: what is this")}}
	a.do(t, a.awaitPresets()())
	frame := screenOf(a)
	for _, want := range []string{"own        mine", "bad.yaml: line 1"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	if now := s.(kit.Copier).CopyName(); now != before {
		t.Errorf("the cursor is on %s, was on %s", now, before)
	}
	news <- presets.Loaded{Presets: a.presets[1:]}
	a.do(t, a.awaitPresets()())
	if frame := screenOf(a); strings.Contains(frame, "own        mine") || strings.Contains(frame, "! bad.yaml") {
		t.Errorf("it is still there:\n%s", frame)
	}
	close(news)
	if cmd := a.reload(a.awaitPresets()().(presetsMsg)); cmd != nil && cmd() != nil {
		t.Error("a watch that has ended is listened to")
	}
}
