package tui

import (
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// onePodApp is an App on an API server that has one pod.
func onePodApp(t *testing.T) *App {
	t.Helper()
	return appOf(t, strings.Replace(kittest.WebPod, "STATE", kittest.Running, 1))
}

// appOf is an App on an API server that has one pod, web in shop.
func appOf(t *testing.T, pod string) *App {
	t.Helper()
	a := testApp(t)
	_, a.cluster = testCluster(t, kittest.ServeWeb(t, pod))
	a.width, a.height = 120, 40
	return a
}

// toolsOf opens the tools for the pod's default container and waits for the pod and what is around it.
func toolsOf(t *testing.T, a *App) kit.Screen {
	t.Helper()
	s := a.newTools(kit.OpenTools{Cluster: a.cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}})
	t.Cleanup(s.(kit.Closer).Close)
	a.stack = append(a.stack, s)
	came := make(chan tea.Msg)
	var run func(tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		go func() {
			msg := cmd()
			if batch, ok := msg.(tea.BatchMsg); ok {
				for _, c := range batch {
					run(c)
				}
				return
			}
			select {
			case came <- msg:
			case <-t.Context().Done():
			}
		}()
	}
	run(s.Init())
	for s.(kit.Reader).Reading() {
		run(s.Update(<-came))
	}
	a.wished()
	return s
}

// planned is the plan of a tool for the pod web.
func planned(t *testing.T, a *App) debug.Plan {
	t.Helper()
	pod, err := a.cluster.Pod(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := debug.NewPlan(pod, a.presets[0].Request("debugger-fixed", "app"))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestDoublePressLaunchesOnce(t *testing.T) {
	a := onePodApp(t)
	toolsOf(t, a)
	a.newName = func() string { return "debugger-next" }
	a.do(t, press("enter"), press("l"), press("s"), press("enter"))
	launch, ok := a.top().(*launchScreen)
	if !ok || len(a.stack) != 3 {
		t.Fatalf("%d screens, on top a %T", len(a.stack), a.top())
	}
	if got := string(launch.typed.bytes); got != "ls\r" {
		t.Errorf("typed ahead: %q", got)
	}
	next := ansi.Strip(a.stack[1].View(120, 38))
	if launch.plan.Debug.Container != "debugger-fixed" || !strings.Contains(next, "name: debugger-next") {
		t.Errorf("launched %q, next is\n%s", launch.plan.Debug.Container, next)
	}
}

func TestRunAgainPlansForThePodAsItIs(t *testing.T) {
	a := onePodApp(t)
	plan := planned(t, a)
	card := newCardScreen(t.Context(), a.desk, a.listed(runner.Job{Plan: &plan}), "")
	a.stack = append(a.stack, a.top(), card)
	a.Now = func() time.Time { return noon.Add(grace) }
	a.newName = func() string { return "debugger-again" }
	a.do(t, press("r"), press("r"))
	launch, ok := a.top().(*launchScreen)
	if !ok || len(a.stack) != 3 {
		t.Fatalf("%d screens, on top a %T", len(a.stack), a.top())
	}
	for launch.session.Look().Planning {
		<-a.runner.News()
	}
	if now := launch.session.Look(); !now.Planned() || now.Job.Plan.Debug.Container != "debugger-again" {
		t.Errorf("planned %q: %v", now.Job.Plan.Debug.Container, now.Err)
	}
}

func TestCardSaysHowItEnded(t *testing.T) {
	for want, test := range map[string]struct {
		ending kube.Ending
		visit  runner.Visit
	}{
		"✓ exit 0  success":                                        {ending: kube.Ending{Exit: &kube.Exit{Reason: "Completed"}}},
		"✗ exit 127  command not found":                            {ending: kube.Ending{Exit: &kube.Exit{Code: 127}}},
		"✗ exit 143  ended by signal 15 (SIGTERM)":                 {ending: kube.Ending{Exit: &kube.Exit{Code: 143}}},
		"✗ exit 137  killed by the kernel: out of memory":          {ending: kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "OOMKilled"}}},
		"✗ exit 137  killed (SIGKILL); not reported as out of":     {ending: kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "Error"}}},
		"✗ pod deleted":                                            {ending: kube.Ending{Gone: true}},
		"◉ detached  the program runs on":                          {ending: kube.Ending{Running: true}, visit: runner.Visit{Detached: true}},
		"✗ link lost":                                              {ending: kube.Ending{Running: true}, visit: runner.Visit{Err: kube.ErrLinkLost}},
		"! ended  the cluster has not told an exit code":           {},
		"debug container debugger-fixed runs on in pod web":        {ending: kube.Ending{Running: true}},
		"nothing: the pod is gone, and the debug container with":   {ending: kube.Ending{Gone: true}},
		"its entry stays in the pod until the pod is deleted: Kub": {ending: kube.Ending{Exit: &kube.Exit{}}},
	} {
		a := testApp(t)
		a.width, a.height = 100, 30
		card := newCardScreen(t.Context(), a.desk, a.listed(runner.Job{Target: kube.Target{Pod: "web", Container: "debugger-fixed"}}), "")
		a.stack = append(a.stack, card)
		card.seen.Asked, card.seen.Container, card.seen.Visit = true, test.ending, test.visit
		if frame := ansi.Strip(a.draw()); !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
}

func TestThemeFollowsTheTerminalsBackground(t *testing.T) {
	a := testApp(t)
	a.do(t, tea.BackgroundColorMsg{Color: color.White})
	light := a.Styles.Text.Render("x")
	a.do(t, tea.BackgroundColorMsg{Color: color.Black})
	if dark := a.Styles.Text.Render("x"); dark == light {
		t.Errorf("the text is drawn as %q on both", dark)
	}
}

// What was still being typed for a session that fails presses no button of the screen that tells so.
func TestKeysBehindAFailedLaunch(t *testing.T) {
	a := testApp(t)
	now := noon
	a.Now = func() time.Time { return now }
	launch := &launchScreen{desk: a.desk}
	a.stack = append(a.stack, launch)
	a.do(t, press("l"))
	launch.fail(&kube.Problem{What: "no"})
	a.do(t, press("esc"))
	if a.top() != kit.Screen(launch) {
		t.Errorf("a key that was typed ahead leads to a %T", a.top())
	}
	now = now.Add(2 * grace)
	a.do(t, press("esc"))
	if a.top() == kit.Screen(launch) {
		t.Error("esc does not go back")
	}
}
