package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/logs"
	"github.com/dayfly-k8s/dayfly/tui/nodes"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podchange"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/report"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// noHost is a host on which nothing may be played.
type noHost struct{ t testing.TB }

func (n noHost) Play(context.Context, sessions.Play) (runner.Visit, error) {
	n.t.Error("a session was started")
	return runner.Visit{}, nil
}

func (n noHost) Suspend(context.Context) error {
	n.t.Error("the program was suspended")
	return nil
}

func (n noHost) Edit(context.Context, string) error {
	n.t.Error("an editor was started")
	return nil
}

// testCluster is a client of a server.
func testCluster(t testing.TB, server string) (*kube.Kubeconfig, *kube.Cluster) {
	t.Helper()
	config := kittest.Kubeconfig(t, server)
	return config, kubetest.Open(t, config, "")
}

// testApp is an App whose commands are not run: tests give it the messages. Its cluster is a client of nothing.
func testApp(t testing.TB) *App {
	t.Helper()
	kubeconfig, cluster := testCluster(t, "http://127.0.0.1:1")
	key, err := vt.ParseDetachKey("")
	if err != nil {
		t.Fatal(err)
	}
	k := Kit{Presets: shippedPresets(t), DetachKey: key}.services()
	k.Now = func() time.Time { return noon }
	k.NewName = func() string { return "debugger-fixed" }
	return newApp(t.Context(), k, Options{Kubeconfig: kubeconfig, Cluster: cluster, Namespace: "shop", Themes: shippedThemes(t)}, noHost{t})
}

// What is part of the binary is read once for all tests: hundreds of them want it.
var (
	loadPresets = sync.OnceValues(func() ([]presets.Preset, []error) { return presets.Load("none") })
	loadThemes  = sync.OnceValues(func() (themes.Set, []error) { return themes.Load("none") })
)

func shippedPresets(t testing.TB) []presets.Preset {
	t.Helper()
	list, errs := loadPresets()
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return slices.Clone(list)
}

func shippedThemes(t testing.TB) themes.Set {
	t.Helper()
	set, errs := loadThemes()
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return set
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// do gives messages to the App. Commands are not run: what screens ask for is done at once, and all else would ask the
// cluster or the clock.
func (a *App) do(t testing.TB, msgs ...tea.Msg) {
	t.Helper()
	for _, msg := range msgs {
		a.Update(msg)
	}
}

// listed is a session that has not begun.
func (a *App) listed(j runner.Job) *runner.Session {
	if j.Cluster == nil {
		j.Cluster = a.cluster
	}
	return a.Runner.Add(j)
}

// launching is a screen of a session that has not begun yet.
func launching(a *App) *sessions.Launch {
	return sessions.NewLaunch(a.Desk, a.listed(runner.Job{Plan: &debug.Plan{}}))
}

// press is a key by its name; a name that no key has is a mistake of the test.
func press(name string) tea.KeyPressMsg {
	msg, ok := kit.PressNamed(name)
	if !ok {
		panic("no key is called " + name)
	}
	return msg
}

func someRows() []lists.PodRow { return kittest.SomeRows() }

func (a *App) feed(t testing.TB, u lists.PodsUpdate) {
	t.Helper()
	s, ok := a.stack[0].(*podlist.Screen)
	if !ok {
		t.Fatal("the first screen is not the pods")
	}
	a.do(t, s.Brings(u))
}

// heights are those that screens are tried at: all of small ones, where they change what they show, and some of the others.
func heights() []int {
	all := []int{28, 32, 36, 43, 50}
	for h := 1; h <= 25; h++ {
		all = append(all, h)
	}
	return all
}

// TestEveryScreenAtEverySize draws all screens at every width there is: none may panic, or draw outside its cells.
func TestEveryScreenAtEverySize(t *testing.T) {
	for name, a := range allScreens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for a.width = 1; a.width <= 160; a.width++ {
				for _, a.height = range heights() {
					checkFrame(t, a.draw(), a.width, a.height)
				}
			}
		})
	}
}

func checkFrame(t *testing.T, frame string, width, height int) {
	t.Helper()
	rows := strings.Split(frame, "\n")
	if len(rows) != height {
		t.Fatalf("%d×%d: %d rows", width, height, len(rows))
	}
	for i, row := range rows {
		if w := kit.Width(row); w != width {
			t.Fatalf("%d×%d: row %d is %d cells wide: %q", width, height, i, w, ansi.Strip(row))
		}
	}
}

// sickPod has an init container, an app that crashes, and a debug container that runs.
const sickPod = `{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "NAME", "namespace": "shop", "uid": "u-1", "resourceVersion": "7",
  "creationTimestamp": "2026-03-04T11:00:00Z"},
 "spec": {"nodeName": "n-1", "initContainers": [{"name": "init", "image": "registry/init:1"}], "containers": [{"name": "app", "image": "registry/app:1"}],
  "ephemeralContainers": [{"name": "debugger-x", "image": "busybox", "tty": true, "stdin": true, "targetContainerName": "app"}]},
 "status": {"phase": "Running",
  "initContainerStatuses": [{"name": "init", "state": {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": "2026-03-04T11:00:00Z"}}}],
  "containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}}],
  "ephemeralContainerStatuses": [{"name": "debugger-x", "state": {"running": {"startedAt": "2026-03-04T11:30:00Z"}}}]}}`

func readSickPod(t *testing.T) *kube.Pod {
	t.Helper()
	pod, err := kittest.Cluster(t, kittest.ServePod(t, sickPod)).Pod(t.Context(), "shop", "pod-1")
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

func allScreens(t *testing.T) map[string]*App {
	t.Helper()
	problem := &kube.Problem{Message: "list pods in shop: " + strings.Repeat("it is so. ", 30), Hint: "do this", RequiredRBAC: kube.DebugRole}
	with := func(screens ...kit.Screen) *App {
		a := testApp(t)
		a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
		a.stack = append(a.stack, screens...)
		return a
	}
	services := with().services
	k := services.Kit
	_, cluster := testCluster(t, "http://127.0.0.1:1")
	plan := debug.Plan{
		Debug: kube.Target{Namespace: "shop", Pod: "pod-1", Container: "debugger-fixed"}, Image: "busybox", Profile: kube.General,
		Adds: "image: busybox\n", Command: "kubectl debug", Leftovers: []leftovers.Leftover{{Words: "it stays"}}, Notes: []debug.Note{{Warns: true, Text: "mind the gap"}},
	}
	key := kube.PodKey{Namespace: "shop", Name: "pod-1"}
	read := readSickPod(t)
	shown := func(s kit.Screen, news kube.PodNews) kit.Screen {
		s.Update(s.(interface {
			Brings(news ...kube.PodNews) tea.Msg
		}).Brings(news))
		return s
	}
	tools := onePodApp(t)
	toolsOf(t, tools)
	check := func(text string) error {
		_, err := registry.ParseReference(text)
		return err
	}
	asked := kit.NewPrompt(k, kit.PromptOptions{Title: "any image", Takes: k.Bindings.Choose, Asks: "an image", Earlier: []string{"busybox:1.37", strings.Repeat("y", 253)}, Check: check})
	wrong := with(kit.NewPrompt(k, kit.PromptOptions{Title: "any image", Takes: k.Bindings.Choose, Asks: "an image", Check: check}))
	wrong.do(t, wrong.top().Init()(), tea.PasteMsg{Content: "Busybox:" + strings.Repeat("z", 200)}, press("enter"))
	begun := sessions.Play{Session: services.Runner.Add(runner.Job{Cluster: cluster, Plan: &plan})}
	pick := kit.NewPicker(t.Context(), k, "namespace", "shop", nil, nil)
	pick.Take([]kit.Choice{{Name: "shop", Note: "here"}, {Name: strings.Repeat("x", 253)}}, nil)
	empty := testApp(t)
	refused := testApp(t)
	refused.feed(t, lists.PodsUpdate{Trouble: problem})
	stale := with()
	stale.feed(t, lists.PodsUpdate{Trouble: problem})
	flashed := with()
	flashed.do(t, kit.Flash{Text: "something " + strings.Repeat("long ", 60)})
	palette, wearing := with(), with()
	palette.do(t, press(":"))
	wearing.do(t, press("t"), press("t"))
	all := map[string]*App{
		"pods": with(), "reading": empty, "refused": refused, "stale": stale, "flash": flashed,
		"containers": with(shown(pod.New(t.Context(), k, cluster, key), kube.PodNews{Pod: read})),
		"gone":       with(shown(pod.New(t.Context(), k, cluster, key), kube.PodNews{Gone: true})),
		"logs":       with(shown(logs.New(t.Context(), k, kit.OpenLogs{Cluster: cluster, Pod: key}), kube.PodNews{Pod: read})),
		"inspect":    with(shown(pod.NewInspection(t.Context(), k, cluster, key), kube.PodNews{Pod: read})),
		"compare":    with(pod.NewComparison(t.Context(), k, cluster, key)),
		"report":     with(report.New(t.Context(), k, report.Options{Cluster: cluster, Pod: key})),
		"nodes":      with(nodes.New(t.Context(), k, cluster)),
		"node":       with(nodes.NewInspection(t.Context(), k, cluster, strings.Repeat("node-", 50))),
		"node pods":  with(podlist.New(t.Context(), k, podlist.Options{Cluster: cluster, Node: strings.Repeat("node-", 50), Memory: &services.memory})),
		"leftovers":  with(someLeftovers(t, k, cluster)),
		"quarantine": with(podchange.NewQuarantine(t.Context(), k, kit.Quarantine{Cluster: cluster, Pod: key}, nil)),
		"evict":      with(podchange.NewEviction(t.Context(), k, kit.Evict{Cluster: cluster, Pod: key}, nil)),
		"capture":    with(with().newCaptureAsk(kit.OpenCapture{Cluster: cluster, Pods: []kube.PodKey{key}})),
		"tools":      tools,
		"prompt":     with(asked), "prompt, wrong": wrong,
		"launch": with(sessions.NewLaunch(services.Desk, begun.Session)), "card": with(sessions.NewCard(t.Context(), services.Desk, begun)),
		"picker": with(pick), "help": with(newHelpScreen(services, tools.top())), "palette": palette, "theme": wearing,
		"text": with(kit.NewPager(k, kit.PagerOptions{Title: "t", Text: strings.Repeat("line\n", 80)})),
	}
	for name, a := range lifeScreens(t, plan) {
		all[name] = a
	}
	return all
}

func TestFilterFindsNamesFuzzilyAndTheRestAsItIs(t *testing.T) {
	names := []string{"web-5d87", "annotated", "worker"}
	rest := []string{"Running shop node-1", "Running shop node-1", "CrashLoopBackOff jobs node-2"}
	for pattern, want := range map[string]string{
		"": "[0 1 2]", "w8": "[0]", "wr": "[2]", "done": "[]", "crash": "[2]", "NODE-2": "[2]", "node": "[0 1 2]",
	} {
		var got []int
		for _, m := range kit.Matches(pattern, names, rest) {
			got = append(got, m.Index)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q passes %v, want %s", pattern, got, want)
		}
	}
}

func TestKeysTypedWhileLaunchingAreTheSessions(t *testing.T) {
	a := testApp(t)
	launch := launching(a)
	a.stack = append(a.stack, launch)
	a.do(t, press("l"), press("s"), press("q"), press("enter"))
	if len(a.stack) != 2 {
		t.Fatal("a typed key was taken for a command")
	}
	a.do(t, tea.PasteMsg{Content: "echo "})
	ready := sessions.Play{Session: a.listed(runner.Job{}), First: true}
	a.do(t, ready)
	a.do(t, press("x"), tea.PasteMsg{Content: "yz"})
	if a.play(ready) != nil { // as of a second container that starts just now
		t.Error("the terminal is handed over twice")
	}
	reply := make(chan []byte, 1)
	a.do(t, drainMsg{reply})
	if got := string(<-reply); got != "lsq\recho xyz" {
		t.Errorf("the session gets %q", got)
	}
	a.do(t, drainMsg{reply})
	if got := <-reply; len(got) > 0 {
		t.Errorf("and again %q", got)
	}
}

func TestEscStopsWaiting(t *testing.T) {
	a := testApp(t)
	a.stack = append(a.stack, launching(a))
	a.do(t, press("esc"))
	if len(a.stack) != 1 {
		t.Errorf("%d screens", len(a.stack))
	}
}

func TestCardTakesNoKeysAtFirst(t *testing.T) {
	a := testApp(t)
	card := sessions.NewCard(t.Context(), a.Desk, sessions.Play{Session: a.listed(runner.Job{})})
	a.stack = append(a.stack, card)
	_, cmd := a.Update(press("ctrl+c"))
	a.do(t, press("esc"), press("n"), press("?"))
	if len(a.stack) != 2 || quits(cmd) {
		t.Fatal("a key meant for the dead program was taken for a command")
	}
	a.Now = func() time.Time { return noon.Add(sessions.Grace) }
	a.do(t, press("esc"))
	if len(a.stack) != 1 {
		t.Error("esc does not close the card after the grace period")
	}
}

func TestSignalDuringASessionEndsTheProgram(t *testing.T) {
	a := testApp(t)
	ended := &session.SignalError{Signal: os.Interrupt}
	_, cmd := a.Update(playedMsg{err: ended})
	if !quits(cmd) || !errors.Is(a.exit, ended) {
		t.Errorf("exit %v", a.exit)
	}
}

// quits looks for the end of the program in a command.
func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		return slices.ContainsFunc(msg, quits)
	}
	return false
}

// A key that is pressed twice faster than a screen can change must not count twice.
func TestDoublePressAttachesOnce(t *testing.T) {
	a := testApp(t)
	card := sessions.NewCard(t.Context(), a.Desk, sessions.Play{Session: a.listed(runner.Job{Exec: []string{"sh"}})}) // which goes on
	a.stack = append(a.stack, card)
	a.Now = func() time.Time { return noon.Add(sessions.Grace) }
	a.do(t, press("a"), press("a"))
	reply := make(chan []byte, 1)
	a.do(t, drainMsg{reply})
	if typed := string(<-reply); !a.playing || typed != "a" {
		t.Errorf("playing %v; the session gets %q, want the second key", a.playing, typed)
	}
}

func TestNamesAreTypedWithoutTheRightToList(t *testing.T) {
	a := testApp(t)
	p, ok := a.namespacePicker().(*kit.Picker)
	if !ok {
		t.Fatal("no picker")
	}
	a.stack = append(a.stack, p)
	a.width, a.height = 80, 24
	p.Init()
	p.Take(nil, &kube.Problem{Message: "list the namespaces: you may not"})
	a.do(t, press("s"), press("h"))
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "you may not") || !strings.Contains(frame, "Type the name instead") {
		t.Errorf("frame:\n%s", frame)
	}
	a.do(t, press("enter"))
	if a.namespace != "sh" {
		t.Errorf("namespace %q, want the typed one", a.namespace)
	}
}

// BenchmarkFrame draws the list of fifty thousand pods, and moves through it.
func BenchmarkFrame(b *testing.B) {
	a := testApp(b)
	a.width, a.height = 120, 36
	a.feed(b, lists.PodsUpdate{Reset: true, Rows: kittest.ManyRows(50_000)})
	b.Run("draw", func(b *testing.B) {
		for b.Loop() {
			a.draw()
		}
	})
	b.Run("move", func(b *testing.B) {
		for b.Loop() {
			a.Update(press("down"))
			a.draw()
		}
	})
}

// What is typed between the end of a session and the news of it is the interface's, and is not lost.
func TestKeysBehindASession(t *testing.T) {
	a := testApp(t)
	sessionsOf(t, a)
	msg := sessions.Play{Session: a.listed(runner.Job{})}
	a.do(t, msg)
	reply := make(chan []byte, 1)
	a.do(t, drainMsg{reply})
	a.do(t, press("?"))
	if _, early := a.top().(*helpScreen); early {
		t.Fatal("a key is taken while the session has the terminal")
	}
	a.do(t, playedMsg{Play: msg, visit: runner.Visit{Detached: true}})
	if _, open := a.top().(*helpScreen); !open {
		t.Errorf("on top is a %T", a.top())
	}
}

// screenOf is what is on the screen, as text.
func screenOf(a *App) string { return ansi.Strip(a.draw()) }

// typeIn types a text.
func (a *App) typeIn(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		a.do(t, press(strings.Replace(string(r), " ", "space", 1)))
	}
}
