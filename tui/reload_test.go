package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A preset that is written while the tools are on the screen is there, and a mistake in it is told; what is under the cursor stays there.
func TestPresetsAreReloaded(t *testing.T) {
	a := onePodApp(t, running)
	news := make(chan presets.Loaded, 1)
	a.reloaded = news
	s := toolsOf(t, a)
	a.do(t, press("down"))
	before := s.chosen
	own := presets.Preset{Name: "own", Purpose: "mine", Image: "own:1", Profile: "general"}
	news <- presets.Loaded{Presets: append([]presets.Preset{own}, a.presets...), Mistakes: []error{errors.New("bad.yaml: line 1: what is this")}}
	a.do(t, a.awaitPresets()())
	frame := screenOf(a)
	for _, want := range []string{"own        mine", "bad.yaml: line 1"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	if !s.chosen.same(before) || s.plan.Image != before.Image {
		t.Errorf("the cursor is on %s, was on %s", s.chosen.Name, before.Name)
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

// A preset that is written anew under the cursor is the new one, with its profile; one that a person has chosen stays.
func TestReloadedPresetIsTheNewOne(t *testing.T) {
	for _, walked := range []bool{false, true} {
		a := onePodApp(t, running)
		own := presets.Preset{Name: "own", Purpose: "mine", Image: "own:1", Profile: "general"}
		a.presets = append([]presets.Preset{own}, a.presets...)
		s := toolsOf(t, a)
		want := "sysadmin"
		if walked {
			a.do(t, press("p"))
			want = string(s.profile)
		}
		own.Image, own.Profile, own.Try = "own:2", "sysadmin", []string{"hello"}
		a.do(t, presetsMsg{kit.Batch[presets.Loaded]{Items: []presets.Loaded{{Presets: append([]presets.Preset{own}, a.presets[1:]...)}}, Ended: true}})
		if s.plan.Image != "own:2" || string(s.plan.Profile) != want || s.chosen.Image != "own:2" || !strings.Contains(screenOf(a), "hello") {
			t.Errorf("walked %t: the plan has %s and %s, want own:2 and %s", walked, s.plan.Image, s.plan.Profile, want)
		}
	}
}

// With a filter too, the cursor stays where a person has put it; a tool that goes from under it is told.
func TestReloadDoesNotMoveTheCursorInAFilteredList(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	a.do(t, press("/"))
	a.typeIn(t, "node")
	a.do(t, press("enter"), press("down"))
	before := s.chosen.Name
	a.do(t, presetsMsg{kit.Batch[presets.Loaded]{Items: []presets.Loaded{{Presets: a.presets}}, Ended: true}})
	if s.chosen.Name != before || s.plan.Image != s.chosen.Image {
		t.Errorf("the cursor is on %s, was on %s", s.chosen.Name, before)
	}
	left := slices.DeleteFunc(slices.Clone(a.presets), func(p presets.Preset) bool { return p.Name == before })
	a.do(t, presetsMsg{kit.Batch[presets.Loaded]{Items: []presets.Loaded{{Presets: left}}, Ended: true}})
	if s.chosen.Name == before || !strings.Contains(screenOf(a), before+" is not there any more") {
		t.Errorf("%s has gone, and the screen says\n%s", before, screenOf(a))
	}
}
