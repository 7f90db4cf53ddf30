package tui

import (
	"path/filepath"
	"testing"
)

// What ends with dayfly is ended also where nobody answers a question: the terminal is gone, or a signal has come. What stays is left.
func TestWhatEndsWithDayflyEndsWithoutBeingAsked(t *testing.T) {
	d := newDriver(t, readStory(t, filepath.Join(storyFolder, "leave.txtar")), false)
	script := d.story.script
	for i, a := range script {
		if a.verb == "keys" && a.arg == "q" {
			d.story.script = script[:i]
		}
	}
	d.play()
	if n := len(d.app.sessions.leaving()); n != 1 {
		t.Fatalf("%d sessions end with dayfly", n)
	}
	d.app.sessions.endLeaving()
	for _, check := range []struct {
		do  func(string) error
		arg string
	}{{d.gone, "annotated/debugger-1"}, {d.runs, "annotated/debugger-2 annotated/debugger-3"}} {
		if err := check.do(check.arg); err != nil {
			t.Error(err)
		}
	}
	if n := len(d.app.sessions.leaving()); n != 0 {
		t.Errorf("%d are still to be ended", n)
	}
	if lines := d.app.sessions.farewell(); len(lines) != 3 {
		t.Errorf("farewell: %q", lines)
	}
}
