package kube

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// serve opens a cluster whose API server is handler. It waits between attempts only as long as the scheduler does.
func serve(t testing.TB, handler http.Handler) *Cluster {
	t.Helper()
	return openAt(t, apitest.Serve(t, handler))
}

// converse opens a cluster whose API server is the test itself: each request comes out of the channel.
func converse(t *testing.T) (*Cluster, <-chan *apitest.Exchange) {
	t.Helper()
	requests := make(chan *apitest.Exchange)
	return serve(t, apitest.Conversation(t, requests)), requests
}

func openAt(t testing.TB, url string) *Cluster {
	t.Helper()
	c, err := New("test", "shop", &rest.Config{Host: url}, Guard{})
	if err != nil {
		t.Fatal(err)
	}
	c.patience = func(int) time.Duration { return time.Millisecond }
	return c
}

// wantProblem wants a *Problem whose What begins like what and which says what to do.
func wantProblem(t *testing.T, err error, what string) *Problem {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) {
		t.Fatalf("the error is %v (%T), want a *Problem", err, err)
	}
	if !strings.HasPrefix(p.Message, what) {
		t.Errorf("the problem is\n%q, want it to begin\n%q", p.Message, what)
	}
	if p.Hint == "" && len(p.Help) == 0 {
		t.Errorf("%q comes without a hint", p.Message)
	}
	for _, text := range []string{p.Message, p.Hint} {
		if text != Sanitize(text) {
			t.Errorf("%q is not clean", text)
		}
	}
	return p
}

func wantNoSecret(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "hunter2") || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("admin:"+password))) {
		t.Errorf("%s has a secret", text)
	}
}
