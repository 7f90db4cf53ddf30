package lists

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

func TestParseArgument(t *testing.T) {
	for arg, want := range map[string]string{
		"web-5d87": "pod web-5d87", "pod/web": "pod web", "po/web": "pod web", "pods/web": "pod web", "deploy/web": "deployment/web", "deployments.apps/web": "deployment/web",
		"Deployment/web": "deployment/web", "sts/db": "statefulset/db", "ds/agent": "daemonset/agent", "rs/web-5d87": "replicaset/web-5d87",
		"job/nightly": "job/nightly", "svc/web": "service/web", "rc/old": "replicationcontroller/old", "": "pod ",
	} {
		pod, w, err := ParseArgument(arg)
		got := w.String()
		if got == "" {
			got = "pod " + pod
		}
		if err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", arg, got, err, want)
		}
	}
	for _, arg := range []string{"deploy/", "/web", "node/n-1", "deploy/web/x", "deploy/..", "deploy/a%2fb", "cronjob/nightly", "\x1b[31m/x"} {
		if pod, w, err := ParseArgument(arg); err == nil || err.Error() != kube.Sanitize(err.Error()) {
			t.Errorf("%q is %q, %v, error %v", arg, pod, w, err)
		}
	}
}

// The pods of a workload are those that its selector finds, which the API server is asked for once.
func TestPodsOfAWorkload(t *testing.T) {
	selectors := map[string]string{
		"/apis/apps/v1/namespaces/shop/deployments/web":   `{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"NotIn","values":["db"]}]}`,
		"/apis/apps/v1/namespaces/shop/daemonsets/all":    `{"matchLabels":{"app":"all"}}`,
		"/apis/batch/v1/namespaces/shop/jobs/nightly":     `{"matchLabels":{"batch.kubernetes.io/controller-uid":"42"}}`,
		"/api/v1/namespaces/shop/services/web":            `{"app":"web","tier":"front"}`,
		"/api/v1/namespaces/shop/services/external":       `null`,
		"/apis/apps/v1/namespaces/shop/statefulsets/none": `{}`,
	}
	for arg, want := range map[string]string{
		"deploy/web": "app=web,tier notin (db)", "ds/all": "app=all", "job/nightly": "batch.kubernetes.io/controller-uid=42", "svc/web": "app=web,tier=front",
		"svc/external": "trouble service/external selects no pods", "sts/none": "trouble statefulset/none selects no pods",
		"deploy/missing": "trouble there is no deployment/missing in shop",
	} {
		asked := make(chan string, 100)
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch selector, known := selectors[r.URL.Path]; {
			case known:
				_, _ = fmt.Fprintf(w, `{"kind":"It","spec":{"selector":%s}}`, selector)
			case r.URL.Query().Get("watch") != "":
			case strings.HasSuffix(r.URL.Path, "/pods"):
				asked <- r.URL.Query().Get("labelSelector")
				_, _ = w.Write(apitest.PodTable("1", apitest.PodColumns, bare("web", "Running")))
			default:
				apitest.Refuse(w, http.StatusNotFound, "NotFound", `"`+r.URL.Path+`" not found`, nil)
			}
		}))
		_, w, err := ParseArgument(arg)
		if err != nil {
			t.Fatal(err)
		}
		update := apitest.Receive(t, WatchPods(t.Context(), cluster, PodQuery{Namespace: "shop", Workload: w}), "the pods")
		if update.Trouble != nil {
			if got := news(update); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %q, want %q", arg, got, want)
			}
			continue
		}
		if got := apitest.Receive(t, asked, "the list"); got != want {
			t.Errorf("%s asks for %q, want %q", arg, got, want)
		}
	}
}

func TestWorkloadOfNoNamespace(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s is asked for", r.URL.Path) }))
	update := apitest.Receive(t, WatchPods(t.Context(), cluster, PodQuery{Workload: Workload{"deployment", "web"}}), "the trouble")
	if p := kube.Explain(update.Trouble); !strings.Contains(p.Message, "deployment/web belongs to one namespace") {
		t.Errorf("%q, %q", p.Message, p.Hint)
	}
}

// Who may see one namespace only is told the way to it.
func TestAllNamespacesForbidden(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusForbidden, "Forbidden", `pods is forbidden: User "narrow" cannot list resource "pods"`, nil)
	}))
	cluster.Namespace = "shop"
	for namespace, want := range map[string]bool{"": true, "shop": false} {
		update := apitest.Receive(t, WatchPods(t.Context(), cluster, PodQuery{Namespace: namespace}), "the trouble")
		if p := kube.Explain(update.Trouble); (p.Hint == "the namespace of this context is shop" && slices.Equal(p.Help, []kube.Help{kube.SwitchNamespace})) != want {
			t.Errorf("in %q: %q", namespace, p.Hint)
		}
	}
}
