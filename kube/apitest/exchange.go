package apitest

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Exchange is one request that has reached the server and waits for the test to answer it.
type Exchange struct {
	*http.Request
	W        http.ResponseWriter
	finished chan bool // true breaks the connection
}

// Conversation hands each request over and keeps it open until the test has finished it, or has ended itself.
func Conversation(t *testing.T, requests chan<- *Exchange) http.Handler {
	ended := t.Context().Done()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &Exchange{Request: r, W: w, finished: make(chan bool)}
		select {
		case requests <- x:
		case <-r.Context().Done():
			return
		case <-ended: // a request with a body that nobody reads does not notice that its client is gone
			return
		}
		select {
		case broken := <-x.finished:
			if broken {
				panic(http.ErrAbortHandler)
			}
		case <-ended:
		}
	})
}

// Finish ends the answer in the ordinary way.
func (x *Exchange) Finish(t *testing.T) { x.end(t, false) }

// Sever breaks the connection in the middle of the answer.
func (x *Exchange) Sever(t *testing.T) { x.end(t, true) }

func (x *Exchange) end(t *testing.T, broken bool) {
	t.Helper()
	select {
	case x.finished <- broken:
	case <-time.After(Stuck):
		t.Fatalf("nobody serves %s %s any more", x.Method, x.URL)
	}
}

// Reply answers with one object.
func (x *Exchange) Reply(t *testing.T, code int, v any) {
	t.Helper()
	Answer(x.W, code, v)
	x.Finish(t)
}

// Event sends one line of a watch.
func (x *Exchange) Event(t *testing.T, kind string, object any) {
	t.Helper()
	line, err := json.Marshal(map[string]any{"type": kind, "object": object})
	if err != nil {
		t.Fatal(err)
	}
	x.Line(t, string(line)+"\n")
}

// Line sends raw text of a stream at once.
func (x *Exchange) Line(t *testing.T, text string) {
	t.Helper()
	if _, err := x.W.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	x.Flush(t)
}

// Flush sends the headers of an answer whose body comes later, and what there is of it.
func (x *Exchange) Flush(t *testing.T) {
	t.Helper()
	x.W.Header().Set("Content-Type", "application/json")
	if err := http.NewResponseController(x.W).Flush(); err != nil {
		t.Fatal(err)
	}
}

// IsWatch reports whether it is a watch, and not a list.
func (x *Exchange) IsWatch() bool { return x.URL.Query().Get("watch") != "" }

// TakePods answers the list of one pod that must come next.
func TakePods(t *testing.T, requests <-chan *Exchange, list *corev1.PodList) {
	t.Helper()
	x := Receive(t, requests, "the list of one pod")
	if x.IsWatch() || x.URL.Path != "/api/v1/namespaces/shop/pods" || x.URL.Query().Get("fieldSelector") != "metadata.name=web" {
		t.Fatalf("%s came instead of a list of pod web", x.URL)
	}
	x.Reply(t, http.StatusOK, list)
}

// TakeList answers the list that must come next.
func TakeList(t *testing.T, requests <-chan *Exchange, version string, rows ...string) *Exchange {
	t.Helper()
	x := Receive(t, requests, "the list")
	if x.IsWatch() {
		t.Fatalf("%s came instead of a list", x.URL)
	}
	x.Reply(t, http.StatusOK, PodTable(version, PodColumns, rows...))
	return x
}

// TakeWatch accepts the watch that must come next, from a version.
func TakeWatch(t *testing.T, requests <-chan *Exchange, version string) *Exchange {
	t.Helper()
	x := Receive(t, requests, "the watch")
	if got := x.URL.Query().Get("resourceVersion"); !x.IsWatch() || got != version {
		t.Fatalf("%s came instead of a watch from version %s", x.URL, version)
	}
	x.Flush(t)
	return x
}
