package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// desk are the screens of batches in front of a practice cluster.
type desk struct {
	*kittest.Host
	t       *testing.T
	cluster *kube.Cluster
	begun   []Begin
	typed   []string
	book    book
}

// book is a journal that is only in memory.
type book struct {
	mu      sync.Mutex
	actions []string
}

func (b *book) Write(e journal.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.actions = append(b.actions, e.Action)
	return nil
}

func newDesk(t *testing.T, g kube.Guard) *desk {
	t.Helper()
	d := &desk{Host: kittest.NewHost(t), t: t, cluster: kubetest.PractiseGuarded(t, "practice", g)}
	d.Requests = func(msg tea.Msg) bool {
		begin, ok := msg.(Begin)
		if ok {
			d.begun = append(d.begun, begin)
		}
		return ok
	}
	return d
}

func (d *desk) options(pods ...string) Options {
	o := Options{
		Cluster: d.cluster, Presets: func() []presets.Preset { list, _ := presets.Load(""); return list },
		Registries: func(string) registry.Settings { return registry.Settings{} }, Runner: runner.New(d.t.Context(), runner.Options{Journal: &d.book}), NewID: func() string { return "k7f2q" }, Typed: &d.typed,
	}
	for _, name := range pods {
		o.Pods = append(o.Pods, kube.PodKey{Namespace: "shop", Name: name})
	}
	return o
}

// ask opens the question.
func (d *desk) ask(o Options) *Ask {
	s := NewAsk(d.t.Context(), d.Kit, o)
	d.Stack = append(d.Stack, s)
	d.run(s.Init())
	return s
}

// run runs a command, and brings what it brings.
func (d *desk) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, one := range msg {
			d.run(one)
		}
	default:
		d.give(msg)
	}
}

// give brings a message to all screens, and does what they ask for.
func (d *desk) give(msg tea.Msg) {
	for _, s := range d.Stack {
		d.run(s.Update(msg))
	}
	d.serve()
}

// serve does what screens have asked for, and runs what comes of it.
func (d *desk) serve() {
	for {
		request, ok := d.Requested()
		if !ok {
			return
		}
		switch msg := request.(type) {
		case kit.Return:
			d.Stack = d.Stack[:len(d.Stack)-1]
			d.give(msg.Result)
		case kit.Show:
			d.Stack = append(d.Stack, msg.Screen)
			d.run(msg.Screen.Init())
		default:
			d.Do(d.t, request)
		}
	}
}

func (d *desk) press(names ...string) {
	for _, name := range names {
		d.run(d.Top().Update(kittest.Press(name)))
		d.serve()
	}
}

// write types a text. That the caret blinks is not waited for.
func (d *desk) write(text string) {
	for _, r := range text {
		d.Top().Update(kittest.Press(string(r)))
	}
	d.serve()
}

// shows fails unless all parts are on the screen.
func (d *desk) shows(parts ...string) {
	d.t.Helper()
	text := strings.Join(strings.Fields(d.Text()), " ")
	for _, part := range parts {
		if !strings.Contains(text, part) {
			d.t.Errorf("%q is not on the screen:\n%s", part, d.Text())
		}
	}
}

// show begins what was asked for, and shows it.
func (d *desk) show() (*Matrix, *Work) {
	d.t.Helper()
	if len(d.begun) == 0 {
		d.t.Fatalf("nothing has begun:\n%s", d.Text())
	}
	begin := d.begun[len(d.begun)-1]
	w := &Work{About: begin.About, Live: batchrun.Start(d.t.Context(), begin.Run)}
	m := NewMatrix(d.t.Context(), d.Kit, w, d.t.TempDir(), "practice")
	d.t.Cleanup(m.Close)
	d.Stack = append(d.Stack, m)
	return m, w
}

// A command that was typed runs in those that it can run in; who cannot is told before, and nothing is begun by a key that was typed ahead.
func TestAskAndRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{})
	s := d.ask(d.options("annotated", "done", "nonroot", "gone"))
	kittest.CheckEverySize(t, s)
	d.press("enter")
	d.write("echo it is $HOSTNAME")
	d.press("enter")
	d.shows("echo it is $HOSTNAME", "Runs in 2 pods", "2 pods are changed for good", "has completed: shop/done", "is not there: shop/gone", "busybox:1.37")
	kittest.CheckEverySize(t, s)
	if got := s.CopyCommand(); got != `dayfly run annotated done nonroot gone --preset busybox --timeout 2m0s --context=practice --namespace=shop -- sh -c 'echo it is $HOSTNAME'` {
		t.Errorf("the command is %s", got)
	}
	d.Waited = true
	if d.press("enter"); len(d.begun) > 0 || !strings.Contains(d.Flashed, "again") {
		t.Errorf("a key that has waited begins: %q", d.Flashed)
	}
	d.Waited = false
	d.press("w")
	d.shows("No pod is changed", "exec in a container")
	d.press("w", "w", "w", "m", "T", "enter")
	if len(d.begun) != 1 {
		t.Fatalf("%d have begun:\n%s", len(d.begun), d.Text())
	}
	run := d.begun[0].Run
	if run.Max != 50 || run.PerNode != 10 || run.Timeout != 10*time.Minute || len(run.Items) != 2 || strings.Join(run.Items[0].Plan.Request.Command, " ") != "sh -c echo it is $HOSTNAME" {
		t.Errorf("begun is %+v", run)
	}
	m, w := d.show()
	<-w.Live.Done()
	d.run(m.Init())
	d.shows("2 of 2 ok", "▸ 2 pods", "exit 0", "2 pods skipped", "it is")
	kittest.CheckEverySize(t, m)
	if text, what := m.CopyText(); !strings.Contains(text, "**2 of 2: exit 0**") || what == "" {
		t.Errorf("the summary is %s", text)
	}
	if d.typed[0] != "echo it is $HOSTNAME" {
		t.Errorf("typed were %q", d.typed)
	}
}

// What the rules of a context ask is asked before anything begins: how many they are, and why.
func TestAskInAProtectedContext(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{Protected: true, AskReason: true})
	d.ask(d.options("annotated", "nonroot"))
	d.press("enter")
	d.write("true")
	d.press("enter", "enter")
	d.shows("protected", "type in how many pods it runs: 2")
	d.write("3")
	d.press("enter")
	d.shows("that is not how many there are")
	d.press("backspace")
	d.write("2")
	d.press("enter")
	d.shows("Why?")
	if len(d.begun) > 0 {
		t.Error("it has begun without a reason")
	}
	d.write("INC-1")
	d.press("enter")
	if len(d.begun) != 1 || !d.begun[0].Run.Confirmed || d.begun[0].Run.About.Reason != "INC-1" {
		t.Errorf("begun is %+v", d.begun)
	}
}

// In a context that is read-only nothing runs, and the screen says why.
func TestAskReadOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{ReadOnly: true})
	s := d.ask(d.options("annotated"))
	d.press("enter")
	d.write("true")
	d.press("enter", "enter")
	s.plan.with.Runner.Drain(t.Context())
	d.shows("read-only")
	if len(d.book.actions) != 1 || d.book.actions[0] != journal.Refused {
		t.Errorf("the journal has %q", d.book.actions)
	}
	kittest.CheckEverySize(t, s)
	if len(d.begun) > 0 {
		t.Errorf("begun is %+v", d.begun)
	}
}

// A preset that takes something asks for it, and says what is missing; all of it is the command then.
func TestAskPreset(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{})
	s := d.ask(d.options("annotated"))
	for s.questions[s.cursor.At].name() != "reach" {
		d.press("down")
	}
	d.press("enter")
	d.shows("SERVICE[:PORT]")
	d.write("a b")
	d.press("enter")
	d.shows("preset reach takes SERVICE[:PORT], not a b")
	d.press("backspace", "backspace", "enter")
	d.shows("reach a", "Runs in 1 pod")
	d.press("enter")
	command := d.begun[0].Run.Items[0].Plan.Request.Command
	if command[len(command)-1] != "a" || d.begun[0].Run.About.Preset != "reach" {
		t.Errorf("the command is %q of %q", command, d.begun[0].Run.About.Preset)
	}
}

// More than a few are asked about once more.
func TestAskMany(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{})
	s := d.ask(d.options("annotated"))
	d.press("enter")
	d.write("true")
	d.press("enter", "w")
	one := s.plan.batch.Items[0]
	for range unasked {
		s.plan.batch.Items = append(s.plan.batch.Items, one)
	}
	d.press("enter")
	d.shows("Run it in 51 pods?", "No pod is changed.")
	if len(d.begun) > 0 {
		t.Error("it has begun unasked")
	}
	d.press("enter")
	if len(d.begun) != 1 || len(d.begun[0].Run.Items) != 51 {
		t.Errorf("begun are %d", len(d.begun))
	}
}

// About very many the cluster is not asked before a person has said so.
func TestAskVeryMany(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{})
	o := d.options("annotated")
	for i := range mostUnasked {
		o.Pods = append(o.Pods, kube.PodKey{Namespace: "shop", Name: fmt.Sprintf("gone-%d", i)})
	}
	s := d.ask(o)
	d.press("enter")
	d.write("true")
	d.press("enter")
	d.shows("asked about each of the 1001 pods")
	kittest.CheckEverySize(t, s)
	if s.plan.batch != nil || s.Reading() {
		t.Error("it was asked already")
	}
	d.press("enter")
	d.shows("Runs in 1 pod", "Skipped: 1000 pods")
	if len(d.begun) > 0 {
		t.Error("it has begun")
	}
}

// Nodes get the commands that are for nodes, and pods of their own.
func TestAskNodes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{})
	o := d.options()
	o.Nodes = []string{"n-1", "n-3"}
	s := d.ask(o)
	d.press("enter")
	d.write("uname")
	d.press("enter")
	d.shows("2 nodes › run", "Runs on 2 nodes", "Each node gets a pod, which is deleted afterwards")
	kittest.CheckEverySize(t, s)
	if got := s.CopyCommand(); got != "dayfly run node/n-1 node/n-3 --preset busybox --timeout 2m0s --context=practice -- sh -c uname" {
		t.Errorf("the command is %s", got)
	}
	d.press("enter")
	m, w := d.show()
	<-w.Live.Done()
	d.run(m.Init())
	d.shows("NODE", "2 of 2 ok", "▸ 2 nodes", "Linux")
	if got := m.CopyCommand(); !strings.HasPrefix(got, "kubectl debug --attach node/n-1 ") { // its pod is deleted: there is no log
		t.Errorf("the command is %s", got)
	}
}

// answered is a batch that has ended, in which some answer otherwise.
func answered(t *testing.T) (*desk, *Matrix) {
	t.Helper()
	d := newDesk(t, kube.Guard{})
	d.ask(d.options("annotated", "nonroot", "notready", "payments-56bf6cc99b-z4twn"))
	d.press("enter")
	d.write(`echo one; case $HOSTNAME in n*t) exit 3;; p*) echo two;; esac`)
	d.press("enter", "w", "enter")
	m, w := d.show()
	<-w.Live.Done()
	d.run(m.Init())
	return d, m
}

// Equal answers are one line, failures first; of a group the pods can be shown, and all by themselves.
func TestMatrixFolds(t *testing.T) {
	t.Parallel()
	d, m := answered(t)
	names := func() string {
		var all []string
		for _, l := range m.lines {
			all = append(all, strings.TrimSpace(m.nameOf(l)))
		}
		return strings.Join(all, ", ")
	}
	if got := names(); got != "nonroot, ▸ 2 pods, payments-56bf6cc99b-z4twn" {
		t.Errorf("the lines are %s\n%s", got, d.Text())
	}
	d.shows("exit 3", "≠ two")
	if got := m.Summary(); got != "3 of 4 ok · 1 failed" {
		t.Errorf("the summary is %s", got)
	}
	d.press("j", "space")
	if got := names(); got != "nonroot, ▾ 2 pods, annotated, notready, payments-56bf6cc99b-z4twn" {
		t.Errorf("the lines are %s", got)
	}
	d.press("j", "space")
	if got := names(); !strings.Contains(got, "▸ 2 pods") || !m.chosen.head {
		t.Errorf("the lines are %s, the cursor is on %+v", got, m.chosen)
	}
	d.press("G", "enter")
	d.shows("payments-56bf6cc99b-z4twn", "Compared with shop/annotated and 1 other", "+two")
	d.Stack = d.Stack[:len(d.Stack)-1]
	d.press("f", "o")
	if got := names(); got != "annotated, nonroot, notready, payments-56bf6cc99b-z4twn" || m.chosen.name != "shop/payments-56bf6cc99b-z4twn" {
		t.Errorf("the lines are %s, the cursor is on %+v", got, m.chosen)
	}
	if got := m.CopyCommand(); !strings.HasPrefix(got, "kubectl exec payments-56bf6cc99b-z4twn -c app --context=practice --namespace=shop -- sh -c ") {
		t.Errorf("the command is %s", got)
	}
}

// The filter shows those that say all of its words, each by itself; esc shows all again.
func TestMatrixFilters(t *testing.T) {
	t.Parallel()
	d, m := answered(t)
	d.write("/EXIT 0 tated")
	if len(m.lines) != 1 || m.chosen.name != "shop/annotated" || !m.Typing() {
		t.Errorf("the lines are %+v", m.lines)
	}
	d.write("x")
	d.shows("Nothing matches", "0 of 4")
	kittest.CheckEverySize(t, m)
	d.press("enter", "esc")
	if len(m.lines) != 3 || m.HoldsBack() {
		t.Errorf("after esc the lines are %+v", m.lines)
	}
}

// All is saved in files that only their owner reads, and what has failed can be run again.
func TestMatrixSavesAndRunsAgain(t *testing.T) {
	t.Parallel()
	d, m := answered(t)
	d.press("s")
	folders, _ := filepath.Glob(filepath.Join(m.folder, "*"))
	if len(folders) != 1 || !strings.Contains(d.Flashed, "saved 4: dayfly-batch-k7f2q-") {
		t.Fatalf("saved are %q: %q", folders, d.Flashed)
	}
	files, _ := os.ReadDir(folders[0])
	var names []string
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
		names = append(names, f.Name())
	}
	if got := strings.Join(names, " "); got != "results.ndjson shop_annotated.out shop_nonroot.out shop_notready.out shop_payments-56bf6cc99b-z4twn.out summary.md" {
		t.Errorf("the files are %s", got)
	}
	if data, err := os.ReadFile(filepath.Join(folders[0], "shop_annotated.out")); err != nil || string(data) != "one\n" {
		t.Errorf("%q, %v", data, err)
	}
	d.press("s")
	if folders, _ = filepath.Glob(filepath.Join(m.folder, "*")); len(folders) != 2 {
		t.Errorf("a second time there are %q", folders)
	}
	d.press("r")
	d.shows("Runs in 1 pod", "exec in a container")
	d.press("enter")
	if items := d.begun[1].Run.Items; len(items) != 1 || items[0].Name() != "shop/nonroot" {
		t.Errorf("it runs again in %+v", items)
	}
}

// While it runs it can be stopped, and left; what it has printed so far is shown.
func TestMatrixWhileItRuns(t *testing.T) {
	t.Parallel()
	d := newDesk(t, kube.Guard{})
	d.ask(d.options("annotated", "nonroot", "notready"))
	d.press("enter")
	d.write("echo begun; sleep 1000")
	d.press("enter", "w", "m", "m", "enter") // one at a time
	m, w := d.show()
	for now := w.Live.Look(); now.Rows[0].Bytes == 0; now = w.Live.Look() {
		<-now.Changed
	}
	m.look()
	d.shows("1 running", "begun", "waiting")
	kittest.CheckEverySize(t, m)
	d.press("a")
	if !strings.Contains(d.Flashed, "nothing to attach to") {
		t.Errorf("attached to an exec: %q", d.Flashed)
	}
	d.press("e")
	if !w.Live.Look().Halted || w.Live.Look().Over {
		t.Errorf("after e: %+v", w.Live.Look())
	}
	d.press("e")
	<-w.Live.Done()
	d.run(m.Init())
	d.shows("left before its end", "not begun", "what was executed can only be ended there")
	if help := m.Keys()[0].Help(); help.Desc != "go on with 2" {
		t.Errorf("the first key is to %s", help.Desc)
	}
	kittest.CheckEverySize(t, m)
}
