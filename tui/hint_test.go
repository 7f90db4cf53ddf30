package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

func TestHint(t *testing.T) {
	for name, test := range map[string]struct {
		screen kit.Screen
		want   string
	}{
		"pods":       {&podlist.Screen{}, "processes on this machine"},
		"containers": {&pod.Screen{}, "d for the tools"},
		"tools":      {&tools.Screen{}, "↵ sends it."},
		"launch":     {launching(testApp(t)), "exit 3"},
		"help":       {&helpScreen{}, ""},
	} {
		got := hint(test.screen)
		if !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if room := hintWidth + 20 - 11; ansi.StringWidth(got) > room {
			t.Errorf("%s: %q is too long for %d columns", name, got, hintWidth+20)
		}
	}
}

func TestHintIsARowUntilItIsHidden(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	if strings.Contains(ansi.Strip(a.draw()), "Practice") {
		t.Error("it is shown without the guide")
	}
	a.guide = true
	a.enableHide()
	rows := strings.Split(ansi.Strip(a.draw()), "\n")
	if !strings.Contains(rows[22], "Practice") || !strings.HasSuffix(rows[22], "x hides ") {
		t.Errorf("above the footer is %q", rows[22])
	}
	a.do(t, press("/"))
	if frame := ansi.Strip(a.draw()); strings.Contains(frame, "x hides") {
		t.Error("it offers a key that is text now")
	}
	a.do(t, press("esc"), press("x"))
	if frame := ansi.Strip(a.draw()); strings.Contains(frame, "Practice") {
		t.Errorf("it is not hidden:\n%s", frame)
	}
}

func TestHintAtEverySize(t *testing.T) {
	for name, a := range allScreens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a.guide = true
			a.enableHide()
			for a.width = 1; a.width <= 160; a.width += 3 {
				for _, a.height = range heights() {
					checkFrame(t, a.draw(), a.width, a.height)
				}
			}
		})
	}
}
