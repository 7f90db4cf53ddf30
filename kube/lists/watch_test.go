package lists

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// news is an update in short: "reset a=Running b=Running", "b=Pending", "gone a", "fresh", "trouble …".
func news(u PodsUpdate) string {
	var words []string
	if u.Reset {
		words = append(words, "reset")
	}
	for _, r := range u.Rows {
		words = append(words, r.Name+"="+r.Status)
	}
	for _, k := range u.Gone {
		words = append(words, "gone "+k.Namespace+"/"+k.Name)
	}
	if u.Trouble != nil {
		words = append(words, "trouble "+u.Trouble.Error())
	}
	if len(words) == 0 {
		return "fresh"
	}
	return strings.Join(words, " ")
}

func wantNews(t *testing.T, updates <-chan PodsUpdate, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := news(apitest.Receive(t, updates, w)); got != w {
			t.Fatalf("the news is %q, want %q", got, w)
		}
	}
}

func TestWatchPods(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	cluster, requests := kubetest.Converse(t)
	updates := WatchPods(ctx, cluster, PodQuery{Namespace: "shop"})

	list := apitest.TakeList(t, requests, "783", bare("web", "Running"), bare("db", "Pending"))
	if list.URL.Path != "/api/v1/namespaces/shop/pods" || list.Header.Get("Accept") != "application/json;as=Table;v=v1;g=meta.k8s.io" {
		t.Errorf("the list is asked for as %s, %s", list.URL.Path, list.Header.Get("Accept"))
	}
	if diff := cmp.Diff(url.Values{"includeObject": {"None"}, "resourceVersion": {"0"}}, list.URL.Query()); diff != "" {
		t.Errorf("query of the list (- want, + got):\n%s", diff)
	}
	wantNews(t, updates, "reset web=Running db=Pending")

	watch := apitest.TakeWatch(t, requests, "783")
	if q := watch.URL.Query(); q.Get("includeObject") != "None" || q.Get("allowWatchBookmarks") != "true" || q.Get("timeoutSeconds") == "" {
		t.Errorf("the watch is asked for as %s", watch.URL)
	}
	wantNews(t, updates, "fresh")
	watch.Event(t, "ADDED", apitest.PodTable("784", apitest.PodColumns, bare("job", "ContainerCreating")))
	wantNews(t, updates, "job=ContainerCreating")
	// Later events come without the definitions of the columns.
	watch.Event(t, "MODIFIED", apitest.PodTable("785", "null", bare("db", "Running")))
	wantNews(t, updates, "db=Running")
	watch.Event(t, "DELETED", apitest.PodTable("786", "null", bare("web", "Terminating")))
	wantNews(t, updates, "gone shop/web")
	watch.Event(t, "BOOKMARK", apitest.PodTable("900", "null", bare("", "")))

	// The server ends every watch after some minutes: it goes on from where it was, the bookmark included, without a list.
	watch.Finish(t)
	watch = apitest.TakeWatch(t, requests, "900")
	wantNews(t, updates, "fresh")
	watch.Event(t, "MODIFIED", apitest.PodTable("901", apitest.PodColumns, bare("db", "Completed")))
	wantNews(t, updates, "db=Completed")

	stop()
	apitest.Drained(t, updates)
}

// Over all namespaces the rows bring their metadata, which tells them apart.
func TestWatchAllNamespaces(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	updates := WatchPods(t.Context(), cluster, PodQuery{})
	list := apitest.TakeList(t, requests, "1", `{"cells":["web","1/1","Running","0","5m","","","",""],
		"object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"web","namespace":"prod","creationTimestamp":"2026-03-01T11:50:39Z"}}}`)
	if list.URL.Path != "/api/v1/pods" || list.URL.Query().Get("includeObject") != "Metadata" {
		t.Errorf("the list is asked for as %s", list.URL)
	}
	row := apitest.Receive(t, updates, "the list").Rows[0]
	if row.PodKey != (kube.PodKey{Namespace: "prod", Name: "web"}) || row.Created.UTC().Format(time.RFC3339) != "2026-03-01T11:50:39Z" {
		t.Errorf("the row is %+v", row)
	}
}

// A version that the server no longer has is no trouble: there is a new list.
func TestWatchTooOld(t *testing.T) {
	expired := apitest.RefusalStatus(http.StatusGone, metav1.StatusReasonExpired, "too old resource version: 1 (316)", nil)
	for name, end := range map[string]func(*testing.T, *apitest.Exchange){
		"as an event": func(t *testing.T, x *apitest.Exchange) {
			x.Event(t, "ERROR", expired)
			x.Finish(t)
		},
		"as a status": func(t *testing.T, x *apitest.Exchange) { x.Reply(t, http.StatusGone, expired) },
		"as a bare status": func(t *testing.T, x *apitest.Exchange) {
			http.Error(x.W, "gone", http.StatusGone)
			x.Finish(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, requests := kubetest.Converse(t)
			updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
			apitest.TakeList(t, requests, "1", bare("web", "Running"))
			wantNews(t, updates, "reset web=Running")
			watch := apitest.Receive(t, requests, "the watch")
			end(t, watch)
			list := apitest.TakeList(t, requests, "316", bare("db", "Running"))
			if list.URL.Query().Has("resourceVersion") {
				t.Errorf("the new list may come from a cache: %s", list.URL)
			}
			if got := news(apitest.Receive(t, updates, "the new list")); got == "fresh" {
				wantNews(t, updates, "reset db=Running")
			} else if got != "reset db=Running" {
				t.Errorf("the news is %q", got)
			}
			apitest.TakeWatch(t, requests, "316")
		})
	}
}

// A server that restarts: the screen learns that what it shows grows old, and gets a new list when it is back.
func TestWatchSurvivesRestart(t *testing.T) {
	requests := make(chan *apitest.Exchange)
	listener := apitest.Listen(t, "127.0.0.1:0")
	server := httptest.Server{Listener: listener, Config: &http.Server{Handler: apitest.Conversation(t, requests)}}
	server.Start()
	cluster := kubetest.OpenAt(t, server.URL)
	ctx, stop := context.WithCancel(t.Context())
	updates := WatchPods(ctx, cluster, PodQuery{Namespace: "shop"})

	apitest.TakeList(t, requests, "1", bare("web", "Running"))
	watch := apitest.TakeWatch(t, requests, "1")
	wantNews(t, updates, "reset web=Running", "fresh")

	_ = listener.Close() // before its connections, or the client would be back at once
	server.CloseClientConnections()
	watch.Finish(t)
	server.Close()
	refused := "trouble list pods in shop: nothing answers at " + server.URL
	for {
		got := news(apitest.Receive(t, updates, "trouble"))
		if got == refused {
			break
		}
		// The stream breaks before the server is gone for good.
		if !strings.HasPrefix(got, "trouble list pods in shop: the connection to ") && got != "fresh" {
			t.Fatalf("the news is %q", got)
		}
	}

	again := httptest.Server{Listener: apitest.Listen(t, listener.Addr().String()), Config: &http.Server{Handler: apitest.Conversation(t, requests)}}
	again.Start()
	t.Cleanup(again.Close)
	t.Cleanup(again.CloseClientConnections)
	apitest.TakeList(t, requests, "7", bare("web", "Running"), bare("db", "Running"))
	for {
		got := news(apitest.Receive(t, updates, "the new list"))
		if got == "reset web=Running db=Running" {
			break
		}
		if got != refused {
			t.Fatalf("the news is %q", got)
		}
	}
	apitest.TakeWatch(t, requests, "7")
	wantNews(t, updates, "fresh")
	stop()
	apitest.Drained(t, updates)
}

// What a broken stream or a confused server sends is trouble and a new list, never a wrong row.
func TestWatchBreaks(t *testing.T) {
	const broke = "trouble list pods in shop: the connection to "
	tests := []struct {
		name    string
		answer  func(*testing.T, *apitest.Exchange)
		trouble string
	}{
		{"half an event", func(t *testing.T, x *apitest.Exchange) {
			x.Line(t, `{"type":"ADDED","object":{"kind":"Table","metadata":{"resourceVersion":"2"},"rows":[{"cells":["we`)
			x.Finish(t)
		}, broke},
		{"a broken connection", func(t *testing.T, x *apitest.Exchange) { x.Sever(t) }, broke},
		{"no JSON", func(t *testing.T, x *apitest.Exchange) {
			x.Line(t, "<html>\x1b[31m")
			x.Finish(t)
		}, "trouble list pods in shop: the server at "},
		{"no table", func(t *testing.T, x *apitest.Exchange) {
			x.Event(t, "ADDED", []string{"web"})
			x.Finish(t)
		}, "trouble list pods in shop: read a change of a pod: "},
		{"an error of the server", func(t *testing.T, x *apitest.Exchange) {
			x.Event(t, "ERROR", apitest.RefusalStatus(http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is\nunwell", nil))
			x.Finish(t)
		}, "trouble list pods in shop: etcd is unwell"},
		{"an error that is none", func(t *testing.T, x *apitest.Exchange) {
			x.Event(t, "ERROR", "oops")
			x.Finish(t)
		}, "trouble list pods in shop: read the watch's error: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cluster, requests := kubetest.Converse(t)
			updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
			apitest.TakeList(t, requests, "1", bare("web", "Running"))
			watch := apitest.TakeWatch(t, requests, "1")
			wantNews(t, updates, "reset web=Running", "fresh")
			tt.answer(t, watch)
			if got := news(apitest.Receive(t, updates, "trouble")); !strings.HasPrefix(got, tt.trouble) || got != kube.Sanitize(got) {
				t.Errorf("the news is %q, want %q", got, tt.trouble)
			}
			apitest.TakeList(t, requests, "5", bare("db", "Running"))
			wantNews(t, updates, "reset db=Running")
		})
	}
}

// A list that is refused or that is no table is trouble; it is asked for again.
func TestListFails(t *testing.T) {
	tests := []struct {
		name    string
		answer  func(http.ResponseWriter)
		trouble string
		hint    bool
	}{
		{"forbidden", func(w http.ResponseWriter) {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `pods is forbidden: User "viewer" cannot list resource "pods" in API group "" in the namespace "shop"`, nil)
		}, `trouble list pods in shop: pods is forbidden: User "viewer" cannot list resource "pods"`, true},
		{"unauthorized", func(w http.ResponseWriter) {
			apitest.Refuse(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized", nil)
		}, "trouble list pods in shop: the cluster does not accept your credentials", true},
		{"too many requests", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3600")
			apitest.Refuse(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "slow down", nil)
		}, "trouble list pods in shop: the API server is overloaded or starting: slow down", true},
		{"another kind", func(w http.ResponseWriter) {
			apitest.Answer(w, http.StatusOK, map[string]any{"kind": "PodList", "apiVersion": "v1", "items": []any{}})
		}, `trouble list pods in shop: the API server answered with a "PodList" instead of a table`, false},
		{"no JSON", func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) }, "trouble list pods in shop: the server at ", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cluster, requests := kubetest.Converse(t)
			updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
			x := apitest.Receive(t, requests, "the list")
			tt.answer(x.W)
			x.Finish(t)
			update := apitest.Receive(t, updates, "trouble")
			if got := news(update); !strings.HasPrefix(got, tt.trouble) {
				t.Errorf("the news is %q, want %q", got, tt.trouble)
			}
			if p := kube.Explain(update.Trouble); tt.hint != (p.Hint != "") {
				t.Errorf("the hint is %q", p.Hint)
			}
			apitest.TakeList(t, requests, "1", bare("web", "Running"))
			wantNews(t, updates, "reset web=Running")
		})
	}
}

// A server that drops every connection is told at once, not after ten silent attempts.
func TestDroppedConnectionsAreTold(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
	drop := func() {
		t.Helper()
		for drops := 1; ; drops++ {
			select {
			case x := <-requests:
				x.Sever(t)
			case u := <-updates:
				if got := news(u); !strings.HasPrefix(got, "trouble list pods in shop: the connection to ") {
					t.Fatalf("the news is %q", got)
				}
				// Go's own client asks twice when the connection had been used before.
				if drops > 3 {
					t.Errorf("%d connections were dropped until it was told", drops)
				}
				return
			case <-time.After(apitest.Stuck):
				t.Fatal("nothing is told")
			}
		}
	}
	drop()
	apitest.TakeList(t, requests, "1")
	wantNews(t, updates, "reset")
	drop()
}

// A list that is not answered ends with --request-timeout.
func TestListTimesOut(t *testing.T) {
	requests := make(chan *apitest.Exchange)
	server := apitest.Serve(t, apitest.Conversation(t, requests))
	cluster, err := kube.New("test", "shop", &rest.Config{Host: server, Timeout: 20 * time.Millisecond}, kube.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	updates := WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop"})
	apitest.Receive(t, requests, "the list")
	update := apitest.Receive(t, updates, "trouble")
	if got := news(update); !strings.HasPrefix(got, "trouble list pods in shop: no answer from http://") || !errors.Is(update.Trouble, context.DeadlineExceeded) {
		t.Errorf("the news is %q: %#v", got, update.Trouble)
	}
}

// When the context ends the channel is closed and no goroutine is left, whatever the watch was doing.
func TestWatchLeavesNothing(t *testing.T) {
	for name, reach := range map[string]func(*testing.T, <-chan *apitest.Exchange, <-chan PodsUpdate){
		"in the list": func(t *testing.T, requests <-chan *apitest.Exchange, _ <-chan PodsUpdate) {
			apitest.Receive(t, requests, "the list")
		},
		"in the watch": func(t *testing.T, requests <-chan *apitest.Exchange, _ <-chan PodsUpdate) {
			apitest.TakeList(t, requests, "1")
			apitest.TakeWatch(t, requests, "1")
		},
		"when nobody receives": func(t *testing.T, requests <-chan *apitest.Exchange, updates <-chan PodsUpdate) {
			apitest.TakeList(t, requests, "1")
			watch := apitest.TakeWatch(t, requests, "1")
			for range cap(updates) + 10 {
				watch.Event(t, "MODIFIED", apitest.PodTable("2", apitest.PodColumns, bare("web", "Running")))
			}
			for deadline := time.Now().Add(apitest.Stuck); len(updates) < cap(updates); runtime.Gosched() {
				if time.Now().After(deadline) {
					t.Fatal("the channel does not fill")
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			cluster, requests := kubetest.Converse(t)
			updates := WatchPods(ctx, cluster, PodQuery{Namespace: "shop"})
			reach(t, requests, updates)
			stop()
			apitest.GoroutinesEnd(t, "kube.Keep", "kube.(*podList)")
			apitest.Drained(t, updates)
		})
	}
}

// The API server selects the pods of a node, in lists and in watches.
func TestWatchPodsOfANode(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	updates := WatchPods(t.Context(), cluster, PodQuery{Node: "n-1"})
	list := apitest.TakeList(t, requests, "1", apitest.WithMetadata("prod", "web"))
	if got := list.URL.Query().Get("fieldSelector"); got != "spec.nodeName=n-1" || list.URL.Path != "/api/v1/pods" {
		t.Errorf("the list is asked for as %s", list.URL)
	}
	wantNews(t, updates, "reset web=Running")
	if watch := apitest.TakeWatch(t, requests, "1"); watch.URL.Query().Get("fieldSelector") != "spec.nodeName=n-1" {
		t.Errorf("the watch is asked for as %s", watch.URL)
	}
}
