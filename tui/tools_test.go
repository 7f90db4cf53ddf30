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
	"github.com/dayfly-k8s/dayfly/tui/sessions"
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
	a.dispatch()
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

// started is the session that was started last.
func started(a *App) *runner.Session {
	all := a.Runner.Sessions()
	return all[len(all)-1]
}

func TestDoublePressLaunchesOnce(t *testing.T) {
	a := onePodApp(t)
	toolsOf(t, a)
	a.NewName = func() string { return "debugger-next" }
	a.do(t, press("enter"), press("l"), press("s"), press("enter"))
	launch, ok := a.top().(*sessions.Launch)
	if !ok || len(a.stack) != 3 {
		t.Fatalf("%d screens, on top a %T", len(a.stack), a.top())
	}
	if got := string(launch.TypedAhead().Bytes); got != "ls\r" {
		t.Errorf("typed ahead: %q", got)
	}
	next := ansi.Strip(a.stack[1].View(120, 38))
	if started(a).Job().Plan.Debug.Container != "debugger-fixed" || !strings.Contains(next, "name: debugger-next") {
		t.Errorf("launched %q, next is\n%s", started(a).Job().Plan.Debug.Container, next)
	}
}

func TestRunAgainPlansForThePodAsItIs(t *testing.T) {
	a := onePodApp(t)
	plan := planned(t, a)
	card := sessions.NewCard(t.Context(), a.Desk, sessions.Play{Session: a.listed(runner.Job{Plan: &plan})})
	a.stack = append(a.stack, a.top(), card)
	a.Now = func() time.Time { return noon.Add(sessions.Grace) }
	a.NewName = func() string { return "debugger-again" }
	a.do(t, press("r"), press("r"))
	if _, ok := a.top().(*sessions.Launch); !ok || len(a.stack) != 3 {
		t.Fatalf("%d screens, on top a %T", len(a.stack), a.top())
	}
	for len(a.Runner.Sessions()) < 2 { // it is listed when it is planned
		<-a.Runner.News()
	}
	if now := started(a).Look(); !now.Planned() || now.Job.Plan.Debug.Container != "debugger-again" {
		t.Errorf("planned %q: %v", now.Job.Plan.Debug.Container, now.Err)
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
