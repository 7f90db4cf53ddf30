package capture

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	kubecapture "github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// desk are the screens of captures in front of a practice cluster.
type desk struct {
	*kittest.Host
	t       *testing.T
	cluster *kube.Cluster
	begun   []Begin
	typed   []string
}

func newDesk(t *testing.T, cluster *kube.Cluster) *desk {
	t.Helper()
	d := &desk{Host: kittest.NewHost(t), t: t, cluster: cluster}
	d.Requests = func(msg tea.Msg) bool {
		begin, ok := msg.(Begin)
		if ok {
			d.begun = append(d.begun, begin)
		}
		return ok
	}
	return d
}

// ask opens the question for pods.
func (d *desk) ask(pods ...string) *Ask {
	d.t.Helper()
	o := Options{
		Cluster: d.cluster, Presets: func() []presets.Preset { list, _ := presets.Load(""); return list }, Registries: func(string) registry.Settings { return registry.Settings{} },
		Runner: runner.New(d.t.Context(), runner.Options{}), NewName: func() string { return "debugger-x" }, Typed: &d.typed,
	}
	for _, name := range pods {
		o.Pods = append(o.Pods, kube.PodKey{Namespace: "shop", Name: name})
	}
	s := NewAsk(d.t.Context(), d.Kit, o)
	d.Stack = append(d.Stack, s)
	d.prepared(s.Init())
	return s
}

// prepared brings from whom it would be captured.
func (d *desk) prepared(cmd tea.Cmd) {
	d.t.Helper()
	if cmd != nil {
		d.Do(d.t, cmd())
	}
}

func press(name string) tea.KeyPressMsg {
	codes := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: rune(name[0]), Text: name}
}

func (d *desk) screen() string { return ansi.Strip(d.Top().View(d.Width, d.Height)) }

func (d *desk) sees(words ...string) {
	d.t.Helper()
	for _, w := range words {
		if !strings.Contains(d.screen(), w) {
			d.t.Errorf("%q is not on the screen:\n%s", w, d.screen())
		}
	}
}

// What would be done is said before, with the command that does the same; a choice is another plan.
func TestAsk(t *testing.T) {
	d := newDesk(t, kubetest.PractiseLive(t, "practice"))
	s := d.ask("annotated", "badimage", "done")
	d.sees("Captures from 2 pods.", "2 pods are changed for good", "skipped, has completed: shop/done", "none: all packets", "1 minute, or until the file has 100.0 MB")
	if got := s.CopyCommand(); got != "dayfly capture annotated badimage done --context=practice --namespace=shop" {
		t.Errorf("the command is %s", got)
	}
	d.prepared(s.Update(press("T")))
	d.sees("5 minutes, or")
	d.prepared(s.Update(press("w")))
	d.sees("from the node of each pod", "No pod is changed.", "with root there")
	d.prepared(s.Update(typedMsg{of: s, change: func(o *kubecapture.Options) { o.Filter = "port 80 or icmp" }}))
	if got := s.CopyCommand(); got != "dayfly capture annotated badimage done --for 5m0s --from-node --context=practice --namespace=shop -- 'port 80 or icmp'" {
		t.Errorf("the command is %s", got)
	}
	d.Do(t, press("enter"))
	if len(d.begun) != 1 || d.begun[0].Run.Capture.Filter != "port 80 or icmp" || d.begun[0].Run.Capture.For != 5*time.Minute || d.begun[0].Run.Items[0].Plan.Request.EndsAfter < 5*time.Minute {
		t.Errorf("%+v", d.begun)
	}
}

// What the rules of a context ask is asked before anything begins.
func TestAskUnderRules(t *testing.T) {
	d := newDesk(t, kubetest.PractiseGuarded(t, "practice", kube.Guard{Protected: true, Why: "prod"}))
	d.ask("annotated")
	d.Do(t, press("enter"))
	if _, asked := d.Top().(*kit.Prompt); !asked || len(d.begun) > 0 {
		t.Fatalf("%T is on top, %d are begun", d.Top(), len(d.begun))
	}
	d.Top().Init() // has the line take keys; its command would blink
	d.Do(t, press("2"), press("enter"))
	if len(d.begun) > 0 {
		t.Error("it began with another number")
	}
	d.Do(t, tea.KeyPressMsg{Code: tea.KeyBackspace}, press("1"), press("enter"))
	if len(d.begun) != 1 || !d.begun[0].Run.Confirmed {
		t.Errorf("%+v", d.begun)
	}
	d = newDesk(t, kubetest.PractiseGuarded(t, "practice", kube.Guard{ReadOnly: true, Why: "audit"}))
	d.ask("annotated")
	d.sees("read-only")
	if d.Do(t, press("enter")); len(d.begun) > 0 {
		t.Error("it began in a read-only context")
	}
}

// live begins what was asked for, and shows it.
func (d *desk) live(begin Begin) *Live {
	d.t.Helper()
	file, err := capturerun.Create(d.t.TempDir(), kittest.Noon(), begin.About)
	if err != nil {
		d.t.Fatal(err)
	}
	begin.Run.File = file
	work, err := capturerun.Start(d.t.Context(), begin.Run)
	if err != nil {
		d.t.Fatal(err)
	}
	s := NewLive(d.t.Context(), d.Kit, work, begin.Where)
	d.Stack = append(d.Stack, s)
	return s
}

// until brings news until something is so.
func (d *desk) until(s *Live, is func() bool) {
	d.t.Helper()
	for !is() {
		msg := s.listen()()
		if msg == nil || d.t.Context().Err() != nil {
			d.t.Fatalf("it is not so:\n%s", d.screen())
		}
		d.Do(d.t, newsMsg{s})
	}
}

// A capture is seen as it comes, stopped by the key that quits elsewhere, and kept in a file.
func TestLive(t *testing.T) {
	d := newDesk(t, kubetest.PractiseLive(t, "practice"))
	d.ask("annotated", "nonroot")
	d.Do(t, press("enter"))
	s := d.live(d.begun[0])
	d.until(s, func() bool { return s.now.Packets == 128 && len(s.now.Names) > 0 })
	d.sees("128 packets", "▸packets 128", "2 resets · 2 sent again")
	if s.cursors[tabPackets].At != 127 || !s.Claims(press("q")) {
		t.Errorf("the cursor is at %d", s.cursors[tabPackets].At)
	}
	d.Do(t, press("up"))
	if s.follows || s.number != 127 {
		t.Errorf("it follows %v, and is on %d", s.follows, s.number)
	}
	for _, words := range []string{"annotated.shop:8080", "NXDOMAIN", "POST payments/charge", "capturing"} {
		d.Do(t, press("tab"))
		d.sees(words)
	}
	s.filter.Set("503")
	d.Do(t, press("tab"), newsMsg{s})
	d.sees("2 of 128", "503 Service Unavailable, 1.2")
	d.Do(t, press("enter"))
	d.sees("packet ", "115 bytes of HTTP")
	d.Do(t, kit.Leave{}, press("q"))
	d.until(s, func() bool { return s.now.Over })
	d.sees("128 packets", "you stopped it", "-shop-2-pods.pcapng")
	if at, err := os.Stat(s.CopyName()); err != nil || at.Size() != s.now.Written {
		t.Errorf("%s: %v (%v)", s.CopyName(), at, err)
	}
	if s.Claims(press("q")) {
		t.Error("what quits does not quit once it is over")
	}
	d.Do(t, press("esc")) // the filter
	before := len(d.Stack)
	if d.Do(t, press("esc")); len(d.Stack) != before-2 {
		t.Errorf("%d screens are left of %d", len(d.Stack), before)
	}
}

// Where nothing can be captured it is said why, no file is left, and one is back where the filter is.
func TestLiveFails(t *testing.T) {
	d := newDesk(t, kubetest.PractiseLive(t, "practice"))
	ask := d.ask("annotated")
	d.prepared(ask.Update(typedMsg{of: ask, change: func(o *kubecapture.Options) { o.Filter = "prot 80" }}))
	d.Do(t, press("enter"))
	s := d.live(d.begun[0])
	d.until(s, func() bool { return s.now.Over })
	d.sees("nothing was captured", `filter "prot 80": can't parse filter expression: syntax error`)
	if s.CopyName() != "" {
		t.Errorf("%s is left", s.CopyName())
	}
	if d.Do(t, press("esc")); d.Top() != kit.Screen(ask) {
		t.Errorf("%T is on top", d.Top())
	}
}

// At any size it neither panics nor overflows.
func TestSizes(t *testing.T) {
	d := newDesk(t, kubetest.PractiseLive(t, "practice"))
	ask := d.ask("annotated")
	d.Do(t, press("enter"))
	s := d.live(d.begun[0])
	d.until(s, func() bool { return s.now.Packets == 64 })
	s.now.Notes = []string{strings.Repeat("a note ", 50)}
	s.now.Sources[0].Problem = &kube.Problem{Message: strings.Repeat("a problem ", 50)}
	for s.tab = range tabs {
		for width := 1; width <= 160; width++ {
			for _, height := range []int{1, 5, 22} {
				for _, screen := range []kit.Screen{ask, s} {
					rows := strings.Split(screen.View(width, height), "\n")
					for _, row := range rows {
						if len(rows) != height || kit.Width(row) > width {
							t.Fatalf("%T at %d×%d: %d rows, %q", screen, width, height, len(rows), ansi.Strip(row))
						}
					}
				}
			}
		}
	}
	s.Close()
	<-s.work.Done()
}

func TestRates(t *testing.T) {
	var r rates
	for i := range 10 {
		r.take(kittest.Noon().Add(time.Duration(i)*time.Second), int64(i*i), int64(i*1000))
	}
	if packets, bytes := r.rate(); fmt.Sprint(packets, bytes) != "14 1000" || len(r.samples) > 6 {
		t.Errorf("%v packets and %v bytes a second, %d samples", packets, bytes, len(r.samples))
	}
}
