// Package apitest is a fake API server that a test controls: it answers as the test wants, and keeps what it was asked. It knows nothing of ours.
package apitest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

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
