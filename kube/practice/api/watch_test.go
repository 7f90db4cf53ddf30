package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// follower reads the events of a watch.
type follower struct {
	lines *bufio.Reader
	body  io.Closer
}

func (c *cluster) follow(t *testing.T, query, accept string) *follower {
	t.Helper()
	response := c.open(t.Context(), t, call{path: "/api/v1/namespaces/shop/pods?watch=1&" + query, accept: accept})
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("watch: %s", response.Status)
	}
	return &follower{bufio.NewReader(response.Body), response.Body}
}

// next waits for an event, and decodes its object.
func (f *follower) next(t *testing.T, object any) string {
	t.Helper()
	line, err := f.lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var event metav1.WatchEvent
	if err := json.Unmarshal(line, &event); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(event.Object.Raw, object); err != nil {
		t.Fatal(err)
	}
	return event.Type
}

func (f *follower) event(t *testing.T) string {
	t.Helper()
	var object metav1.PartialObjectMetadata
	kind := f.next(t, &object)
	return fmt.Sprintf("%s %s %s", kind, object.Name, object.ResourceVersion)
}

// label changes a pod's only label.
func (c *cluster) label(t *testing.T, name, value string) {
	t.Helper()
	_, err := c.store.Update(shopPod(name), func(o store.Object) error {
		o.SetLabels(map[string]string{"app": value})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func shopPod(name string) store.Key {
	return store.Key{Resource: api.Pods(), Namespace: "shop", Name: name}
}

func TestWatch(t *testing.T) {
	c := serve(t, pod("web", "app")) // version 4
	events := c.follow(t, "", "")
	only := c.follow(t, "labelSelector=app%3Dchosen&resourceVersion=4", "")
	c.label(t, "web", "chosen")
	c.label(t, "web", "still")
	far := pod("far", "app")
	far.Namespace = "restricted"
	if err := api.Register(c.store, start, far, pod("new", "app")); err != nil {
		t.Fatal(err)
	}
	if err := c.store.Delete(shopPod("web"), ""); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ADDED web 4", "MODIFIED web 5", "MODIFIED web 6", "ADDED new 8", "DELETED web 9"} {
		if got := events.event(t); got != want {
			t.Errorf("all: %s, want %s", got, want)
		}
	}
	for _, want := range []string{"ADDED web 5", "DELETED web 6"} {
		if got := only.event(t); got != want {
			t.Errorf("chosen: %s, want %s", got, want)
		}
	}
	// A watch from a version replays what has been since.
	again := c.follow(t, "resourceVersion=7", "")
	if got := again.event(t); got != "ADDED new 8" {
		t.Errorf("since 7: %s", got)
	}
}

// TestWatchTable has columns in the first event only, as the real server sends them.
func TestWatchTable(t *testing.T) {
	c := serve(t, pod("web", "app"))
	events := c.follow(t, "includeObject=None", "application/json;as=Table;v=v1;g=meta.k8s.io")
	var first, second metav1.Table
	events.next(t, &first)
	c.label(t, "web", "other")
	if kind := events.next(t, &second); kind != "MODIFIED" {
		t.Errorf("a %s event", kind)
	}
	if len(first.ColumnDefinitions) != 9 || second.ColumnDefinitions != nil {
		t.Errorf("%d and %d columns", len(first.ColumnDefinitions), len(second.ColumnDefinitions))
	}
	if got := fmt.Sprint(second.ResourceVersion, second.Kind, second.Rows[0].Cells[0]); got != "5Tableweb" {
		t.Errorf("the second event is %s", got)
	}
}

func TestWatchExpired(t *testing.T) {
	c := serve(t, pod("web", "app"))
	c.forget(t)
	var status metav1.Status
	kind := c.follow(t, "resourceVersion=4", "").next(t, &status)
	if kind != "ERROR" || status.Code != http.StatusGone || status.Reason != metav1.StatusReasonExpired ||
		!strings.HasPrefix(status.Message, "too old resource version: 4 (") {
		t.Errorf("%s %+v", kind, status)
	}
}

// TestWatchEnds ends watches in all ways: by their time, by the client and by the server. The server's Close waits for them.
func TestWatchEnds(t *testing.T) {
	c := serve(t)
	if a := c.ask(t, call{path: "/api/v1/pods?watch=true&timeoutSeconds=0"}); a.code != http.StatusOK || len(a.body) > 0 {
		t.Errorf("%d %s", a.code, a.body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	byClient := c.open(ctx, t, call{path: "/api/v1/pods?watch=true"})
	defer byClient.Body.Close()
	cancel()
	byServer := c.open(t.Context(), t, call{path: "/api/v1/pods?watch=true"})
	defer byServer.Body.Close()
	c.CloseClientConnections()
	if _, err := io.ReadAll(byServer.Body); err == nil {
		t.Error("the watch ended as if it were complete")
	}
}

// TestBookmarks lets two minutes of a quiet watch pass: it is told the version each minute, if it asks for that.
func TestBookmarks(t *testing.T) {
	for query, want := range map[string]int{"": 0, "&allowWatchBookmarks=true": 2} {
		synctest.Test(t, func(t *testing.T) {
			_, handler := unserved(t, pod("web", "app"))
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/pods?watch=1&resourceVersion=4&timeoutSeconds=150"+query, nil)
			r.Header.Set("Authorization", "Bearer admin-token")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			bookmark := `{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"4"}`
			if got := strings.Count(w.Body.String(), bookmark); got != want {
				t.Errorf("%q: %d bookmarks, want %d: %s", query, got, want, w.Body)
			}
		})
	}
}
