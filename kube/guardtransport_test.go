package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// witness is an API server that notes everything that reaches it, and answers all of it.
type witness struct {
	mu   sync.Mutex
	seen []string
	next http.Handler
}

func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.seen = append(w.seen, r.Method+" "+r.URL.Path)
	w.mu.Unlock()
	if w.next != nil {
		w.next.ServeHTTP(out, r)
		return
	}
	answer(out, http.StatusOK, runningPod())
}

func (w *witness) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

// serveGuarded opens a cluster with a guard, whose API server is at a path of its host.
func serveGuarded(t *testing.T, g Guard, next http.Handler, path string) (*Cluster, *witness) {
	t.Helper()
	w := &witness{next: next}
	server := httptest.NewServer(servers.During(t, http.StripPrefix(path, w)))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	c, err := newCluster("prod-eu", "shop", &rest.Config{Host: server.URL + path}, g)
	if err != nil {
		t.Fatal(err)
	}
	c.patience = func(int) time.Duration { return time.Millisecond }
	return c, w
}

func wantGuarded(t *testing.T, what string, err error, sentence string) {
	t.Helper()
	var problem *Problem
	if !errors.As(err, &problem) || !errors.Is(err, ErrGuarded) {
		t.Errorf("%s: the error is %v", what, err)
		return
	}
	if problem.What != sentence || problem.Hint == "" && len(problem.Help) == 0 {
		t.Errorf("%s: the problem is %q, want %q", what, problem.What, sentence)
	}
}

// Nothing that changes anything leaves in read-only mode, whoever sends it and by whatever way.
func TestReadOnlyOnTheWire(t *testing.T) {
	for _, path := range []string{"", "/k8s/clusters/c-1"} {
		guard := Guard{DigestOnly: true, Why: "config.yaml: guard"}.And(Guard{ReadOnly: true, Why: "config.yaml: contexts prod-*"})
		cluster, wire := serveGuarded(t, guard, nil, path)
		const sentence = "read-only: nothing is changed in context prod-eu (config.yaml: contexts prod-*)"
		plan, ctx := debugPlan(t), t.Context()
		attempts := map[string]func() error{
			"CarryOut": func() error { return receive(t, cluster.CarryOut(ctx, plan), "the refusal").Err },
			"DryRun":   func() error { return cluster.DryRun(ctx, plan) },
			"the patch without its plan": func() error {
				_, err := plan.deed.do(ctx, cluster)
				if err != nil && err.Error() != sentence {
					t.Errorf("the error says more than the problem: %q", err)
				}
				return err
			},
			"the dry-run without its plan": func() error { return plan.deed.try(ctx, cluster) },
			"Attach": func() error {
				return cluster.Attach(ctx, plan.Debug, Streams{In: strings.NewReader("rm -rf /\n"), Out: io.Discard, TTY: true})
			},
			"Exec": func() error {
				_, err := cluster.Exec(ctx, plan.Debug, []string{"sh"}, Streams{Out: io.Discard})
				return err
			},
			"End":              func() error { return cluster.End(ctx, plan.Debug) },
			"attach over SPDY": func() error { return overSPDY(ctx, cluster, "attach") },
			"exec over SPDY":   func() error { return overSPDY(ctx, cluster, "exec") },
			"exec":             func() error { return overWebSocket(ctx, cluster, "exec", "") },
			"a port forward":   func() error { return overWebSocket(ctx, cluster, "portforward", "") },
			"a proxy":          func() error { return overWebSocket(ctx, cluster, "proxy", "x") },
			"a proxy without a stream": func() error {
				return cluster.core.Get().Namespace("shop").Resource("services").Name("web").SubResource("proxy").Suffix("delete").Do(ctx).Error()
			},
			"a node's kubelet": func() error {
				return cluster.core.Get().Resource("nodes").Name("one").SubResource("proxy").Suffix("run").Do(ctx).Error()
			},
			"an event": func() error {
				return cluster.core.Post().Namespace("shop").Resource("events").Body([]byte("{}")).Do(ctx).Error()
			},
			"an eviction": func() error {
				return cluster.core.Post().Namespace("shop").Resource("pods").Name("web").SubResource("eviction").Body([]byte("{}")).Do(ctx).Error()
			},
			"a deletion": func() error {
				return cluster.core.Delete().Namespace("shop").Resource("pods").Name("web").Do(ctx).Error()
			},
			"an update": func() error {
				return cluster.core.Put().Namespace("shop").Resource("pods").Name("web").Body([]byte("{}")).Do(ctx).Error()
			},
			"a patch of labels": func() error {
				return cluster.core.Patch(types.MergePatchType).Namespace("shop").Resource("pods").Name("web").Body([]byte("{}")).Do(ctx).Error()
			},
			"a scale": func() error {
				return cluster.core.Put().AbsPath("/apis/apps/v1/namespaces/shop/deployments/web/scale").Body([]byte("{}")).Do(ctx).Error()
			},
			"an access review of others": func() error {
				return cluster.core.Post().AbsPath("/apis/authorization.k8s.io/v1/subjectaccessreviews").Body([]byte("{}")).Do(ctx).Error()
			},
			"a review of another group": func() error {
				return cluster.core.Post().AbsPath("/apis/evil.example/v1/selfsubjectreviews").Body([]byte("{}")).Do(ctx).Error()
			},
		}
		for what, attempt := range attempts {
			err := attempt()
			if strings.Contains(what, "SPDY") { // client-go makes text of its errors
				if err == nil || !strings.Contains(err.Error(), sentence) {
					t.Errorf("%s: the error is %v", what, err)
				}
				continue
			}
			wantGuarded(t, what, err, sentence)
		}
		if seen := wire.requests(); len(seen) > 0 {
			t.Errorf("the API server has seen %q", seen)
		}
	}
}

func overWebSocket(ctx context.Context, c *Cluster, sub, suffix string) error {
	at := c.core.Get().Namespace("shop").Resource("pods").Name("web").SubResource(sub).Suffix(suffix).URL()
	socket, err := remotecommand.NewWebSocketExecutor(c.config, http.MethodGet, at.String())
	if err != nil {
		return err
	}
	return socket.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: io.Discard})
}

func overSPDY(ctx context.Context, c *Cluster, sub string) error {
	spdy, err := remotecommand.NewSPDYExecutor(c.config, http.MethodPost, c.core.Post().Namespace("shop").Resource("pods").Name("web").SubResource(sub).URL())
	if err != nil {
		return err
	}
	return spdy.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: io.Discard})
}

// What is only looked at passes: a mode in which nothing can be seen would be of no use.
func TestReadOnlyReads(t *testing.T) {
	for _, path := range []string{"", "/k8s/clusters/c-1"} {
		cluster, wire := serveGuarded(t, Guard{ReadOnly: true}, nil, path)
		for _, request := range []*rest.Request{
			cluster.core.Get().AbsPath("/version"),
			cluster.core.Get().AbsPath("/apis/metrics.k8s.io/v1beta1"),
			cluster.core.Get().Resource("namespaces"),
			cluster.core.Get().Resource("namespaces").Name("exec"),
			cluster.core.Get().Resource("nodes").Name("proxy"),
			cluster.core.Get().Namespace("proxy").Resource("pods").Name("attach"),
			cluster.core.Get().Namespace("shop").Resource("pods").Name("exec").SubResource("log"),
			cluster.core.Post().AbsPath("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews").Body([]byte("{}")),
			cluster.core.Post().AbsPath("/apis/authentication.k8s.io/v1beta1/selfsubjectreviews").Body([]byte("{}")),
		} {
			if err := request.Do(t.Context()).Error(); err != nil {
				t.Errorf("%s: %v", request.URL(), err)
			}
		}
		if seen := wire.requests(); len(seen) != 9 {
			t.Errorf("the API server has seen %q", seen)
		}
	}
}

// A URL that a server could read otherwise than we do is not taken for a harmless one.
func TestPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"/base/api/v1/namespaces/shop/pods/web/exec":        "/pods/shop/web/exec",
		"/base/api/v1/namespaces/shop":                      "/namespaces/shop/shop/",
		"/base/api/v1/namespaces/shop/pods":                 "/pods/shop//",
		"/base/api/v1/nodes/one/proxy/logs":                 "/nodes//one/proxy/logs",
		"/base/apis/apps/v1/namespaces/shop/deployments/x/": "apps/deployments/shop/x/",
		"/base/version": "////",
		"/base/api/v1/namespaces/shop/pods/web%2Fexec":   "/pods/shop/web/exec",
		"/base/api/v1/namespaces/a/../shop/pods":         "?",
		"/base//api/v1/namespaces/shop/pods":             "?",
		"/base/api/v1/watch/namespaces/shop/pods":        "?",
		"/base/api/v1/proxy/namespaces/shop/pods/web":    "?",
		"/api/v1/namespaces/shop/pods":                   "?",
		"/base/api/v1/namespaces/shop/pods/web/./exec/x": "?",
	} {
		u, err := url.Parse("https://h.example" + text)
		if err != nil {
			t.Fatal(err)
		}
		at, ok := locate(u, "/base")
		got := strings.Join([]string{at.group, at.resource, at.namespace, at.name, at.sub}, "/")
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// In a protected context nothing is changed before the pod's name has been typed; the cluster may judge the plan.
func TestProtectedOnTheWire(t *testing.T) {
	cluster, wire := serveGuarded(t, Guard{Protected: true, Why: "config.yaml: contexts prod-*"}, nil, "")
	plan := debugPlan(t)
	for _, typed := range []string{"", "wev", "web "} {
		plan.Typed = typed
		wantGuarded(t, "typed "+typed, receive(t, cluster.CarryOut(t.Context(), plan), "the refusal").Err,
			"the name of pod web has not been typed: nothing is changed in context prod-eu without it (config.yaml: contexts prod-*)")
	}
	if seen := wire.requests(); len(seen) > 0 {
		t.Errorf("the API server has seen %q", seen)
	}
	if err := cluster.DryRun(t.Context(), plan); err != nil {
		t.Errorf("the dry-run: %v", err)
	}
	plan.Typed = "web"
	if first := receive(t, cluster.CarryOut(t.Context(), plan), "that it is accepted"); first.Step != Accepted {
		t.Errorf("with the name typed: %+v", first)
	}
}

// A plan that a rule forbids is neither tried nor carried out, and nothing is sent.
func TestForbiddenPlansOnTheWire(t *testing.T) {
	for name, guard := range map[string]Guard{
		"profile": {Profiles: []Profile{General}}, "image": {Images: []string{"quay.io/**"}}, "digest": {DigestOnly: true},
		"namespace": {Hidden: []string{"shop"}},
	} {
		cluster, wire := serveGuarded(t, guard, nil, "")
		plan := planOf(t, func(r *Request) { r.Profile = General })
		if err := cluster.DryRun(t.Context(), plan); !errors.Is(err, ErrGuarded) {
			t.Errorf("%s: the dry-run: %v", name, err)
		}
		if p := receive(t, cluster.CarryOut(t.Context(), plan), "the refusal"); p.Step != Failed || !errors.Is(p.Err, ErrGuarded) {
			t.Errorf("%s: %+v", name, p)
		}
		if seen := wire.requests(); len(seen) > 0 {
			t.Errorf("%s: the API server has seen %q", name, seen)
		}
	}
}

// Hidden namespaces are in no list, also when it changes, and nothing in them is asked for.
func TestHiddenNamespaces(t *testing.T) {
	const hidden = "namespace kube-system is not shown in context prod-eu (config.yaml: guard)"
	requests := make(chan *exchange)
	cluster, wire := serveGuarded(t, Guard{Hidden: []string{"kube-*"}, Why: "config.yaml: guard"}, conversation(t, requests), "")
	ctx := t.Context()
	updates := cluster.WatchPods(ctx, PodQuery{})
	takeList(t, requests, "1", withMetadata("kube-system", "dns"), withMetadata("shop", "web"))
	wantNews(t, updates, "reset web=Running")
	watch := takeWatch(t, requests, "1")
	wantNews(t, updates, "fresh")
	watch.event(t, "MODIFIED", podTable("2", podColumns, withMetadata("kube-system", "dns")))
	watch.event(t, "DELETED", podTable("3", "null", withMetadata("kube-public", "x")))
	watch.event(t, "ADDED", podTable("4", "null", withMetadata("shop", "db")))
	for {
		u := receive(t, updates, "the new pod")
		if got := news(u); got == "db=Running" {
			break
		} else if got != "fresh" {
			t.Fatalf("the news is %q", got)
		}
	}

	var names []string
	listed := make(chan error, 1)
	go func() {
		var err error
		names, err = cluster.Namespaces(ctx)
		listed <- err
	}()
	x := receive(t, requests, "the list of namespaces")
	x.line(t, `{"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"kube-system"}},{"metadata":{"name":"shop"}},{"metadata":{"name":"kube-public"}}]}`)
	x.finish(t)
	if err := receive(t, listed, "the namespaces"); err != nil || !slices.Equal(names, []string{"shop"}) {
		t.Errorf("the namespaces are %q, %v", names, err)
	}

	before := len(wire.requests())
	wantGuarded(t, "CheckNamespace", cluster.CheckNamespace(ctx, "kube-system"), hidden)
	_, err := cluster.Pod(ctx, "kube-system", "dns")
	wantGuarded(t, "Pod", err, hidden)
	brief, stop := context.WithCancel(ctx)
	pods := cluster.WatchPods(brief, PodQuery{Namespace: "kube-system"})
	wantGuarded(t, "WatchPods", receive(t, pods, "the refusal").Trouble, hidden)
	stop()
	drained(t, pods)
	wantGuarded(t, "a workload", cluster.core.Get().AbsPath("/apis/apps/v1/namespaces/kube-system/deployments/dns").Do(ctx).Error(), hidden)
	wantGuarded(t, "an unclear address", cluster.core.Get().AbsPath("/api/v1/watch/namespaces/kube-system/pods").Do(ctx).Error(), hidden)
	if after := wire.requests()[before:]; len(after) > 0 {
		t.Errorf("the API server has seen %q", after)
	}
}
