package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

// Whatever the API server answers, its credentials and what is sent to it reach no other server, and a person is told.
func TestRedirectToAnotherServer(t *testing.T) {
	stranger := &witness{}
	other := httptest.NewServer(stranger)
	t.Cleanup(other.Close)
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, code)
		}))
		t.Cleanup(server.Close)
		t.Cleanup(server.CloseClientConnections)
		c, err := newCluster("prod", "shop", &rest.Config{Host: server.URL, BearerToken: "secret"}, Guard{})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := NewPlan(newPod(runningPod()), request(func(r *Request) { r.Command = []string{"sh"} }))
		if err != nil {
			t.Fatal(err)
		}
		ctx, target := t.Context(), Target{"shop", "web", "debugger"}
		for name, do := range map[string]func() error{
			"a ping":        func() error { _, err := c.Ping(ctx); return err },
			"a pod":         func() error { _, err := c.Pod(ctx, "shop", "web"); return err },
			"namespaces":    func() error { _, err := c.Namespaces(ctx); return err },
			"a log":         func() error { _, err := c.Logs(ctx, target, LogOptions{Follow: true}); return err },
			"an attach":     func() error { return c.Attach(ctx, target, Streams{In: strings.NewReader(""), Out: io.Discard}) },
			"an exec":       func() error { _, err := c.Exec(ctx, target, []string{"sh"}, Streams{Out: io.Discard}); return err },
			"a change":      func() error { _, err := plan.do(ctx, c); return err },
			"a try":         func() error { return plan.try(ctx, c) },
			"a pod list":    func() error { return firstTrouble(ctx, c) },
			"the debuggers": func() error { _, err := c.Debuggers(ctx, "", false); return err },
		} {
			problem := wantProblem(t, do(), "the API server "+server.URL+" redirects to another server, "+other.URL+": nothing has been sent there")
			if !errors.Is(problem, errRefused) || problem.Hint == "" {
				t.Errorf("%d, %s: the problem is %+v", code, name, problem)
			}
		}
	}
	if seen := stranger.requests(); len(seen) > 0 {
		t.Errorf("another server has seen %q", seen)
	}
}

func firstTrouble(ctx context.Context, c *Cluster) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	for update := range c.WatchPods(ctx, PodQuery{Namespace: "shop"}) {
		if update.Trouble != nil {
			return update.Trouble
		}
	}
	return nil
}

// A server may send on within itself.
func TestRedirectToTheSameServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/version" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, `{"major":"1","minor":"34"}`)
	}))
	t.Cleanup(server.Close)
	c, err := newCluster("prod", "shop", &rest.Config{Host: server.URL}, Guard{})
	if err != nil {
		t.Fatal(err)
	}
	if health, err := c.Ping(t.Context()); err != nil || health.Version != "v1.34" {
		t.Errorf("the ping is %+v, %v", health, err)
	}
}

func TestOrigins(t *testing.T) {
	for a, b := range map[string]string{
		"https://API.example/x":     "https://api.example:443",
		"wss://api.example.":        "https://api.example",
		"https://[2001:DB8::1]:443": "https://[2001:db8::1]/",
		"ws://api:80/":              "http://api",
	} {
		if mustParse(t, a) != mustParse(t, b) {
			t.Errorf("%s is not %s", a, b)
		}
	}
	for a, b := range map[string]string{
		"https://api":               "http://api",
		"https://api:6443":          "https://api",
		"https://api:443":           "https://api.example",
		"https://user@evil.example": "https://user",
	} {
		if mustParse(t, a) == mustParse(t, b) {
			t.Errorf("%s is %s", a, b)
		}
	}
}
