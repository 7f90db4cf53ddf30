package kube

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// serve opens a cluster whose API server is handler. It waits between attempts only as long as the scheduler does.
func serve(t testing.TB, handler http.Handler) *Cluster {
	t.Helper()
	server := httptest.NewServer(servers.During(t, handler))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return openAt(t, server.URL)
}

func openAt(t testing.TB, url string) *Cluster {
	t.Helper()
	c, err := newCluster("test", "shop", &rest.Config{Host: url}, Guard{})
	if err != nil {
		t.Fatal(err)
	}
	c.patience = func(int) time.Duration { return time.Millisecond }
	return c
}

// answer writes v as the API server does.
func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the client is gone
	}
}

// refuse writes the Status that the API server explains a refusal with.
func refuse(w http.ResponseWriter, code int, reason metav1.StatusReason, message string, details *metav1.StatusDetails) {
	answer(w, code, refusalStatus(code, reason, message, details))
}

func refusalStatus(code int, reason metav1.StatusReason, message string, details *metav1.StatusDetails) *metav1.Status {
	return &metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message, Details: details,
	}
}

// exchange is one request that has reached the server and waits for the test to answer it.
type exchange struct {
	*http.Request
	w        http.ResponseWriter
	finished chan bool // true breaks the connection
}

// converse opens a cluster whose API server is the test itself: each request comes out of the channel.
func converse(t *testing.T) (*Cluster, <-chan *exchange) {
	t.Helper()
	requests := make(chan *exchange)
	return serve(t, conversation(t, requests)), requests
}

// conversation hands each request over and keeps it open until the test has finished it, or has ended itself.
func conversation(t *testing.T, requests chan<- *exchange) http.Handler {
	ended := t.Context().Done()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{Request: r, w: w, finished: make(chan bool)}
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

// stuck is how long a test waits for what has to come. Nothing that passes takes that long.
const stuck = time.Minute

func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v, ok := <-ch:
		if !ok {
			t.Fatalf("the channel is closed instead of bringing %s", what)
		}
		return v
	case <-time.After(stuck):
		t.Fatalf("%s did not come", what)
	}
	panic("unreachable")
}

// drained fails unless ch is closed; what is still in it does not count.
func drained[T any](t *testing.T, ch <-chan T) {
	t.Helper()
	deadline := time.After(stuck)
	for {
		select {
		case _, ok := <-ch:
			if !ok {
				return
			}
		case <-deadline:
			t.Fatal("the channel is not closed")
		}
	}
}

// finish ends the answer in the ordinary way.
func (x *exchange) finish(t *testing.T) { x.end(t, false) }

// sever breaks the connection in the middle of the answer.
func (x *exchange) sever(t *testing.T) { x.end(t, true) }

func (x *exchange) end(t *testing.T, broken bool) {
	t.Helper()
	select {
	case x.finished <- broken:
	case <-time.After(stuck):
		t.Fatalf("nobody serves %s %s any more", x.Method, x.URL)
	}
}

// reply answers with one object.
func (x *exchange) reply(t *testing.T, code int, v any) {
	t.Helper()
	answer(x.w, code, v)
	x.finish(t)
}

// event sends one line of a watch.
func (x *exchange) event(t *testing.T, kind string, object any) {
	t.Helper()
	line, err := json.Marshal(map[string]any{"type": kind, "object": object})
	if err != nil {
		t.Fatal(err)
	}
	x.line(t, string(line)+"\n")
}

// line sends raw text of a stream at once.
func (x *exchange) line(t *testing.T, text string) {
	t.Helper()
	if _, err := x.w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	x.flush(t)
}

// flush sends the headers of an answer whose body comes later, and what there is of it.
func (x *exchange) flush(t *testing.T) {
	t.Helper()
	x.w.Header().Set("Content-Type", "application/json")
	if err := http.NewResponseController(x.w).Flush(); err != nil {
		t.Fatal(err)
	}
}

func (x *exchange) isWatch() bool { return x.URL.Query().Get("watch") != "" }

// runningPod is a plain pod named web: container app runs in it.
func runningPod(changes ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Namespace: "shop", UID: "0f1e2d3c-0000-4000-8000-00000000000a", ResourceVersion: "100",
		},
		Spec: corev1.PodSpec{
			NodeName: "node-1", SecurityContext: &corev1.PodSecurityContext{},
			Containers: []corev1.Container{{Name: "app", Image: "shop/web:1"}},
		},
		Status: corev1.PodStatus{
			Phase:             corev1.PodRunning,
			ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Ready: true, State: running()}},
		},
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

func running() corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Unix(1_700_000_000, 0)}}
}

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func terminated(code int32, reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, Message: message,
		StartedAt: metav1.Unix(1_700_000_000, 0), FinishedAt: metav1.Unix(1_700_000_060, 0),
	}}
}

// withDebugger adds an ephemeral container in a state; a nil state is one the kubelet has not seen yet.
func withDebugger(name string, state *corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, corev1.EphemeralContainer{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: name, Image: "busybox:1.37", Stdin: true, TTY: true},
			TargetContainerName:      "app",
		})
		if state != nil {
			p.Status.EphemeralContainerStatuses = append(p.Status.EphemeralContainerStatuses,
				corev1.ContainerStatus{Name: name, State: *state})
		}
	}
}

func version(v string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.ResourceVersion = v }
}
