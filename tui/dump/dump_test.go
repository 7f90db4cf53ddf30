package dump_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/dump"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// bench is a screen at a practice cluster.
type bench struct {
	*testing.T
	*dump.Screen
	cluster *kube.Cluster
	engine  *runner.Runner
	state   string
	msgs    chan tea.Msg
}

func open(t *testing.T, script string) *bench {
	t.Helper()
	b := &bench{T: t, msgs: make(chan tea.Msg, 100), cluster: kubetest.PractiseLive(t, "practice"), state: filepath.Join(t.TempDir(), "state")}
	pod, err := b.cluster.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	p := presets.Preset{Name: "note", Image: "busybox:1.37", Profile: "general", Brings: &presets.Brings{
		Command: []string{"sh", "-c", `mkdir -p "$TARGET_ROOT/tmp"; ` + script}, File: "{root}/tmp/note-{id}", Name: "note.txt",
	}}
	plan, err := debug.NewPlan(pod, p.Request(debug.NewName(), "app"))
	if err != nil {
		t.Fatal(err)
	}
	b.engine = runner.New(t.Context(), runner.Options{})
	b.Screen = dump.New(t.Context(), kittest.NewHost(t).Kit, dump.Options{
		Runner: b.engine, Job: runner.Job{Cluster: b.cluster, Plan: &plan, About: runner.About{Preset: "note"}}, Brings: *p.Brings, State: b.state,
	})
	t.Cleanup(b.Close)
	return b
}

// run lets the screen follow what comes until it is over, or until a frame has the words.
func (b *bench) run(words string) {
	b.Helper()
	do := func(cmd tea.Cmd) {
		if cmd != nil {
			go func() { b.msgs <- cmd() }()
		}
	}
	do(b.Init())
	late := time.After(60 * time.Second)
	for !strings.Contains(b.text(), words) {
		select {
		case msg := <-b.msgs:
			do(b.Update(msg))
		case <-b.engine.News():
			do(b.Update(struct{}{}))
		case <-late:
			b.Fatalf("it does not come to %q:\n%s", words, b.text())
		}
	}
}

func (b *bench) text() string { return ansi.Strip(b.View(100, 30)) }

// added reports whether the cluster has taken the debug container.
func (b *bench) added() bool {
	return slices.ContainsFunc(b.engine.Sessions(), func(s *runner.Session) bool { return s.Look().Added })
}

// ended holds that the debug container does not run any more.
func (b *bench) ended() {
	b.Helper()
	pod, err := b.cluster.Pod(b.Context(), "shop", "annotated")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range pod.Containers {
		if c.Kind == kube.DebugContainer && c.Running {
			b.Errorf("%s runs", c.Name)
		}
	}
}

func (b *bench) files() []string {
	list, _ := filepath.Glob(filepath.Join(b.state, "dumps", "*"))
	return list
}

// What is brought is here, and the screen says where; the container has ended.
func TestDump(t *testing.T) {
	b := open(t, `echo "a note" > "$TARGET_ROOT$FILE"`)
	kittest.CheckEverySize(t, b.Screen)
	b.run("The debug container has ended")
	if text := b.text(); !strings.Contains(text, "note.txt is here") || !strings.Contains(text, "$ less ") || b.HoldsBack() {
		t.Errorf("it says\n%s", text)
	}
	kittest.CheckEverySize(t, b.Screen)
	files := b.files()
	if len(files) != 1 || b.CopyName() != files[0] {
		t.Fatalf("there are %q, and y copies %q", files, b.CopyName())
	}
	if data, err := os.ReadFile(files[0]); err != nil || string(data) != "a note\n" {
		t.Errorf("%q, %v", data, err)
	}
	b.ended()
}

// What fails says why, and the container has ended all the same.
func TestDumpFails(t *testing.T) {
	b := open(t, "echo it said no >&2; exit 3")
	b.run("The debug container has ended")
	if text := b.text(); !strings.Contains(text, "ended with code 3: it said no") || len(b.files()) != 0 {
		t.Errorf("it says\n%s\nand there are %q", text, b.files())
	}
	b.ended()
}

// Given up before the container runs, it is ended as soon as it does, whether the screen stays or not.
func TestDumpCancelledWhileItStarts(t *testing.T) {
	for name, giveUp := range map[string]func(*bench){
		"cancelled": func(b *bench) {
			cmd := b.Update(kittest.Press("esc"))
			go func() { b.msgs <- cmd() }()
			b.run("The debug container has ended")
		},
		"closed": func(b *bench) { b.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, "sleep 1000")
			if err := b.engine.Await(t.Context(), func() bool { return b.added() }); err != nil {
				t.Fatal(err)
			}
			giveUp(b)
			<-b.Ended()
			b.ended()
		})
	}
}

// The interrupt cancels first; dayfly's own is the second.
func TestInterrupt(t *testing.T) {
	b := open(t, "echo working; sleep 1000")
	b.run("working")
	if !b.Claims(kittest.Press("ctrl+c")) || b.Claims(kittest.Press("q")) {
		t.Error("it does not take the interrupt")
	}
	b.Update(kittest.Press("ctrl+c"))
	if b.Claims(kittest.Press("ctrl+c")) {
		t.Error("it takes the second, too")
	}
	b.run("Cancelled")
}

// Esc gives it up while it is made.
func TestDumpCancelled(t *testing.T) {
	b := open(t, "echo working; sleep 1000")
	b.run("working")
	if !b.HoldsBack() {
		t.Error("esc would leave the screen")
	}
	b.Update(kittest.Press("esc"))
	b.run("The debug container has ended")
	if text := b.text(); !strings.Contains(text, "Cancelled") || len(b.files()) != 0 {
		t.Errorf("it says\n%s\nand there are %q", text, b.files())
	}
	b.ended()
}
