package debug

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Whatever the API server answers, its credentials and what is sent to it reach no other server, and a person is told.
func TestRedirectToAnotherServer(t *testing.T) {
	stranger := &apitest.Witness{}
	other := httptest.NewServer(stranger)
	t.Cleanup(other.Close)
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, code)
		}))
		t.Cleanup(server.Close)
		t.Cleanup(server.CloseClientConnections)
		c, err := kube.New("prod", "shop", &rest.Config{Host: server.URL, BearerToken: "secret"}, kube.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), request(func(r *Request) { r.Command = []string{"sh"} }))
		if err != nil {
			t.Fatal(err)
		}
		ctx, target := t.Context(), kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"}
		for name, do := range map[string]func() error{
			"a ping":     func() error { _, err := c.Ping(ctx); return err },
			"a pod":      func() error { _, err := c.Pod(ctx, "shop", "web"); return err },
			"namespaces": func() error { _, err := c.Namespaces(ctx); return err },
			"a log":      func() error { _, err := logs.Open(ctx, c, target, logs.Options{Follow: true}); return err },
			"an attach": func() error {
				return stream.Attach(ctx, c, target, stream.Streams{In: strings.NewReader(""), Out: io.Discard})
			},
			"an exec": func() error {
				_, err := stream.Exec(ctx, c, target, []string{"sh"}, stream.Streams{Out: io.Discard})
				return err
			},
			"a change":      func() error { _, err := plan.Apply(ctx, c); return err },
			"a try":         func() error { _, err := plan.dryRun(ctx, c); return err },
			"a pod list":    func() error { return firstTrouble(ctx, c) },
			"the debuggers": func() error { _, err := lists.Debuggers(ctx, c, "", false); return err },
		} {
			problem := kubetest.WantProblem(t, do(), "the API server "+server.URL+" redirects to another server, "+other.URL+": nothing has been sent there")
			if !errors.Is(problem, kube.ErrRefused) || problem.Hint == "" {
				t.Errorf("%d, %s: the problem is %+v", code, name, problem)
			}
		}
	}
	if seen := stranger.Requests(); len(seen) > 0 {
		t.Errorf("another server has seen %q", seen)
	}
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
	c, err := kube.New("prod", "shop", &rest.Config{Host: server.URL}, kube.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	if health, err := c.Ping(t.Context()); err != nil || health.Version != "v1.34" {
		t.Errorf("the ping is %+v, %v", health, err)
	}
}

func firstTrouble(ctx context.Context, c *kube.Cluster) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	for update := range lists.WatchPods(ctx, c, lists.PodQuery{Namespace: "shop"}) {
		if update.Trouble != nil {
			return update.Trouble
		}
	}
	return nil
}
