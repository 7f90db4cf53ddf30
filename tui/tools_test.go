package tui

import (
	"image/color"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

const somePod = `{"metadata": {"name": "web", "namespace": "shop", "uid": "u-1", "resourceVersion": "7",
  "annotations": {"kubectl.kubernetes.io/default-container": "app"}},
 "spec": {"nodeName": "n-1", "containers": [{"name": "proxy", "image": "p"}, {"name": "app", "image": "a"}]},
 "status": {"phase": "Running", "containerStatuses": [
  {"name": "proxy", "ready": true, "state": {"running": {"startedAt": "2026-03-04T11:00:00Z"}}},
  {"name": "app", "ready": true, "state": STATE}]}}`

// onePodApp is an App on an API server that has one pod.
func onePodApp(t *testing.T, state string) *App {
	t.Helper()
	return appOf(t, strings.Replace(somePod, "STATE", state, 1))
}

// appOf is an App on an API server that has one pod, web in shop.
func appOf(t *testing.T, pod string) *App {
	t.Helper()
	server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("watch") != "" {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		if strings.HasSuffix(r.URL.Path, "/web") {
			_, _ = w.Write([]byte(`{"kind": "Pod", "apiVersion": "v1", ` + pod[1:]))
			return
		}
		_, _ = w.Write([]byte(`{"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [` + pod + `]}`))
	})))
	t.Cleanup(server.Close)
	a := testApp(t)
	_, a.cluster = testCluster(t, server.URL)
	a.width, a.height = 120, 40
	return a
}

// toolsOf opens the tools for the pod's default container and waits for the pod.
func toolsOf(t *testing.T, a *App) *toolsScreen {
	t.Helper()
	s := newToolsScreen(t.Context(), a.Kit, kit.OpenTools{Cluster: a.cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}}, a.toolsOptions())
	t.Cleanup(s.Close)
	a.stack = append(a.stack, s)
	for s.Pod == nil {
		a.do(t, s.Init()())
		if s.Trouble != nil {
			t.Fatal(s.Trouble)
		}
	}
	a.do(t, surroundingsMsg{s, a.cluster.Surroundings(t.Context(), s.Pod)})
	return s
}

const running = `{"running": {"startedAt": "2026-03-04T11:00:00Z"}}`

func TestToolsShowExactlyWhatWouldBeAdded(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	if s.target != "app" {
		t.Errorf("the target is %q, want the pod's default container", s.target)
	}
	frame := ansi.Strip(a.draw())
	for _, want := range []string{"targetContainerName: app", "SYS_PTRACE", "name: debugger-fixed", "kubectl debug", "--target=app"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	a.do(t, press("t"))
	if frame := ansi.Strip(a.draw()); strings.Contains(frame, "targetContainerName") || !strings.Contains(frame, "none: the pod's network") {
		t.Errorf("without a target:\n%s", frame)
	}
	a.do(t, press("p"))
	if s.plan.Profile != kube.Netadmin {
		t.Errorf("the profile after general is %q", s.plan.Profile)
	}
	a.do(t, press("down"))
	if s.plan.Image != a.presets[1].Image || string(s.plan.Profile) != a.presets[1].Profile {
		t.Errorf("the next tool is planned with %s and profile %s", s.plan.Image, s.plan.Profile)
	}
}

func TestCrashLoopingTargetIsNotATarget(t *testing.T) {
	a := onePodApp(t, `{"waiting": {"reason": "CrashLoopBackOff"}}`)
	s := toolsOf(t, a)
	if s.plan.Target.Container != "" {
		t.Errorf("the plan targets %q", s.plan.Target.Container)
	}
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "app is not running (waiting: CrashLoopBackOff)") {
		t.Errorf("frame:\n%s", frame)
	}
}

func TestDoublePressLaunchesOnce(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	a.newName = func() string { return "debugger-next" }
	a.do(t, press("enter"), press("l"), press("s"), press("enter"))
	launch, ok := a.top().(*launchScreen)
	if !ok || len(a.stack) != 3 {
		t.Fatalf("%d screens, on top a %T", len(a.stack), a.top())
	}
	t.Cleanup(launch.Close)
	if got := string(launch.typed.bytes); got != "ls\r" {
		t.Errorf("typed ahead: %q", got)
	}
	if launch.plan.Debug.Container != "debugger-fixed" || s.plan.Debug.Container != "debugger-next" {
		t.Errorf("launched %q, next is %q", launch.plan.Debug.Container, s.plan.Debug.Container)
	}
}

func TestRunAgainPlansForThePodAsItIs(t *testing.T) {
	a := onePodApp(t, running)
	plan := toolsOf(t, a).plan
	card := newCardScreen(t.Context(), a.services, attachMsg{cluster: a.cluster, plan: &plan}, outcome{})
	a.stack = append(a.stack, card)
	a.Now = func() time.Time { return noon.Add(grace) }
	a.newName = func() string { return "debugger-again" }
	a.do(t, press("r"), press("r"))
	launch, ok := a.top().(*launchScreen)
	if !ok || len(a.stack) != 3 {
		t.Fatalf("%d screens, on top a %T", len(a.stack), a.top())
	}
	t.Cleanup(launch.Close)
	a.do(t, launch.replan())
	if launch.failed != nil || launch.plan.Debug.Container != "debugger-again" {
		t.Errorf("planned %q: %v", launch.plan.Debug.Container, launch.failed)
	}
}

func TestCardSaysHowItEnded(t *testing.T) {
	for want, test := range map[string]struct {
		ending  kube.Ending
		outcome outcome
	}{
		"✓ exit 0  success":                                        {ending: kube.Ending{Exit: &kube.Exit{Reason: "Completed"}}},
		"✗ exit 127  command not found":                            {ending: kube.Ending{Exit: &kube.Exit{Code: 127}}},
		"✗ exit 143  ended by signal 15 (SIGTERM)":                 {ending: kube.Ending{Exit: &kube.Exit{Code: 143}}},
		"✗ exit 137  killed by the kernel: out of memory":          {ending: kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "OOMKilled"}}},
		"✗ exit 137  killed (SIGKILL); not reported as out of":     {ending: kube.Ending{Exit: &kube.Exit{Code: 137, Reason: "Error"}}},
		"✗ pod deleted":                                            {ending: kube.Ending{Gone: true}},
		"◉ detached  the program runs on":                          {ending: kube.Ending{Running: true}, outcome: outcome{Detached: true}},
		"✗ link lost":                                              {ending: kube.Ending{Running: true}, outcome: outcome{Err: kube.ErrLinkLost}},
		"! ended  the cluster has not told an exit code":           {},
		"debug container debugger-fixed runs on in pod web":        {ending: kube.Ending{Running: true}},
		"nothing: the pod is gone, and the debug container with":   {ending: kube.Ending{Gone: true}},
		"its entry stays in the pod until the pod is deleted: Kub": {ending: kube.Ending{Exit: &kube.Exit{}}},
	} {
		a := testApp(t)
		a.width, a.height = 100, 30
		card := newCardScreen(t.Context(), a.services, attachMsg{cluster: a.cluster, target: kube.Target{Pod: "web", Container: "debugger-fixed"}}, test.outcome)
		a.stack = append(a.stack, card)
		a.do(t, endingMsg{card: card, ending: test.ending})
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

// The composer goes on with what was composed, whatever tool is under the cursor by then.
func TestComposingGoesOn(t *testing.T) {
	a := onePodApp(t, running)
	s := toolsOf(t, a)
	catalogue, err := a.catalogue()
	if err != nil {
		t.Fatal(err)
	}
	s.takeOwn(composedTool(nixery.Image{Shell: true, Packages: []string{"jq"}}, catalogue))
	s.takeOwn(typedTool("busybox:1"))
	a.do(t, press("c"))
	if c, ok := a.top().(*composer); !ok || c.image.String() != "nixery.dev/shell/jq" {
		t.Errorf("the composer begins with %v", a.top())
	}
}

// A plan is carried out again as it was, or not at all: what was typed to confirm it was for that pod, and no other container is looked at.
func TestRunAgainInAnotherPod(t *testing.T) {
	a := onePodApp(t, running)
	plan := toolsOf(t, a).plan
	plan.Typed = "web"
	for name, test := range map[string]struct {
		change func(*kube.Plan)
		typed  string
		fails  bool
	}{
		"the same pod":      {func(*kube.Plan) {}, "web", false},
		"its successor":     {func(p *kube.Plan) { p.UID = "another" }, "", false},
		"another container": {func(p *kube.Plan) { p.Target.Container = "another" }, "web", true},
	} {
		before := plan
		test.change(&before)
		launch := newLaunchScreen(t.Context(), a.services, kit.Start{Cluster: a.cluster, Plan: before, Again: "debugger-again"})
		t.Cleanup(launch.Close)
		msg, _ := launch.replan().(replannedMsg)
		if msg.plan.Typed != test.typed || (msg.err != nil) != test.fails {
			t.Errorf("%s: typed is %q, error %v", name, msg.plan.Typed, msg.err)
		}
	}
}

// What was still being typed for a session that fails presses no button of the screen that tells so.
func TestKeysBehindAFailedLaunch(t *testing.T) {
	a := testApp(t)
	now := noon
	a.Now = func() time.Time { return now }
	launch := &launchScreen{services: a.services, stop: func() {}}
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
