package tui

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// What is taken is what is on the screen: the line, or a line of before that has the cursor.
func TestPromptTakesWhatIsShown(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	var taken []string
	p := kit.NewPrompt(a.Kit, kit.PromptOptions{
		Title: "any image", Takes: a.keys.Choose, Earlier: []string{"busybox:1.37", "busybox:1.36"},
		Check: func(text string) error {
			if text == "busybox:" {
				return errors.New("the tag is missing")
			}
			return nil
		},
		Done: func(text string) tea.Msg {
			taken = append(taken, text)
			return kit.Flash{Text: text}
		},
	})
	a.do(t, kit.Show{Screen: p})
	p.Init()
	a.typeIn(t, "busybox:")
	a.do(t, press("enter"))
	if len(taken) > 0 || !strings.Contains(screenOf(a), "the tag is missing") {
		t.Fatalf("taken is %q", taken)
	}
	a.do(t, press("down")) // the list is on the screen again, with its cursor
	if y := a.row(t, "▸ busybox:1.37"); y < 0 || strings.Contains(screenOf(a), "the tag is missing") {
		t.Errorf("the cursor is nowhere")
	}
	a.do(t, press("enter"))
	a.do(t, press("up"), press("backspace"), press("enter"))
	if len(taken) != 2 || taken[0] != "busybox:1.37" || taken[1] != "busybox" {
		t.Errorf("taken is %q", taken)
	}
	a.do(t, press("down"))
	a.typeIn(t, ":1") // typed on, it is the line that counts
	a.do(t, press("enter"))
	if len(taken) != 3 || taken[2] != "busybox:1" {
		t.Errorf("typed behind the cursor, taken is %q", taken)
	}
}
