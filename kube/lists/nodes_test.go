package lists

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// nodesTable is a table of nodes as a server of 1.34 prints it, of words such as "n-1 NotReady 5m".
func nodesTable(nodes ...string) []byte {
	const columns = `[{"name":"Name"},{"name":"Status"},{"name":"Roles"},{"name":"Age"},{"name":"Version"},{"name":"Internal-IP"}]`
	rows := make([]string, len(nodes))
	for i, node := range nodes {
		words := strings.Fields(node)
		rows[i] = `{"cells":["` + words[0] + `","` + words[1] + `","<none>","` + words[2] + `","v1.34.4","10.0.0.1"],"object":null}`
	}
	return apitest.PodTable("9", columns, rows...)
}

func TestLostNodes(t *testing.T) {
	var lists [][]string
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.URL.Path != "/api/v1/nodes" || q.Get("includeObject") != "None" || !strings.Contains(r.Header.Get("Accept"), "as=Table") {
			t.Errorf("asked for %s as %s", r.URL, r.Header.Get("Accept"))
		}
		if lists[0] == nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(nodesTable(lists[0]...))
	}))
	l := nodeList{cluster: cluster}
	for _, step := range []struct {
		name    string
		list    []string // nil: no answer
		lost    string
		changed bool
	}{
		{"all are well", []string{"n-1 Ready 5d", "n-2 Ready,SchedulingDisabled 5d"}, "", false},
		{"one is lost", []string{"n-1 NotReady 5d", "n-2 Ready 5d"}, "n-1", true},
		{"no news", []string{"n-1 NotReady 5d", "n-2 Ready 5d"}, "n-1", false},
		{"no answer", nil, "n-1", false},
		{"it is cordoned", []string{"n-1 NotReady,SchedulingDisabled 5d", "n-2 Ready 5d"}, "n-1", false},
		{"another starts", []string{"n-1 Ready 5d", "n-2 Ready 5d", "n-3 NotReady 40s", "n-4 Unknown 2s"}, "", true},
		{"for too long", []string{"n-1 Ready 5d", "n-2 Ready 5d", "n-3 NotReady 2m"}, "n-3 n-4", true},
		{"one is deleted", []string{"n-1 Ready 5d", "n-3 Ready 3m"}, "n-2 n-4", true},
		{"and stays deleted", []string{"n-1 Ready 5d", "n-3 Ready 3m"}, "n-2 n-4", false},
		{"and is made anew", []string{"n-1 Ready 5d", "n-2 Ready 3s", "n-3 Ready 3m", "n-4 Ready 1m"}, "", true},
	} {
		lists = [][]string{step.list}
		changed, err := l.read(t.Context())
		if lost := strings.Join(slices.Sorted(maps.Keys(l.lost)), " "); lost != step.lost || changed != step.changed || (err != nil) != (step.list == nil) {
			t.Errorf("%s: %q are lost, changed %t, %v", step.name, lost, changed, err)
		}
	}
}

// Who may not list nodes is not asked again, and hears nothing of it.
func TestLostNodesForbidden(t *testing.T) {
	asked := make(chan string, 10)
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		apitest.Refuse(w, http.StatusForbidden, "Forbidden", "nodes is forbidden", nil)
	}))
	select {
	case lost, open := <-WatchLostNodes(t.Context(), cluster):
		if open {
			t.Errorf("lost are %v", lost)
		}
	case <-time.After(apitest.Stuck):
		t.Fatal("the channel stays open")
	}
	if len(asked) != 1 {
		t.Errorf("asked %d times", len(asked))
	}
}

func TestLostNodesAreSent(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	lost := WatchLostNodes(t.Context(), cluster)
	x := apitest.Receive(t, requests, "the list")
	x.W.Header().Set("Content-Type", "application/json")
	x.Line(t, string(nodesTable("n-1 Ready 5d", "n-2 NotReady 5d")))
	x.Finish(t)
	if got := apitest.Receive(t, lost, "the lost nodes"); !maps.Equal(got, map[string]bool{"n-2": true}) {
		t.Errorf("lost are %v", got)
	}
}
