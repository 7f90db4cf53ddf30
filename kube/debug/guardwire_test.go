package debug

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Nothing that changes anything leaves in read-only mode, whoever sends it and by whatever way.
func TestReadOnlyOnTheWire(t *testing.T) {
	for _, path := range []string{"", "/k8s/clusters/c-1"} {
		guard := kube.Guard{DigestOnly: true, Why: "config.yaml: guard"}.And(kube.Guard{ReadOnly: true, Why: "config.yaml: contexts prod-*"})
		cluster, wire := kubetest.ServeGuarded(t, guard, nil, path)
		const sentence = "read-only: nothing is changed in context prod-eu (config.yaml: contexts prod-*)"
		plan, ctx := planOf(t, func(r *Request) { r.Target = "app" }), t.Context()
		attempts := map[string]func() error{
			"Apply":  func() error { _, err := plan.Apply(ctx, cluster); return err },
			"DryRun": func() error { return DryRun(ctx, cluster, plan) },
			"the patch without its plan": func() error {
				_, err := plan.Change.Apply(ctx, cluster)
				if err != nil && err.Error() != sentence {
					t.Errorf("the error says more than the problem: %q", err)
				}
				return err
			},
			"the dry-run without its plan": func() error { _, err := plan.Change.DryRun(ctx, cluster); return err },
			"Attach": func() error {
				return stream.Attach(ctx, cluster, plan.Debug, stream.Streams{In: strings.NewReader("rm -rf /\n"), Out: io.Discard, TTY: true})
			},
			"Exec": func() error {
				_, err := stream.Exec(ctx, cluster, plan.Debug, []string{"sh"}, stream.Streams{Out: io.Discard})
				return err
			},
			"End":              func() error { return End(ctx, cluster, plan.Debug) },
			"attach over SPDY": func() error { return overSPDY(ctx, cluster, "attach") },
			"exec over SPDY":   func() error { return overSPDY(ctx, cluster, "exec") },
			"exec":             func() error { return overWebSocket(ctx, cluster, "exec", "") },
			"a port forward":   func() error { return overWebSocket(ctx, cluster, "portforward", "") },
			"a proxy":          func() error { return overWebSocket(ctx, cluster, "proxy", "x") },
			"a proxy without a stream": func() error {
				return cluster.Core().Get().Namespace("shop").Resource("services").Name("web").SubResource("proxy").Suffix("delete").Do(ctx).Error()
			},
			"a node's kubelet": func() error {
				return cluster.Core().Get().Resource("nodes").Name("one").SubResource("proxy").Suffix("run").Do(ctx).Error()
			},
			"an event": func() error {
				return cluster.Core().Post().Namespace("shop").Resource("events").Body([]byte("{}")).Do(ctx).Error()
			},
			"an eviction": func() error {
				return cluster.Core().Post().Namespace("shop").Resource("pods").Name("web").SubResource("eviction").Body([]byte("{}")).Do(ctx).Error()
			},
			"a deletion": func() error {
				return cluster.Core().Delete().Namespace("shop").Resource("pods").Name("web").Do(ctx).Error()
			},
			"an update": func() error {
				return cluster.Core().Put().Namespace("shop").Resource("pods").Name("web").Body([]byte("{}")).Do(ctx).Error()
			},
			"a patch of labels": func() error {
				return cluster.Core().Patch(types.MergePatchType).Namespace("shop").Resource("pods").Name("web").Body([]byte("{}")).Do(ctx).Error()
			},
			"a scale": func() error {
				return cluster.Core().Put().AbsPath("/apis/apps/v1/namespaces/shop/deployments/web/scale").Body([]byte("{}")).Do(ctx).Error()
			},
			"an access review of others": func() error {
				return cluster.Core().Post().AbsPath("/apis/authorization.k8s.io/v1/subjectaccessreviews").Body([]byte("{}")).Do(ctx).Error()
			},
			"a review of another group": func() error {
				return cluster.Core().Post().AbsPath("/apis/evil.example/v1/selfsubjectreviews").Body([]byte("{}")).Do(ctx).Error()
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
			kubetest.WantGuarded(t, what, err, sentence)
		}
		if seen := wire.Requests(); len(seen) > 0 {
			t.Errorf("the API server has seen %q", seen)
		}
	}
}

// In a protected context nothing is changed before the pod's name has been typed; the cluster may judge the plan.
func TestProtectedOnTheWire(t *testing.T) {
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{Protected: true, Why: "config.yaml: contexts prod-*"}, nil, "")
	plan := planOf(t, func(r *Request) { r.Target = "app" })
	for _, typed := range []string{"", "wev", "web "} {
		plan.Typed = typed
		_, err := plan.Apply(t.Context(), cluster)
		kubetest.WantGuarded(t, "typed "+typed, err,
			"the name of pod web has not been typed: nothing is changed in context prod-eu without it (config.yaml: contexts prod-*)")
	}
	if seen := wire.Requests(); len(seen) > 0 {
		t.Errorf("the API server has seen %q", seen)
	}
	if err := DryRun(t.Context(), cluster, plan); err != nil {
		t.Errorf("the dry-run: %v", err)
	}
	plan.Typed = "web"
	if _, err := plan.Apply(t.Context(), cluster); err != nil {
		t.Errorf("with the name typed: %v", err)
	}
}

// A plan that a rule forbids is neither tried nor carried out, and nothing is sent.
func TestForbiddenPlansOnTheWire(t *testing.T) {
	for name, guard := range map[string]kube.Guard{
		"profile": {Profiles: []kube.Profile{kube.General}}, "image": {Images: []string{"quay.io/**"}}, "digest": {DigestOnly: true},
		"namespace": {Hidden: []string{"shop"}},
	} {
		cluster, wire := kubetest.ServeGuarded(t, guard, nil, "")
		plan := planOf(t, func(r *Request) { r.Profile = kube.General })
		if err := DryRun(t.Context(), cluster, plan); !errors.Is(err, kube.ErrGuarded) {
			t.Errorf("%s: the dry-run: %v", name, err)
		}
		if _, err := plan.Apply(t.Context(), cluster); !errors.Is(err, kube.ErrGuarded) {
			t.Errorf("%s: %v", name, err)
		}
		if seen := wire.Requests(); len(seen) > 0 {
			t.Errorf("%s: the API server has seen %q", name, seen)
		}
	}
}

func overSPDY(ctx context.Context, c *kube.Cluster, sub string) error {
	spdy, err := remotecommand.NewSPDYExecutor(c.Config(), http.MethodPost, c.Core().Post().Namespace("shop").Resource("pods").Name("web").SubResource(sub).URL())
	if err != nil {
		return err
	}
	return spdy.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: io.Discard})
}

func overWebSocket(ctx context.Context, c *kube.Cluster, sub, suffix string) error {
	at := c.Core().Get().Namespace("shop").Resource("pods").Name("web").SubResource(sub).Suffix(suffix).URL()
	socket, err := remotecommand.NewWebSocketExecutor(c.Config(), http.MethodGet, at.String())
	if err != nil {
		return err
	}
	return socket.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: io.Discard})
}
