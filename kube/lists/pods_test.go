package lists

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// rowsOf is n rows of bare pods.
func rowsOf(n int, prefix string) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = bare(fmt.Sprintf("%s-%d", prefix, i), "Running")
	}
	return rows
}

// gather takes updates up to the end of a list.
func gather(t *testing.T, updates <-chan PodsUpdate) (rows []PodRow, portions int) {
	t.Helper()
	for {
		u := apitest.Receive(t, updates, "more of the list")
		if u.Trouble != nil {
			t.Fatal(u.Trouble)
		}
		if u.Reset {
			rows = nil
		}
		rows = append(rows, u.Rows...)
		portions++
		if !u.More {
			return rows, portions
		}
	}
}

// The first rows of a long list are there before the list has ended: the server here does not end it until they are.
func TestFirstRowsComeFirst(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
	x := apitest.Receive(t, requests, "the list")
	whole := string(apitest.PodTable("7", apitest.PodColumns, rowsOf(firstRows+50, "web")...))
	half := strings.Index(whole, `["web-`+fmt.Sprint(firstRows+10)+`"`)
	x.W.Header().Set("Content-Type", "application/json")
	x.Line(t, whole[:half])
	first := apitest.Receive(t, updates, "the first rows")
	if !first.Reset || !first.More || len(first.Rows) != firstRows {
		t.Fatalf("first come %d rows, reset %t, more %t", len(first.Rows), first.Reset, first.More)
	}
	x.Line(t, whole[half:])
	x.Finish(t)
	rest, _ := gather(t, updates)
	if len(rest) != 50 {
		t.Errorf("then come %d rows", len(rest))
	}
}

// Half a table is half a list, with trouble; the new list replaces it in one piece.
func TestHalfATable(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
	x := apitest.Receive(t, requests, "the list")
	whole := string(apitest.PodTable("7", apitest.PodColumns, rowsOf(3, "web")...))
	half, _, _ := strings.Cut(whole, `["web-2"`)
	x.Line(t, half)
	x.Sever(t)
	first := apitest.Receive(t, updates, "the rows that came")
	if got := news(first); got != "reset web-0=Running web-1=Running" || !first.More {
		t.Errorf("news %q, more %t", got, first.More)
	}
	if got := news(apitest.Receive(t, updates, "trouble")); !strings.HasPrefix(got, "trouble list pods in shop: the connection to ") {
		t.Errorf("news %q", got)
	}
	apitest.TakeList(t, requests, "8", rowsOf(firstRows+1, "web")...)
	rows, portions := gather(t, updates)
	if len(rows) != firstRows+1 || portions != 1 {
		t.Errorf("%d rows in %d portions", len(rows), portions)
	}
}

// everywhere is an API server with many pods in some namespaces, which notes what it is asked.
type everywhere struct {
	mu        sync.Mutex
	asked     []string
	forbidden bool // to list namespaces
	left      int
}

func (e *everywhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	q := r.URL.Query()
	if q.Get("watch") != "" {
		e.asked = append(e.asked, "watch from "+q.Get("resourceVersion"))
		w.WriteHeader(http.StatusOK)
		return
	}
	e.asked = append(e.asked, strings.TrimSuffix(r.URL.Path+" "+q.Get("continue"), " "))
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/api/v1/namespaces" && e.forbidden:
		apitest.Refuse(w, http.StatusForbidden, "Forbidden", "you may not", nil)
	case r.URL.Path == "/api/v1/namespaces":
		_, _ = fmt.Fprint(w, `{"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}`)
	case r.URL.Path == "/api/v1/pods" && q.Get("continue") == "" && e.left > 0:
		page := string(apitest.PodTable("40", apitest.PodColumns, apitest.WithMetadata("a", "one")))
		_, _ = fmt.Fprint(w, strings.Replace(page, `"40"`, fmt.Sprintf(`"40","continue":"next","remainingItemCount":%d`, e.left), 1))
	case r.URL.Path == "/api/v1/pods":
		_, _ = w.Write(apitest.PodTable("40", apitest.PodColumns, apitest.WithMetadata("b", "two")))
	case strings.HasPrefix(r.URL.Path, "/api/v1/namespaces/") && q.Get("resourceVersion") == "0" && q.Get("includeObject") == "None":
		_, _ = w.Write(apitest.PodTable(map[string]string{"a": "45", "b": "38"}[strings.Split(r.URL.Path, "/")[4]], apitest.PodColumns, rowsOf(30, strings.Split(r.URL.Path, "/")[4])...))
	default:
		http.NotFound(w, r)
	}
}

// Over all namespaces the first page tells how many pods there are. Few more: page by page. Many: namespace by namespace, which is
// asked for less. Then the watch begins with the oldest of the answers.
func TestEverywhere(t *testing.T) {
	for _, tt := range []struct {
		name      string
		api       *everywhere
		NoRetries []string
		rows      []string // some
		count     int
	}{
		{"one page", &everywhere{}, []string{"/api/v1/pods", "watch from 40"}, []string{"b/two"}, 1},
		{"few more", &everywhere{left: 5}, []string{"/api/v1/pods", "/api/v1/namespaces", "/api/v1/pods next", "watch from 40"}, []string{"a/one", "b/two"}, 2},
		{
			"many more", &everywhere{left: 500},
			[]string{"/api/v1/pods", "/api/v1/namespaces", "/api/v1/namespaces/a/pods", "/api/v1/namespaces/b/pods", "watch from 38"},
			[]string{"a/one", "a/a-0", "b/b-29"}, 61,
		},
		{
			"without the right to list namespaces", &everywhere{left: 500, forbidden: true},
			[]string{"/api/v1/pods", "/api/v1/namespaces", "/api/v1/pods next", "watch from 40"}, []string{"a/one", "b/two"}, 2,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			updates := WatchPods(t.Context(), kubetest.Serve(t, tt.api), PodQuery{})
			rows, _ := gather(t, updates)
			if len(rows) != tt.count {
				t.Errorf("%d rows, want %d", len(rows), tt.count)
			}
			for _, want := range tt.rows {
				if !slices.ContainsFunc(rows, func(r PodRow) bool { return r.Namespace+"/"+r.Name == want }) {
					t.Errorf("%s is not among %v", want, rows)
				}
			}
			apitest.Receive(t, updates, "the beginning of the watch")
			tt.api.mu.Lock()
			defer tt.api.mu.Unlock()
			asked := slices.Clone(tt.api.asked[:min(len(tt.NoRetries), len(tt.api.asked))])
			slices.Sort(asked[min(2, len(asked)):max(2, len(asked)-1)]) // namespaces side by side
			if !slices.Equal(asked, tt.NoRetries) {
				t.Errorf("asked %q, want %q", asked, tt.NoRetries)
			}
		})
	}
}
