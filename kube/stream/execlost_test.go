package stream

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// lostExec runs a command over SPDY, where a connection that goes looks like a good end, until its link is lost by lose.
func lostExec(t *testing.T, lose func(c *kube.Cluster, r *relay)) (code int, err error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/exec"):
			_, _ = io.WriteString(w, "x")
		case r.Header.Get("Upgrade") == "websocket":
			http.Error(w, "what is a WebSocket?", http.StatusBadRequest)
		default:
			acceptSPDY(t, w, r, ticking)
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	r := newRelay(t, server.URL)
	c, err := kube.New("test", "shop", &rest.Config{Host: "http://" + r.address}, kube.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	remembered(c).vigilance.look, remembered(c).vigilance.silence = 10*time.Millisecond, time.Second
	in, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	out, over := make(chan string), make(chan struct{})
	defer close(over)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code, err = Exec(t.Context(), c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, []string{"sh"}, Streams{In: in, Out: printer{out, over}, TTY: true})
	}()
	apitest.Receive(t, out, "a tick")
	lose(c, r)
	for {
		select {
		case <-out:
		case <-ended:
			return code, err
		}
	}
}

// A command whose link is lost has not ended with code 0, which is what client-go makes of it over SPDY.
func TestExecLosesItsLink(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*kube.Cluster, *relay){
		"silent": func(_ *kube.Cluster, r *relay) { r.dead.Store(true) },
		"closed": func(_ *kube.Cluster, r *relay) {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, conn := range r.conns {
				_ = conn.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			if code, err := lostExec(t, lose); !errors.Is(err, kube.ErrLinkLost) {
				t.Errorf("code %d, error %v", code, err)
			}
		})
	}
}
