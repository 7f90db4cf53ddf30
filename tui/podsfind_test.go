package tui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
)

// A name on the command line is looked for among all pods, also where the list was narrowed the last time.
func TestNameIsLookedForAmongAll(t *testing.T) {
	k := testApp(t).services
	context := testApp(t).cluster.Context
	k.memory.KeepView(context, podlist.View{OnlySick: true, Order: "name"})
	_, cluster := testCluster(t, "http://127.0.0.1:1")
	a := newApp(t.Context(), k, Options{Cluster: cluster, Namespace: "shop", Pod: "pod-"}, nil)
	a.width, a.height = 80, 24
	list := a.stack[0]
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	if frame := ansi.Strip(a.draw()); a.top() != list || !strings.Contains(frame, "6 of 7") || !strings.Contains(frame, "NAME ▾") || strings.Contains(frame, "only sick ·") {
		t.Errorf("on top is a %T:\n%s", a.top(), frame)
	}
	if v := a.memory.View(context); !v.OnlySick {
		t.Errorf("what was looked at last is forgotten: %+v", v)
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
