package logs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

func TestLogsOfADeletedPodAreNotThrownAway(t *testing.T) {
	a, s := logsApp(t, numbered(0, 5)...)
	s.Update(s.Brings(kube.PodNews{Gone: true}))
	if frame := a.Text(); !strings.Contains(frame, "pod deleted: these lines are left") {
		t.Errorf("it is not said that the pod is gone:\n%s", frame)
	}
	for _, key := range []string{"p", "a", "tab", "r", "o"} {
		a.Do(t, presses(key)...)
		if s.ring.n != 5 || s.previous || s.all || s.container != "app" {
			t.Fatalf("%s has thrown away what cannot be read again", key)
		}
	}
	if frame := a.Text(); !strings.Contains(frame, "these lines are what is left of its log") || strings.Contains(frame, "p previous") {
		t.Errorf("the keys are offered, and it is not said why they do nothing:\n%s", frame)
	}
}

func TestLogsSayThatAnotherPodHasTheName(t *testing.T) {
	a, s := logsApp(t, numbered(0, 5)...)
	pod := func(uid string) *kube.Pod {
		cluster := kittest.Cluster(t, kittest.ServePod(t, strings.Replace(kittest.CrashingPod, `"u-1"`, `"`+uid+`"`, 1)))
		pod, err := cluster.Pod(t.Context(), "shop", "web")
		if err != nil {
			t.Fatal(err)
		}
		return pod
	}
	s.Pod, s.of = nil, nil
	s.Update(s.Brings(kube.PodNews{Pod: pod("u-1")}))
	if frame := a.Text(); !strings.Contains(frame, "app waiting: CrashLoopBackOff") || strings.Contains(frame, "another") {
		t.Fatalf("the pod itself:\n%s", frame)
	}
	s.Update(s.Brings(kube.PodNews{Gone: true}))
	s.Update(s.Brings(kube.PodNews{Pod: pod("u-2")}))
	if frame := a.Text(); !strings.Contains(frame, "replaced by another pod: r reads it") || strings.Contains(frame, "CrashLoopBackOff") {
		t.Errorf("lines of the one pod under the state of the other:\n%s", frame)
	}
	a.Do(t, presses("r")...)
	if frame := a.Text(); s.replaced() || s.ring.n != 0 || strings.Contains(frame, "another") {
		t.Errorf("r does not read the new one:\n%s", frame)
	}
}

func TestLogsThatCouldNotBeSavedAreNoGoodNews(t *testing.T) {
	a, s := logsApp(t, numbered(0, 5)...)
	s.folder = filepath.Join(t.TempDir(), "none")
	s.Update(s.save()())
	if frame := a.Draw(); !strings.Contains(frame, opening(s.Styles.Bad)+"not saved: ") {
		t.Errorf("not saved, in the colour of success:\n%q", frame)
	}
	if err := os.Mkdir(s.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s.Update(s.save()())
	if frame := a.Draw(); !strings.Contains(frame, opening(s.Styles.Good)+"saved 5 lines") {
		t.Errorf("saved:\n%q", frame)
	}
}

func TestLogsSearchShowsTheRowOfALongLine(t *testing.T) {
	long := strings.Repeat("filler ", 2000) + "needle"
	a, _ := logsApp(t, "line 0", long, "line 1", long)
	a.Do(t, presses("g", "/")...)
	for _, letter := range "needle" {
		a.Do(t, presses(string(letter))...)
	}
	a.Do(t, presses("enter")...)
	for _, key := range []string{"n", "N", "n"} {
		a.Do(t, presses(key)...)
		rows := strings.Split(a.Text(), "\n")
		if body := strings.Join(rows[:len(rows)-3], "\n"); !strings.Contains(body, "needle") {
			t.Errorf("%s: what was found is not on the screen:\n%s", key, body)
		}
	}
}

func TestLogsOfThePreviousInstanceDoNotHaveTheExitOfThePresentOne(t *testing.T) {
	a, s := logsApp(t, "line 0")
	s.previous = true
	c := &s.Pod.Containers[1]
	c.Running, c.State, c.Exit = false, "ended: exit 9 Error", &kube.Exit{Code: 9, Reason: "Error", Finished: kittest.Noon()}
	if frame := a.Text(); strings.Contains(frame, "ended with exit 9") {
		t.Errorf("the exit of another instance is told:\n%s", frame)
	}
	c.State = "waiting: CrashLoopBackOff"
	if frame := a.Text(); !strings.Contains(frame, "ended with exit 9") {
		t.Errorf("the exit is not told:\n%s", frame)
	}
}

func TestLogsSearchThatIsGivenUpGoesBackSideways(t *testing.T) {
	a, s := logsApp(t, "needle "+strings.Repeat("far ", 100), strings.Repeat("far ", 100))
	a.Do(t, presses("w", "right", "right", "/", "n")...)
	if s.pager.side != 0 {
		t.Fatal("what was found is not shown")
	}
	a.Do(t, presses("esc")...)
	if s.pager.side != 2*sideStep {
		t.Errorf("it is %d cells to the side, not where one was", s.pager.side)
	}
}

// opening is how words in a style begin.
func opening(style kit.Style) string {
	before, _, _ := strings.Cut(style.Render("x"), "x")
	return before
}
