package kittest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Noon is the time that stands still in tests.
func Noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// Host stands for App around the screens of one room: it has a stack of them, and does what they ask for as far as that is about itself. Commands
// are not run: tests give it the messages.
type Host struct {
	*kit.Kit
	Cluster       *kube.Cluster // a client of nothing
	Width, Height int
	Stack         []kit.Screen
	Flashed       string    // the last remark
	Asked         []tea.Msg // of App: what is not about the host itself
	// Requests reports whether a message is a request of the screens' own room to App; nil: there are none.
	Requests func(tea.Msg) bool
}

// NewHost is one with a terminal of 80×24 cells in colours, at [Noon()].
func NewHost(t testing.TB, screens ...kit.Screen) *Host {
	t.Helper()
	dark, err := themes.Dark()
	if err != nil {
		t.Fatal(err)
	}
	h := &Host{Kit: kit.New(), Cluster: Cluster(t, "http://127.0.0.1:1"), Width: 80, Height: 24, Stack: append([]kit.Screen{base{}}, screens...)}
	h.Styles = kit.NewStyles(dark, kit.AllColours)
	h.Now = Noon
	return h
}

// base is the screen below all.
type base struct{}

func (base) Keys() []key.Binding    { return nil }
func (base) Init() tea.Cmd          { return nil }
func (base) Update(tea.Msg) tea.Cmd { return nil }
func (base) View(int, int) string   { return "" }

// Kubeconfig leads to a server.
func Kubeconfig(t testing.TB, server string) *kube.Kubeconfig {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	config := `{apiVersion: v1, kind: Config, current-context: here, clusters: [{name: c, cluster: {server: "` + server + `"}}],
contexts: [{name: here, context: {cluster: c, namespace: shop}}]}`
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubetest.Kubeconfig(t, file)
}

// Cluster is a client of a server.
func Cluster(t testing.TB, server string) *kube.Cluster {
	t.Helper()
	return kubetest.Open(t, Kubeconfig(t, server), "")
}

// Guarded is a client of the server of another, under rules.
func Guarded(t testing.TB, c *kube.Cluster, g kube.Guard) *kube.Cluster {
	t.Helper()
	config := Kubeconfig(t, c.Server)
	config.Guard = func(string) kube.Guard { return g }
	return kubetest.Open(t, config, "")
}

// Top is the screen that gets keys.
func (h *Host) Top() kit.Screen { return h.Stack[len(h.Stack)-1] }

// Do gives messages to the screens, as App does.
func (h *Host) Do(t testing.TB, msgs ...tea.Msg) {
	t.Helper()
	for _, msg := range msgs {
		h.route(msg)
		h.Serve()
	}
}

// Serve does what screens have asked for.
func (h *Host) Serve() {
	for {
		request, ok := h.Requested()
		if !ok {
			return
		}
		h.route(request)
	}
}

func (h *Host) route(msg tea.Msg) {
	switch msg := msg.(type) {
	case kit.Show:
		h.Stack = append(h.Stack, msg.Screen)
	case kit.Leave:
		h.leave()
	case kit.Return:
		h.leave()
		h.route(msg.Result)
	case kit.Flash:
		h.Flashed = msg.Text
	case kit.OpenPods, kit.OpenPod, kit.OpenTools, kit.OpenLogs, kit.Inspect, kit.Compare, kit.OpenReport, kit.Attach, kit.OpenShell, kit.OpenNodePods, kit.InspectNode, kit.OpenNodeTools, kit.OpenMany, kit.OpenFiles, kit.EnterContainer, kit.EditFile, kit.OpenCapture, kit.Quarantine, kit.Evict:
		h.Asked = append(h.Asked, msg)
	case tea.KeyPressMsg:
		h.press(msg)
	case tea.PasteMsg:
		h.Top().Update(msg)
	case tea.MouseClickMsg:
		if s, ok := h.Top().(kit.Clickable); ok {
			s.Click(msg.X, msg.Y-1) // below the header
		}
	default:
		if h.Requests != nil && h.Requests(msg) {
			h.Asked = append(h.Asked, msg)
			return
		}
		for _, s := range h.Stack {
			s.Update(msg)
		}
	}
}

func (h *Host) press(msg tea.KeyPressMsg) {
	top := h.Top()
	typist, types := top.(kit.Typist)
	claimant, claims := top.(kit.Claimant)
	holder, holds := top.(kit.BackHolder)
	own := types && typist.Typing() || claims && claimant.Claims(msg) || holds && holder.HoldsBack()
	switch {
	case own:
	case key.Matches(msg, h.Bindings.Namespace, h.Bindings.Context): // App's
		h.Stack = append(h.Stack, base{})
		return
	case key.Matches(msg, h.Bindings.Back) && len(h.Stack) > 1:
		h.leave()
		return
	}
	top.Update(msg)
}

func (h *Host) leave() {
	if len(h.Stack) == 0 {
		return
	}
	if c, ok := h.Top().(kit.Closer); ok {
		c.Close()
	}
	h.Stack = h.Stack[:len(h.Stack)-1]
}

// The smallest terminal in which App draws screens.
const leastWidth, leastHeight = 36, 8

// Draw is the top screen between a header and a footer, as App draws it but for their looks: the header has its title, its place and its summary,
// the footer the last remark or its keys.
func (h *Host) Draw() string {
	if h.Width < leastWidth || h.Height < leastHeight {
		return kit.Box("", h.Width, h.Height)
	}
	top := h.Top()
	body := kit.Box(top.View(h.Width, h.Height-2), h.Width, h.Height-2)
	var head []string
	if s, ok := top.(kit.Titled); ok {
		head = append(head, s.Title())
	}
	if s, ok := top.(kit.Placed); ok {
		head = append(head, s.Place())
	}
	if s, ok := top.(kit.Summed); ok {
		head = append(head, s.Summary())
	}
	foot := " " + h.Flashed
	if h.Flashed == "" {
		for _, b := range top.Keys() {
			foot += b.Help().Key + " " + b.Help().Desc + "  "
		}
	}
	return kit.Fit(" "+strings.Join(head, "  "), h.Width) + "\n" + body + "\n" + kit.Fit(foot, h.Width)
}

// Text is what is drawn, without colours.
func (h *Host) Text() string { return ansi.Strip(h.Draw()) }

// Press is a key by its name; a name that no key has is a mistake of the test.
func Press(name string) tea.KeyPressMsg {
	msg, ok := kit.PressNamed(name)
	if !ok {
		panic("no key is called " + name)
	}
	return msg
}

// Heights are those that screens are tried at: all of small ones, where they change what they show, and some of the others.
func Heights() []int {
	all := []int{28, 32, 36, 43, 50}
	for h := 1; h <= 25; h++ {
		all = append(all, h)
	}
	return all
}

// CheckEverySize draws a screen at every width at which App does: it may neither panic, nor draw outside its cells.
func CheckEverySize(t *testing.T, s kit.Screen) {
	t.Helper()
	for width := leastWidth; width <= 160; width++ {
		for _, height := range Heights() {
			if height < leastHeight-2 {
				continue
			}
			CheckFrame(t, kit.Box(s.View(width, height), width, height), width, height)
		}
	}
}

// CheckFrame holds that a frame has exactly so many cells.
func CheckFrame(t testing.TB, frame string, width, height int) {
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

// CheckPresses holds that what the palette presses for a key is taken for it: of every key that a map declares, but for those that it embeds.
func CheckPresses(t *testing.T, keyMap any) {
	t.Helper()
	keys := reflect.ValueOf(keyMap)
	for i := range keys.NumField() {
		if keys.Type().Field(i).Anonymous {
			continue // those in common
		}
		b, ok := keys.Field(i).Interface().(key.Binding)
		if !ok {
			t.Fatalf("%s is no key", keys.Type().Field(i).Name)
		}
		b.SetEnabled(true)
		if !key.Matches(kit.PressOf(b), b) {
			t.Errorf("%s: a press of %q is not taken for it", keys.Type().Field(i).Name, b.Keys())
		}
	}
}

// SomeRows are pods in every condition, with one very long name.
func SomeRows() []lists.PodRow {
	var rows []lists.PodRow
	for i, status := range []string{"Running", "CrashLoopBackOff", "Init:0/1", "Completed", "Pending", "Running", "ImagePullBackOff"} {
		rows = append(rows, lists.PodRow{
			PodKey: kube.PodKey{Namespace: "shop", Name: fmt.Sprintf("pod-%d", i)}, Ready: "1/1", Status: status,
			Restarts: i, Created: Noon().Add(-time.Duration(i) * time.Hour), Node: "node-1",
		})
	}
	rows[5].Ready = "0/1"
	rows[6].Name = strings.Repeat("very-long-name-", 16)
	return rows
}

// ManyRows are n pods as large clusters have them: most are well.
func ManyRows(n int) []lists.PodRow {
	random := rand.New(rand.NewPCG(1, 2))
	statuses := []string{"CrashLoopBackOff", "ImagePullBackOff", "Pending", "Completed", "OOMKilled"}
	rows := make([]lists.PodRow, n)
	for i := range rows {
		r := &rows[i]
		r.Name = fmt.Sprintf("%s-%s-%08x-%05x", []string{"web", "checkout", "payments", "cart"}[i%4], []string{"api", "worker", "cache"}[i%3], i/20, random.IntN(1<<20))
		r.Namespace = fmt.Sprintf("team-%02d", i%50)
		r.Ready, r.Status, r.Node = "1/1", "Running", fmt.Sprintf("node-%03d", random.IntN(300))
		r.Created = Noon().Add(-time.Duration(random.IntN(90*24)) * time.Hour)
		if random.IntN(40) == 0 {
			r.Ready, r.Status, r.Restarts = "0/1", statuses[random.IntN(len(statuses))], random.IntN(40)
			r.LastExit = Noon().Add(-time.Duration(random.IntN(300)) * time.Second)
		}
	}
	return rows
}
