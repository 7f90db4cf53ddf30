package lists

import (
	"context"
	"slices"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"

	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// Hidden namespaces are in no list, also when it changes, and nothing in them is asked for.
func TestHiddenNamespaces(t *testing.T) {
	const hidden = "namespace kube-system is not shown in context prod-eu (config.yaml: guard)"
	requests := make(chan *apitest.Exchange)
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{Hidden: []string{"kube-*"}, Why: "config.yaml: guard"}, apitest.Conversation(t, requests), "")
	ctx := t.Context()
	updates := WatchPods(ctx, cluster, PodQuery{})
	apitest.TakeList(t, requests, "1", apitest.WithMetadata("kube-system", "dns"), apitest.WithMetadata("shop", "web"))
	wantNews(t, updates, "reset web=Running")
	watch := apitest.TakeWatch(t, requests, "1")
	wantNews(t, updates, "fresh")
	watch.Event(t, "MODIFIED", apitest.PodTable("2", apitest.PodColumns, apitest.WithMetadata("kube-system", "dns")))
	watch.Event(t, "DELETED", apitest.PodTable("3", "null", apitest.WithMetadata("kube-public", "x")))
	watch.Event(t, "ADDED", apitest.PodTable("4", "null", apitest.WithMetadata("shop", "db")))
	for {
		u := apitest.Receive(t, updates, "the new pod")
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
	x := apitest.Receive(t, requests, "the list of namespaces")
	x.Line(t, `{"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"kube-system"}},{"metadata":{"name":"shop"}},{"metadata":{"name":"kube-public"}}]}`)
	x.Finish(t)
	if err := apitest.Receive(t, listed, "the namespaces"); err != nil || !slices.Equal(names, []string{"shop"}) {
		t.Errorf("the namespaces are %q, %v", names, err)
	}

	before := len(wire.Requests())
	kubetest.WantGuarded(t, "CheckNamespace", cluster.CheckNamespace(ctx, "kube-system"), hidden)
	_, err := cluster.Pod(ctx, "kube-system", "dns")
	kubetest.WantGuarded(t, "Pod", err, hidden)
	brief, stop := context.WithCancel(ctx)
	pods := WatchPods(brief, cluster, PodQuery{Namespace: "kube-system"})
	kubetest.WantGuarded(t, "WatchPods", apitest.Receive(t, pods, "the refusal").Trouble, hidden)
	stop()
	apitest.Drained(t, pods)
	kubetest.WantGuarded(t, "a workload", cluster.Core().Get().AbsPath("/apis/apps/v1/namespaces/kube-system/deployments/dns").Do(ctx).Error(), hidden)
	kubetest.WantGuarded(t, "an unclear address", cluster.Core().Get().AbsPath("/api/v1/watch/namespaces/kube-system/pods").Do(ctx).Error(), hidden)
	if after := wire.Requests()[before:]; len(after) > 0 {
		t.Errorf("the API server has seen %q", after)
	}
}

// What is only looked at passes: a mode in which nothing can be seen would be of no use.
func TestReadOnlyReads(t *testing.T) {
	for _, path := range []string{"", "/k8s/clusters/c-1"} {
		cluster, wire := kubetest.ServeGuarded(t, kube.Guard{ReadOnly: true}, nil, path)
		for _, request := range []*rest.Request{
			cluster.Core().Get().AbsPath("/version"),
			cluster.Core().Get().AbsPath("/apis/metrics.k8s.io/v1beta1"),
			cluster.Core().Get().Resource("namespaces"),
			cluster.Core().Get().Resource("namespaces").Name("exec"),
			cluster.Core().Get().Resource("nodes").Name("proxy"),
			cluster.Core().Get().Namespace("proxy").Resource("pods").Name("attach"),
			cluster.Core().Get().Namespace("shop").Resource("pods").Name("exec").SubResource("log"),
			cluster.Core().Post().AbsPath("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews").Body([]byte("{}")),
			cluster.Core().Post().AbsPath("/apis/authentication.k8s.io/v1beta1/selfsubjectreviews").Body([]byte("{}")),
		} {
			if err := request.Do(t.Context()).Error(); err != nil {
				t.Errorf("%s: %v", request.URL(), err)
			}
		}
		if seen := wire.Requests(); len(seen) != 9 {
			t.Errorf("the API server has seen %q", seen)
		}
	}
}
