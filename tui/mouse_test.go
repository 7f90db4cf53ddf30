package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

func click(x, y int) tea.Msg { return tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft} }

func wheel(button tea.MouseButton) tea.Msg { return tea.MouseWheelMsg{Button: button} }

// row finds words in the frame that was drawn last.
func (a *App) row(t *testing.T, words string) int {
	t.Helper()
	for i, line := range strings.Split(ansi.Strip(a.draw()), "\n") {
		if strings.Contains(line, words) {
			return i
		}
	}
	t.Fatalf("no %q in\n%s", words, ansi.Strip(a.draw()))
	return 0
}

func TestClickPutsTheCursorAndThenOpens(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	s := pod.New(t.Context(), a.Kit, a.cluster, kube.PodKey{Namespace: "shop", Name: "pod-1"})
	s.Update(s.Brings(kube.PodNews{Pod: readSickPod(t)}))
	a.stack = append(a.stack, s)
	a.do(t, press("up")) // the cursor begins on the container that hurts
	a.do(t, click(10, a.row(t, "waiting: Crash")))
	if name := s.CopyName(); name != "app" || a.top() != kit.Screen(s) {
		t.Fatalf("a click leads to container %q, on a %T", name, a.top())
	}
	a.do(t, click(10, a.row(t, "waiting: Crash")))
	if !strings.HasSuffix(titleOf(a.top()), "› app › tools") {
		t.Errorf("the second click leads to a %T", a.top())
	}
}

func TestClicksBesideTheListDoNothing(t *testing.T) {
	for name, a := range allScreens(t) {
		for _, size := range [][2]int{{80, 24}, {40, 12}, {140, 40}, {20, 5}} {
			a.width, a.height = size[0], size[1]
			a.draw()
			top := a.top()
			for _, at := range [][2]int{{0, 0}, {3, a.height - 1}, {a.width - 1, a.height - 2}, {500, 500}, {-1, -1}} {
				a.do(t, click(at[0], at[1]), tea.MouseClickMsg{X: at[0], Y: at[1], Button: tea.MouseRight})
			}
			a.do(t, wheel(tea.MouseWheelDown), wheel(tea.MouseWheelUp), wheel(tea.MouseWheelLeft), tea.MouseMotionMsg{X: 3, Y: 3}, tea.MouseReleaseMsg{X: 3, Y: 3})
			if a.top() != top {
				t.Errorf("%s: the top becomes a %T", name, a.top())
			}
		}
	}
}

// A click must never change a cluster.
func TestDoubleClickStartsNoTool(t *testing.T) {
	for _, width := range []int{80, 140} {
		a := allScreens(t)["tools"]
		a.width, a.height = width, 24
		s := a.top()
		second := strings.Fields(strings.Split(ansi.Strip(a.draw()), "\n")[2])[0]
		cursor := func() bool { return strings.Contains(ansi.Strip(a.draw()), "▸ "+second) }
		y := slices.IndexFunc(strings.Split(ansi.Strip(a.draw()), "\n"), func(row string) bool { return strings.HasPrefix(strings.TrimLeft(row, " ▸"), second) })
		a.do(t, click(5, y), click(5, y), click(5, y))
		if a.top() != s || !cursor() {
			t.Errorf("width %d: the top is a %T, the cursor is on %s: %t", width, a.top(), second, cursor())
		}
		a.do(t, click(width-2, 2))
		if width > 110 && !cursor() {
			t.Errorf("a click on the details leaves %q", second)
		}
	}
}

func TestWheelMovesLists(t *testing.T) {
	a := allScreens(t)["text"]
	a.width, a.height = 80, 24
	a.draw()
	s := a.top().(kit.Placed)
	a.do(t, wheel(tea.MouseWheelDown), wheel(tea.MouseWheelDown), wheel(tea.MouseWheelUp))
	a.draw()
	if from, _, _ := strings.Cut(s.Place(), "-"); from != fmt.Sprint(wheelStep+1) {
		t.Errorf("on the screen is %s, want from line %d on", s.Place(), wheelStep+1)
	}
}

// Reports that are in flight while the terminal changes hands are no keys of the session, and no clicks on what comes after it.
func TestMouseIsNotTheSessions(t *testing.T) {
	a := testApp(t)
	launch := launching(a)
	a.stack = append(a.stack, launch)
	a.do(t, click(3, 3), wheel(tea.MouseWheelDown))
	if typed := launch.TypedAhead(); len(typed.Bytes) > 0 {
		t.Errorf("the session gets %q", typed.Bytes)
	}
	msg := sessions.Play{Session: a.listed(runner.Job{}), First: true}
	a.do(t, msg)
	a.do(t, click(3, 3), wheel(tea.MouseWheelDown))
	reply := make(chan []byte, 1)
	a.do(t, drainMsg{reply})
	if typed := <-reply; len(typed) > 0 {
		t.Errorf("the session gets %q", typed)
	}
	a.do(t, click(3, 3))
	if len(a.early) > 0 {
		t.Errorf("kept for later: %v", a.early)
	}
	a.do(t, playedMsg{Play: msg, visit: runner.Visit{Ended: noon}})
	a.width, a.height = 80, 24
	a.Now = func() time.Time { return noon.Add(sessions.Grace / 2) }
	card := a.top()
	a.do(t, wheel(tea.MouseWheelUp), click(3, 3))
	if a.top() != card {
		t.Errorf("a click meant for the session leads to a %T", a.top())
	}
}
