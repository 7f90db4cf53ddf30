package tui

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func podsOf(t *testing.T, a *App) *podsScreen {
	t.Helper()
	s, ok := a.stack[0].(*podsScreen)
	if !ok {
		t.Fatal("the first screen is not the pods")
	}
	return s
}

func typeText(t *testing.T, a *App, text string) {
	t.Helper()
	for _, r := range text {
		a.do(t, press(string(r)))
	}
}

// A name on the command line is looked for among all pods, also where the list was narrowed the last time.
func TestNameIsLookedForAmongAll(t *testing.T) {
	k := testApp(t).services
	context := testApp(t).cluster.Context
	k.memory.KeepView(context, View{OnlySick: true, Order: "name"})
	_, cluster := testCluster(t, "http://127.0.0.1:1")
	a := newApp(t.Context(), k, Options{Cluster: cluster, Namespace: "shop", Pod: "pod-"}, nil)
	a.width, a.height = 80, 24
	s := podsOf(t, a)
	if s.query != (kube.PodQuery{Namespace: "shop"}) || s.list.sort != byName {
		t.Errorf("asks for %+v, in order of %v", s.query, s.list.sort)
	}
	a.feed(t, kube.PodsUpdate{Reset: true, Rows: someRows()})
	if a.top() != kit.Screen(s) || s.list.len() != 6 {
		t.Errorf("%d pods are found, on top is a %T", s.list.len(), a.top())
	}
	if v := a.memory.View(context); !v.OnlySick {
		t.Errorf("what was looked at last is forgotten: %+v", v)
	}
}

// A selector that the API server would refuse stays in the line to be corrected, with the place. It is not asked for.
func TestSelectorToBeCorrected(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, kube.PodsUpdate{Reset: true, Rows: someRows()})
	s := podsOf(t, a)
	a.do(t, press("/"))
	typeText(t, a, "-l app in (b")
	a.do(t, press("enter"))
	if !s.Typing() || s.query.Selector != "" {
		t.Errorf("typing %v, asks for %+v", s.Typing(), s.query)
	}
	frame := ansi.Strip(a.draw())
	lines := strings.Split(frame, "\n")
	if len(lines) != 24 || !strings.HasPrefix(lines[20], " / -l app in (b") || strings.TrimRight(lines[21], " ") != "               ^" || !strings.Contains(lines[22], `✗ ")" is missing: close the list`) {
		t.Errorf("not told:\n%s", frame)
	}
	typeText(t, a, ")") // goes on where it was
	if frame := ansi.Strip(a.draw()); strings.Contains(frame, "is missing") {
		t.Errorf("still told:\n%s", frame)
	}
	a.do(t, press("enter"))
	if s.Typing() || s.query.Selector != "app in (b)" {
		t.Errorf("typing %v, asks for %+v", s.Typing(), s.query)
	}
}

// What was typed to filter a list is for this list: another namespace, another context and another start show all. How the list is
// ordered, and whether only sick pods are shown, stays.
func TestFilterIsForOneList(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, kube.PodsUpdate{Reset: true, Rows: someRows()})
	for _, line := range []string{"web", "-l app=web", "status:crash"} {
		a.do(t, press("/"))
		typeText(t, a, line)
		a.do(t, press("enter"))
	}
	a.do(t, press("o"))
	again := newApp(t.Context(), a.services, Options{Cluster: a.cluster, Namespace: "other"}, nil)
	a.do(t, kit.OpenPods{Cluster: a.cluster, Namespace: "other"})
	for _, s := range []*podsScreen{podsOf(t, again), podsOf(t, a)} {
		if s.filter.Text() != "" || s.query != (kube.PodQuery{Namespace: "other"}) || len(s.list.filter.terms) > 0 {
			t.Errorf("it is filtered by %q, and asked for %+v", s.filter.Text(), s.query)
		}
		if s.list.sort == byNeed {
			t.Error("the order is forgotten")
		}
	}
}

// The key that filters takes a new filter: text replaces what stands there, and the keys for editing edit it.
func TestFilterReplacesOrEdits(t *testing.T) {
	for keys, want := range map[string]string{
		"n e w": "new", "left x": "webx1", "backspace": "web", "end x": "web1x", "space": " ", "enter": "web1", "esc": "", "home x": "xweb1", "ctrl+w": "",
	} {
		a := testApp(t)
		a.width, a.height = 80, 24
		a.feed(t, kube.PodsUpdate{Reset: true, Rows: someRows()})
		s := podsOf(t, a)
		a.do(t, press("/"))
		typeText(t, a, "web1")
		a.do(t, press("enter"), press("/"))
		for name := range strings.FieldsSeq(keys) {
			a.do(t, press(name))
		}
		if got := s.filter.Text(); got != want {
			t.Errorf("/ and %s: %q, want %q", keys, got, want)
		}
	}
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, kube.PodsUpdate{Reset: true, Rows: someRows()})
	a.do(t, press("/"))
	typeText(t, a, "web")
	a.do(t, press("enter"), press("/"), tea.PasteMsg{Content: "cart"})
	if got := podsOf(t, a).filter.Text(); got != "cart" {
		t.Errorf("a paste makes %q", got)
	}
}

// That a list is narrowed, and how much, is told in every terminal, with the key that ends it.
func TestNarrowedIsTold(t *testing.T) {
	for _, width := range []int{36, 40, 80} {
		a := testApp(t)
		a.width, a.height = width, 12
		a.feed(t, kube.PodsUpdate{Reset: true, Rows: someRows()})
		a.do(t, press("/"))
		typeText(t, a, "pod- status:back node:node-1 ns:shop")
		a.do(t, press("enter"), press("!"))
		lines := strings.Split(ansi.Strip(a.draw()), "\n")
		if told := lines[len(lines)-2]; !strings.HasPrefix(told, " only sick · / pod-") || !strings.HasSuffix(told, "  1 of 7 ") {
			t.Errorf("%d wide: %q", width, told)
		}
		if keys := lines[len(lines)-1]; !strings.Contains(keys, "esc clear") {
			t.Errorf("%d wide: the footer is %q", width, keys)
		}
		a.do(t, press("esc"))
		if s := podsOf(t, a); s.list.len() != 7 || strings.Contains(ansi.Strip(a.draw()), "only sick ·") {
			t.Errorf("%d wide: %d pods after esc", width, s.list.len())
		}
	}
}

// While a list is read once more, the old one is shown: the cursor does not leave its pod because that comes late.
func TestListReadOnceMore(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	var rows []kube.PodRow
	for i := range 200 {
		rows = append(rows, kube.PodRow{PodKey: kube.PodKey{Namespace: "shop", Name: fmt.Sprintf("pod-%03d", i)}, Ready: "1/1", Status: "Running", Created: noon})
	}
	a.feed(t, kube.PodsUpdate{Reset: true, Rows: rows})
	a.do(t, press("G"))
	s := podsOf(t, a)
	a.do(t, press("r"))
	a.feed(t, kube.PodsUpdate{Reset: true, More: true, Rows: rows[:100]})
	if len(s.list.all) != 200 || s.chosen.Name != "pod-199" {
		t.Errorf("halfway there are %d pods, the cursor is on %s", len(s.list.all), s.chosen.Name)
	}
	a.feed(t, kube.PodsUpdate{Trouble: errors.New("broke off")})
	if len(s.list.all) != 200 || s.trouble == nil {
		t.Errorf("broken off, there are %d pods, trouble %v", len(s.list.all), s.trouble)
	}
	a.feed(t, kube.PodsUpdate{Reset: true, More: true, Rows: rows[50:100]})
	a.feed(t, kube.PodsUpdate{Rows: rows[100:]})
	if len(s.list.all) != 150 || s.chosen.Name != "pod-199" || s.partial || s.trouble != nil {
		t.Errorf("whole, there are %d pods, the cursor is on %s; partial %v, trouble %v", len(s.list.all), s.chosen.Name, s.partial, s.trouble)
	}
}

// Who may not list the namespaces is offered that of the context.
func TestNamespacesForbidden(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"namespaces is forbidden"}`))
	}))
	t.Cleanup(server.Close)
	a := testApp(t)
	a.width, a.height = 80, 24
	_, cluster := testCluster(t, server.URL)
	cluster.Namespace = "shop"
	a.do(t, kit.OpenPods{Cluster: cluster, Namespace: ""})
	a.do(t, press("n"))
	p, ok := a.top().(*kit.Picker)
	if !ok {
		t.Fatalf("n opens a %T", a.top())
	}
	a.do(t, p.Load())
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "namespaces is forbidden") || !strings.Contains(frame, "▸  shop") {
		t.Errorf("not offered:\n%s", frame)
	}
	a.do(t, tea.KeyPressMsg{Code: tea.KeyEnter})
	if a.namespace != "shop" || len(a.stack) != 1 {
		t.Errorf("↵ leads to %q, %d screens", a.namespace, len(a.stack))
	}
}

// A server that does not answer is not the same as one that has just been asked.
func TestSlowServerIsTold(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "Reading the pods…") {
		t.Errorf("at first:\n%s", frame)
	}
	a.Now = func() time.Time { return noon.Add(12 * time.Second) }
	a.do(t, kit.Tick{})
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "Reading the pods, for 12s now…") {
		t.Errorf("later:\n%s", frame)
	}
}

// Mistakes in a person's files are counted, and none is cut off without a word where the rest is: the help has all of them whole.
func TestMistakesAreTold(t *testing.T) {
	long := "config.yaml: line 3: unknown key \"refuseProfile\": did you mean \"refuseProfiles\"? " + strings.Repeat("and more ", 5) + "to the end"
	for _, test := range []struct {
		notices []string
		want    string
	}{
		{[]string{"first.yaml: wrong"}, " first.yaml: wrong"},
		{[]string{"first.yaml: wrong", "second.yaml: wrong"}, " 2 mistakes in your files: first.yaml: wrong  ? shows all"},
		{[]string{long}, " " + long[:65] + "…  ? shows all"},
	} {
		k := testApp(t).services
		k.notices = test.notices
		_, cluster := testCluster(t, "http://127.0.0.1:1")
		a := newApp(t.Context(), k, Options{Cluster: cluster, Namespace: "shop"}, nil)
		a.width, a.height = 80, 24
		lines := strings.Split(ansi.Strip(a.draw()), "\n")
		if got := strings.TrimRight(lines[23], " "); got != test.want {
			t.Errorf("told is %q, want %q", got, test.want)
		}
		a.do(t, press("?"))
		frame := strings.Join(strings.Fields(ansi.Strip(a.draw())), " ")
		for _, notice := range test.notices {
			if !strings.Contains(frame, strings.Join(strings.Fields(notice), " ")) {
				t.Errorf("the help does not have %q:\n%s", notice, frame)
			}
		}
	}
}
