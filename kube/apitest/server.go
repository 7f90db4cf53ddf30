// Package apitest is an API server in the hands of a test: it answers as the test wants, and keeps what it was asked. It knows nothing of ours.
package apitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// Serve starts an API server for the time of a test. It returns its URL.
func Serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(servers.During(t, handler))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return server.URL
}

// Answer writes v as the API server does.
func Answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the client is gone
	}
}

// Refuse writes the Status that the API server explains a refusal with.
func Refuse(w http.ResponseWriter, code int, reason metav1.StatusReason, message string, details *metav1.StatusDetails) {
	Answer(w, code, RefusalStatus(code, reason, message, details))
}

// RefusalStatus is the Status that [Refuse] writes.
func RefusalStatus(code int, reason metav1.StatusReason, message string, details *metav1.StatusDetails) *metav1.Status {
	return &metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message, Details: details,
	}
}

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

// Stuck is how long a test waits for what has to come. Nothing that passes takes that long.
const Stuck = time.Minute

// Receive waits for a value; what says what it brings.
func Receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v, ok := <-ch:
		if !ok {
			t.Fatalf("the channel is closed instead of bringing %s", what)
		}
		return v
	case <-time.After(Stuck):
		t.Fatalf("%s did not come", what)
	}
	panic("unreachable")
}

// Drained fails unless ch is closed; what is still in it does not count.
func Drained[T any](t *testing.T, ch <-chan T) {
	t.Helper()
	deadline := time.After(Stuck)
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

// IsWatch tells a watch from a list.
func (x *Exchange) IsWatch() bool { return x.URL.Query().Get("watch") != "" }

// RunningPod is a plain pod named web: container app runs in it.
func RunningPod(changes ...func(*corev1.Pod)) *corev1.Pod {
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
			ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Ready: true, State: Running()}},
		},
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

// Running is the state of a container that runs.
func Running() corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Unix(1_700_000_000, 0)}}
}

// Waiting is the state of a container that has not started.
func Waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// Terminated is the state of a container that ran for a minute.
func Terminated(code int32, reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, Message: message,
		StartedAt: metav1.Unix(1_700_000_000, 0), FinishedAt: metav1.Unix(1_700_000_060, 0),
	}}
}

// WithDebugger adds an ephemeral container in a state; a nil state is one the kubelet has not seen yet.
func WithDebugger(name string, state *corev1.ContainerState) func(*corev1.Pod) {
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

// Version gives a pod a resource version.
func Version(v string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.ResourceVersion = v }
}

// GoroutinesEnd waits until no goroutine is in one of the functions.
func GoroutinesEnd(t *testing.T, functions ...string) {
	t.Helper()
	for deadline := time.Now().Add(Stuck); ; runtime.Gosched() {
		buffer := make([]byte, 1<<20)
		stacks := string(buffer[:runtime.Stack(buffer, true)])
		left := ""
		for _, f := range functions {
			if strings.Contains(stacks, f) {
				left = f
			}
		}
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s still runs:\n%s", left, stacks)
		}
	}
}

// Witness is an API server that notes everything that reaches it, and answers all of it.
type Witness struct {
	mu   sync.Mutex
	seen []string
	Next http.Handler
}

func (w *Witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.seen = append(w.seen, r.Method+" "+r.URL.Path)
	w.mu.Unlock()
	if w.Next != nil {
		w.Next.ServeHTTP(out, r)
		return
	}
	Answer(out, http.StatusOK, RunningPod())
}

// Requests are what has come so far: "GET /version".
func (w *Witness) Requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

// WhyNow is the time at which the pods of these tests are looked at: [Terminated] ended two minutes ago.
func WhyNow() time.Time { return time.Unix(1_700_000_060, 0).Add(2 * time.Minute) }

// StateOf has the container of [RunningPod] be in a state that is not ready.
func StateOf(now corev1.ContainerState, last *corev1.ContainerState, restarts int32) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		s := &p.Status.ContainerStatuses[0]
		s.Ready, s.State, s.RestartCount = false, now, restarts
		if last != nil {
			s.LastTerminationState = *last
		}
		WithCondition(corev1.PodReady, corev1.ConditionFalse, "containers with unready status: [app]")(p)
	}
}

// WithCondition gives a pod a condition that it has had for 47 minutes.
func WithCondition(kind corev1.PodConditionType, status corev1.ConditionStatus, message string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{
			Type: kind, Status: status, Message: message, LastTransitionTime: metav1.NewTime(WhyNow().Add(-47 * time.Minute)),
		})
	}
}

// PodsOf is a list of pods.
func PodsOf(version string, pods ...*corev1.Pod) *corev1.PodList {
	list := &corev1.PodList{
		TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"},
		ListMeta: metav1.ListMeta{ResourceVersion: version}, Items: []corev1.Pod{},
	}
	for _, p := range pods {
		list.Items = append(list.Items, *p)
	}
	return list
}

// TakePods answers the list of one pod that must come next.
func TakePods(t *testing.T, requests <-chan *Exchange, list *corev1.PodList) {
	t.Helper()
	x := Receive(t, requests, "the list of one pod")
	if x.IsWatch() || x.URL.Path != "/api/v1/namespaces/shop/pods" || x.URL.Query().Get("fieldSelector") != "metadata.name=web" {
		t.Fatalf("%s came instead of a list of pod web", x.URL)
	}
	x.Reply(t, http.StatusOK, list)
}

// Judging is an API server that only judges: it answers access reviews and dry-runs, and counts them.
type Judging struct {
	May   func(verb, resource, pod string) bool             // nil allows everything
	Judge func(w http.ResponseWriter, added map[string]any) // nil admits everything
	User  string                                            // empty: it does not say

	mu      sync.Mutex
	reviews []string
	dryRuns []string // names of containers
	others  []string
}

// ReviewPath is where rights are asked for.
const ReviewPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

func (j *Judging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == ReviewPath:
		j.review(w, body)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/selfsubjectreviews"):
		if j.User == "" {
			Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource", nil)
			return
		}
		Answer(w, http.StatusCreated, map[string]any{"status": map[string]any{"userInfo": map[string]any{"username": j.User}}})
	case r.Method == http.MethodPatch && r.URL.Path == "/api/v1/namespaces/shop/pods/web/ephemeralcontainers" &&
		slices.Equal(r.URL.Query()["dryRun"], []string{"All"}):
		j.dryRun(w, body)
	default:
		j.others = append(j.others, r.Method+" "+r.URL.String())
		Refuse(w, http.StatusTeapot, "", "not for this server", nil)
	}
}

func (j *Judging) review(w http.ResponseWriter, body []byte) {
	var asked struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
		Spec       struct {
			ResourceAttributes struct {
				Namespace   string `json:"namespace"`
				Verb        string `json:"verb"`
				Resource    string `json:"resource"`
				Subresource string `json:"subresource,omitempty"`
				Name        string `json:"name,omitempty"`
			} `json:"resourceAttributes"`
		} `json:"spec"`
		Status struct {
			Allowed bool `json:"allowed"`
		} `json:"status"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
		return
	}
	a := asked.Spec.ResourceAttributes
	resource := a.Resource
	if a.Subresource != "" {
		resource += "/" + a.Subresource
	}
	j.reviews = append(j.reviews, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", a.Namespace, a.Verb, resource, a.Name)))
	asked.Status.Allowed = j.May == nil || j.May(a.Verb, resource, a.Name)
	Answer(w, http.StatusCreated, asked)
}

func (j *Judging) dryRun(w http.ResponseWriter, body []byte) {
	var patch struct {
		Spec struct{ EphemeralContainers []map[string]any }
	}
	if err := json.Unmarshal(body, &patch); err != nil || len(patch.Spec.EphemeralContainers) != 1 {
		Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "not one container", nil)
		return
	}
	added := patch.Spec.EphemeralContainers[0]
	j.dryRuns = append(j.dryRuns, fmt.Sprint(added["name"]))
	if j.Judge == nil {
		Answer(w, http.StatusOK, RunningPod())
		return
	}
	j.Judge(w, added)
}

// Counted are the numbers of reviews and dry-runs; anything else that has been asked is an error.
func (j *Judging) Counted(t *testing.T) (reviews, dryRuns int) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.others) > 0 {
		t.Errorf("the cluster was asked %q", j.others)
	}
	return len(j.reviews), len(j.dryRuns)
}

// CreatingPod is a pod whose sandbox is not there yet.
func CreatingPod(changes ...func(*corev1.Pod)) *corev1.Pod {
	return RunningPod(append([]func(*corev1.Pod){
		StateOf(Waiting("ContainerCreating", ""), nil, 0),
		func(p *corev1.Pod) {
			p.Status.Phase, p.Status.PodIP, p.Status.ContainerStatuses[0].ImageID = corev1.PodPending, "", ""
			p.CreationTimestamp = metav1.NewTime(WhyNow().Add(-time.Minute))
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReadyToStartContainers, Status: corev1.ConditionFalse}}
		},
	}, changes...)...)
}
