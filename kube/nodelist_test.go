package kube

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// nodesTable is a table of nodes as a server of 1.34 prints it, of words such as "n-1 NotReady 5m".
func nodesTable(nodes ...string) []byte {
	const columns = `[{"name":"Name"},{"name":"Status"},{"name":"Roles"},{"name":"Age"},{"name":"Version"},{"name":"Internal-IP"}]`
	rows := make([]string, len(nodes))
	for i, node := range nodes {
		words := strings.Fields(node)
		rows[i] = `{"cells":["` + words[0] + `","` + words[1] + `","<none>","` + words[2] + `","v1.34.4","10.0.0.1"],"object":null}`
	}
	return podTable("9", columns, rows...)
}

func TestLostNodes(t *testing.T) {
	var lists [][]string
	cluster := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	cluster := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		refuse(w, http.StatusForbidden, "Forbidden", "nodes is forbidden", nil)
	}))
	select {
	case lost, open := <-cluster.WatchLostNodes(t.Context()):
		if open {
			t.Errorf("lost are %v", lost)
		}
	case <-time.After(stuck):
		t.Fatal("the channel stays open")
	}
	if len(asked) != 1 {
		t.Errorf("asked %d times", len(asked))
	}
}

func TestLostNodesAreSent(t *testing.T) {
	cluster, requests := converse(t)
	lost := cluster.WatchLostNodes(t.Context())
	x := receive(t, requests, "the list")
	x.w.Header().Set("Content-Type", "application/json")
	x.line(t, string(nodesTable("n-1 Ready 5d", "n-2 NotReady 5d")))
	x.finish(t)
	if got := receive(t, lost, "the lost nodes"); !maps.Equal(got, map[string]bool{"n-2": true}) {
		t.Errorf("lost are %v", got)
	}
}
