package tui

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
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
	if n := len(d.app.Runner.Leaving()); n != 1 {
		t.Fatalf("%d sessions end with dayfly", n)
	}
	lines := sessions.ExitLines(d.app.Now(), d.app.Runner.Close())
	for _, check := range []struct {
		do  func(string) error
		arg string
	}{{d.gone, "annotated/debugger-1"}, {d.runs, "annotated/debugger-2 annotated/debugger-3"}} {
		if err := check.do(check.arg); err != nil {
			t.Error(err)
		}
	}
	if n := len(d.app.Runner.Leaving()); n != 0 {
		t.Errorf("%d are still to be ended", n)
	}
	if len(lines) != 3 {
		t.Errorf("farewell: %q", lines)
	}
}

// The last words say what was chosen for the copy: until when it is kept, or that it is for good, and the command that deletes it.
func TestLastWordsOnACopy(t *testing.T) {
	for press, want := range map[string][]string{
		"enter": nil,
		"k": {
			"Kept until 13:00 (in 59m), when the cluster deletes it; to delete it before:",
			"  kubectl delete job,pod annotated-debug-1 --context=practice --namespace=shop",
		},
		"K": {"Kept for good; to delete:", "  kubectl delete pod annotated-debug-1 --context=practice --namespace=shop"},
	} {
		d := newDriver(t, readStory(t, filepath.Join(storyFolder, "in-a-copy.txtar")), false)
		script := d.story.script
		for i, a := range script {
			if a.verb == "frame" && a.arg == "on the way out" {
				d.story.script = slices.Concat(script[:i], []action{{verb: "keys", arg: press}, {verb: "quits"}})
				break
			}
		}
		d.play()
		if lines := sessions.ExitLines(d.app.Now(), d.app.Runner.Close()); !slices.Equal(lines, want) {
			t.Errorf("%s: %q", press, lines)
		}
		if isGone := d.gone("annotated-debug-1") == nil; isGone != (want == nil) {
			t.Errorf("%s: the copy is gone: %t", press, isGone)
		}
	}
}

// A pod that could not be deleted is no session to come back to: the way out says that it is tried once more.
func TestLeavingWhatCouldNotBeDeleted(t *testing.T) {
	d := newDriver(t, readStory(t, filepath.Join(storyFolder, "in-a-copy.txtar")), false)
	script := d.story.script
	for i, a := range script {
		if a.verb == "frame" && a.arg == "its end" {
			d.story.script = script[:i]
		}
	}
	d.play()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if failed := d.app.Runner.End(gone, []runner.Container{d.app.Runner.Sessions()[0].Container()}); failed[0] == nil {
		t.Fatal("it has been deleted")
	}
	d.app.stack = append(d.app.stack, sessions.NewQuit(d.app.Desk))
	text := strings.Join(strings.Fields(ansi.Strip(d.app.draw())), " ")
	for want, there := range map[string]bool{"could not be deleted": true, "quit; dayfly tries once more to delete the pod": true, "attach": false, "running": false} {
		if strings.Contains(text, want) != there {
			t.Errorf("%q is on the screen: %t\n%s", want, !there, text)
		}
	}
}

// What the answers do is legible in the smallest terminals too, however many sessions there are.
func TestLeavingShowsItsAnswersWhateverTheSize(t *testing.T) {
	plan := debug.Plan{}
	a := lifeScreens(t, plan)["leaving"]
	some := a.Runner.Sessions()
	for range 7 {
		for _, r := range some {
			a.listed(r.Job())
		}
	}
	for _, size := range [][2]int{{40, 12}, {80, 24}} {
		a.width, a.height = size[0], size[1]
		text := strings.Join(strings.Fields(ansi.Strip(a.draw())), " ")
		for _, want := range []string{"what is marked ends, the rest stays", "end them: only their own processes, never the target's", "esc stay", "more"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %q is not in %q", size, want, text)
			}
		}
	}
}

// Dayfly is not left behind a container that could not be ended without saying so; it is not tried again then, so that one can leave.
func TestLeavingWhatCouldNotBeEnded(t *testing.T) {
	a := lifeScreens(t, debug.Plan{})["leaving"]
	a.width, a.height = 80, 24
	leaving := a.Runner.Leaving()
	if len(leaving) != 1 || leaving[0] != a.Runner.Sessions()[1] {
		t.Fatalf("%d sessions end with dayfly", len(leaving))
	}
	wouldNotEnd(t, a, leaving[0])
	msg := endedMsg{sessions.End{Targets: runner.Containers(leaving), Quit: true}, []error{&kube.Problem{Message: "it still runs"}}, "ended"}
	if _, cmd := a.Update(msg); quits(cmd) || !strings.Contains(footerOf(a), "it still runs") {
		t.Errorf("dayfly is left, and says %q", footerOf(a))
	}
	if n := len(a.Runner.Leaving()); n != 0 {
		t.Errorf("%d sessions are to be ended again", n)
	}
	msg.failed = []error{nil}
	if _, cmd := a.Update(msg); !quits(cmd) {
		t.Error("dayfly goes on when they have ended")
	}
}
