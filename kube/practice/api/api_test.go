package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

const viewer = "practice-viewer"

var start = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	// What client-go and servers say of connections that tests break.
	log.SetOutput(io.Discard)
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	m.Run()
}

// cluster is a server over TLS with a store, a clock that stands, and a kubelet that only takes notes.
type cluster struct {
	*httptest.Server
	store   *store.Store
	clock   *clock.Clock
	kubelet *kubelet
}

func serve(t *testing.T, objects ...store.Object) *cluster {
	t.Helper()
	c, handler := unserved(t, objects...)
	c.Server = httptest.NewTLSServer(handler)
	t.Cleanup(c.Close)
	return c
}

// unserved is a cluster without a listener.
func unserved(t *testing.T, objects ...store.Object) (*cluster, http.Handler) {
	t.Helper()
	c := &cluster{store: store.New(100), clock: clock.New(start), kubelet: &kubelet{}}
	objects = append([]store.Object{
		namespace("shop", nil),
		namespace("restricted", map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}),
		namespace("warned", map[string]string{"pod-security.kubernetes.io/warn": "baseline"}),
	}, objects...)
	if err := api.Register(c.store, start, objects...); err != nil {
		t.Fatal(err)
	}
	handler, err := api.New(api.Options{
		Store: c.store, Clock: c.clock, Kubelet: c.kubelet,
		Tokens: map[string]string{"admin-token": api.Admin, "viewer-token": viewer},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, handler
}

func namespace(name string, labels map[string]string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
}

// pod is one that runs on a node with the named containers.
func pod(name string, containers ...string) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop", Labels: map[string]string{"app": name}},
		Spec:       corev1.PodSpec{NodeName: "node-1"},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning},
	}
	for _, c := range containers {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: c, Image: "busybox:1.37"})
	}
	return p
}

// mayRead lets the viewer read pods and logs, everywhere.
func mayRead() []store.Object {
	return []store.Object{
		&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "view"}, Rules: []rbacv1.PolicyRule{{
			Verbs: []string{"get", "list", "watch"}, APIGroups: []string{""}, Resources: []string{"pods", "pods/log", "events"},
		}}},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "view"},
			RoleRef:    rbacv1.RoleRef{Kind: "ClusterRole", Name: "view"},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, Name: viewer}},
		},
	}
}

// call is a request. The fields that are not set are those of an admin's GET.
type call struct {
	token, method, path string
	accept, content     string
	body                string
	as                  string // the user to impersonate
}

type answer struct {
	code   int
	header http.Header
	body   []byte
}

func (c *cluster) open(ctx context.Context, t *testing.T, q call) *http.Response {
	t.Helper()
	if q.method == "" {
		q.method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(ctx, q.method, c.URL+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	switch q.token {
	case "":
		r.Header.Set("Authorization", "Bearer admin-token")
	case "none":
	default:
		r.Header.Set("Authorization", q.token)
	}
	for name, value := range map[string]string{"Accept": q.accept, "Content-Type": q.content, "Impersonate-User": q.as} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	response, err := c.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func (c *cluster) ask(t *testing.T, q call) answer {
	t.Helper()
	response := c.open(t.Context(), t, q)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, body}
}

// into decodes an answer, and fails the test when it has another code.
func (a answer) into(t *testing.T, code int, object any) {
	t.Helper()
	if a.code != code {
		t.Fatalf("%d %s, want %d", a.code, a.body, code)
	}
	if err := json.Unmarshal(a.body, object); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// status is the Status in an answer.
func (a answer) status(t *testing.T) metav1.Status {
	t.Helper()
	var status metav1.Status
	if err := json.Unmarshal(a.body, &status); err != nil || status.Kind != "Status" || int(status.Code) != a.code {
		t.Fatalf("%d %s: %v", a.code, bytes.TrimSpace(a.body), err)
	}
	return status
}

// kubelet takes notes, and has logs that the test writes.
type kubelet struct {
	mu      sync.Mutex
	changed []string
	log     func(ctx context.Context, c streams.Container, o *corev1.PodLogOptions, w io.Writer) error
}

func (k *kubelet) Changed(key store.Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	what := key.Namespace + "/" + key.Name
	if key.Resource != api.Pods() {
		what = key.Resource.Resource + " " + what
	}
	k.changed = append(k.changed, what)
}

func (k *kubelet) heard() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.changed, " ")
}

func (k *kubelet) Logs(ctx context.Context, c streams.Container, o *corev1.PodLogOptions, w io.Writer) error {
	return k.log(ctx, c, o, w)
}

func (*kubelet) Attach(context.Context, streams.Container, streams.Streams) error { return nil }

func (*kubelet) Exec(context.Context, streams.Container, []string, streams.Streams) error { return nil }
