package kittest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// PodServer is an API server with one kind of sick pod under any name. It counts what it is asked for.
type PodServer struct {
	Pod    string // JSON, with NAME in it; empty: there is none
	Events string // items
	Log    string
	Refuse string // a part of the paths that are forbidden

	mu    sync.Mutex
	asked []string
}

// CrashingPod has all that there can be, some of it hostile.
const CrashingPod = `{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "NAME", "namespace": "shop", "uid": "u-1", "resourceVersion": "7",
  "creationTimestamp": "2026-03-04T11:00:00Z", "labels": {"app": "web\u001b[31m"},
  "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "note": "\u202etrick\u001b]0;x\u0007"}, "managedFields": [{"manager": "kubectl"}]},
 "spec": {"nodeName": "n-1", "nodeSelector": {"disk": "nvme"}, "volumes": [{"name": "data", "emptyDir": {}}],
  "containers": [{"name": "app", "image": "web:1", "command": ["/web", "--flag"], "env": [{"name": "A", "value": "b\nc"},
   {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}],
   "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}}, "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
  "ephemeralContainers": [{"name": "debugger-a", "image": "busybox", "tty": true, "stdin": true, "targetContainerName": "app"},
   {"name": "debugger-b", "image": "busybox", "tty": true, "stdin": true}]},
 "status": {"phase": "Running", "conditions": [
   {"type": "Ready", "status": "False", "lastTransitionTime": "2026-03-04T11:50:00Z", "reason": "ContainersNotReady", "message": "containers with unready status: [app]"},
   {"type": "PodScheduled", "status": "True"}],
  "containerStatuses": [{"name": "app", "restartCount": 14, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting"}},
   "lastState": {"terminated": {"exitCode": 3, "reason": "Error", "message": "\u001b[2Jgone", "startedAt": "2026-03-04T11:57:58Z", "finishedAt": "2026-03-04T11:58:00Z"}}}],
  "ephemeralContainerStatuses": [{"name": "debugger-a", "state": {"terminated": {"exitCode": 42, "reason": "Error", "finishedAt": "2026-03-04T11:59:00Z"}}},
   {"name": "debugger-b", "state": {"running": {"startedAt": "2026-03-04T11:59:30Z"}}}]}}`

// BackOff is an event of it.
const BackOff = `{"reason": "BackOff", "type": "Warning", "count": 12, "message": "Back-off restarting \u001b[31mfailed", "lastTimestamp": "2026-03-04T11:59:00Z",
  "involvedObject": {"fieldPath": "spec.containers{app}"}}`

// ServeHTTP answers.
func (s *PodServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/v1/namespaces/shop/"), "pods/")
	query := r.URL.Query()
	what := name
	if query.Get("previous") != "" {
		what += " previous"
	}
	if query.Get("watch") == "" {
		s.mu.Lock()
		s.asked = append(s.asked, what)
		s.mu.Unlock()
	}
	pod := strings.ReplaceAll(s.Pod, "NAME", strings.TrimPrefix(query.Get("fieldSelector"), "metadata.name="))
	switch {
	case query.Get("watch") != "":
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	case s.Refuse != "" && strings.Contains(r.URL.Path, s.Refuse):
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
			"message": "%s is forbidden: User \"viewer\" cannot get it"}`, s.Refuse)
	case strings.HasSuffix(name, "/log"):
		_, _ = w.Write([]byte(s.Log))
	case name == "events":
		_, _ = w.Write([]byte(`{"kind": "EventList", "apiVersion": "v1", "items": [` + s.Events + `]}`))
	case name == "pods":
		_, _ = io.WriteString(w, `{"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [`+pod+`]}`) //nolint:gosec // no browser reads it
	case s.Pod == "":
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404, "message": "pods not found"}`))
	default:
		_, _ = io.WriteString(w, strings.ReplaceAll(s.Pod, "NAME", name)) //nolint:gosec // no browser reads it
	}
}

// Requests are what it has been asked for.
func (s *PodServer) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// ServePod answers with one pod whatever is asked, and returns its address.
func ServePod(t *testing.T, pod string) string {
	t.Helper()
	server := httptest.NewServer(servers.During(t, &PodServer{Pod: pod}))
	t.Cleanup(server.Close)
	return server.URL
}

// WebPod is the pod web in shop; STATE stands for the state of its container app.
const WebPod = `{"metadata": {"name": "web", "namespace": "shop", "uid": "u-1", "resourceVersion": "7",
  "annotations": {"kubectl.kubernetes.io/default-container": "app"}},
 "spec": {"nodeName": "n-1", "containers": [{"name": "proxy", "image": "p"}, {"name": "app", "image": "a"}]},
 "status": {"phase": "Running", "containerStatuses": [
  {"name": "proxy", "ready": true, "state": {"running": {"startedAt": "2026-03-04T11:00:00Z"}}},
  {"name": "app", "ready": true, "state": STATE}]}}`

// Running is a state of a container.
const Running = `{"running": {"startedAt": "2026-03-04T11:00:00Z"}}`

// ServeWeb is the address of an API server that has one pod, web in shop, and nothing else.
func ServeWeb(t testing.TB, pod string) string {
	server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("watch") != "" {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		if strings.HasSuffix(r.URL.Path, "/web") {
			_, _ = w.Write([]byte(`{"kind": "Pod", "apiVersion": "v1", ` + pod[1:]))
			return
		}
		_, _ = io.WriteString(w, `{"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [`+pod+`]}`)
	})))
	t.Cleanup(server.Close)
	return server.URL
}
