package selectors_test

import (
	"fmt"
	"net/http"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// answers are what an API server has, by path. What is not among them is not there, and what is empty may not be read.
type answers map[string]string

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := a[r.URL.Path+r.URL.Query().Get("labelSelector")]
	switch {
	case !ok:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found", &metav1.StatusDetails{Name: path.Base(r.URL.Path)})
	case body == "":
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, body)
	}
}

func ownedBy(group, kind, name string) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: group, Kind: kind, Name: name, UID: "u-1", Controller: new(true)}}
	})
}

func TestController(t *testing.T) {
	if c := selectors.ControllerOf(apitest.RunningPod()); c != nil {
		t.Errorf("a bare pod has controller %s", c)
	}
	server := answers{
		"/apis/apps/v1/namespaces/shop/replicasets/web-7d": `{"metadata":{"name":"web-7d","uid":"u-1","ownerReferences":[{"kind":"Deployment","name":"web","controller":true}]},
			"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}}},"status":{"readyReplicas":2}}`,
		"/apis/apps/v1/namespaces/shop/replicasets/other":             `{"metadata":{"name":"other","uid":"u-2"}}`,
		"/apis/apps/v1/namespaces/shop/daemonsets/agent":              `{"metadata":{"name":"agent","uid":"u-1"},"status":{"desiredNumberScheduled":4,"numberReady":4}}`,
		"/apis/apps/v1/namespaces/shop/statefulsets/db":               ``,
		"/api/v1/namespaces/shop/replicationcontrollers/old":          `{"metadata":{"name":"old","uid":"u-1"},"spec":{"selector":{"app":"old"}}}`,
		"/apis/batch/v1/namespaces/shop/jobs/night":                   `{"metadata":{"name":"night","uid":"u-1"},"spec":{"parallelism":2,"podFailurePolicy":{"rules":[{"action":"Ignore","onPodConditions":[{"type":"DisruptionTarget","status":"True"}]}]}},"status":{"active":1}}`,
		"/apis/batch/v1/namespaces/shop/jobs/strict":                  `{"metadata":{"name":"strict","uid":"u-1"},"spec":{"podFailurePolicy":{"rules":[{"action":"FailJob","onPodConditions":[{"type":"DisruptionTarget"}]}]}}}`,
		"/apis/apps/v1/namespaces/shop/statefulsets/of-somebody-else": `{"metadata":{"name":"x"}}`,
	}
	cluster := kubetest.Serve(t, server)
	type is struct {
		Whole, Selector              string
		Foreign, Gone, Read, Ignores bool
		Wanted, Ready                int32
	}
	for _, tt := range []struct {
		group, kind, name string
		want              is
	}{
		{"apps/v1", "ReplicaSet", "web-7d", is{Whole: "ReplicaSet web-7d of Deployment web", Selector: "app=web", Read: true, Wanted: 3, Ready: 2}},
		{"apps/v1", "ReplicaSet", "other", is{Whole: "ReplicaSet other", Gone: true}},
		{"apps/v1", "ReplicaSet", "missing", is{Whole: "ReplicaSet missing", Gone: true}},
		{"apps/v1", "StatefulSet", "db", is{Whole: "StatefulSet db"}},
		{"apps/v1", "StatefulSet", "of-somebody-else", is{Whole: "StatefulSet of-somebody-else"}},
		{"apps.kruise.io/v1beta1", "StatefulSet", "db", is{Whole: "StatefulSet db", Foreign: true}},
		{"apps/v1", "DaemonSet", "agent", is{Whole: "DaemonSet agent", Read: true, Wanted: 4, Ready: 4}},
		{"v1", "ReplicationController", "old", is{Whole: "ReplicationController old", Selector: "app=old", Read: true, Wanted: 1}},
		{"batch/v1", "Job", "night", is{Whole: "Job night", Read: true, Wanted: 2, Ready: 1, Ignores: true}},
		{"batch/v1", "Job", "strict", is{Whole: "Job strict", Read: true, Wanted: 1}},
		{"argoproj.io/v1alpha1", "Rollout\x1b", "web", is{Whole: "Rollout␛ web", Foreign: true}},
	} {
		c := selectors.ControllerOf(ownedBy(tt.group, tt.kind, tt.name))
		c.Complete(t.Context(), cluster, "shop")
		got := is{c.Whole(), "", c.Foreign, c.Gone, c.Read, c.Ignores, c.Wanted, c.Ready}
		if c.Selector != nil {
			got.Selector = c.Selector.String()
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s (- want, + got):\n%s", tt.kind, tt.name, diff)
		}
	}
}

func TestEndpoints(t *testing.T) {
	const slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
	endpoint := func(pod, ready string) string {
		return `{"conditions":{` + ready + `},"targetRef":{"kind":"Pod","name":"` + pod + `"}}`
	}
	cluster := kubetest.Serve(t, answers{
		slices + "kubernetes.io/service-name=web": `{"kind":"EndpointSliceList","items":[{"endpoints":[` + endpoint("b", `"ready":true`) + `,` + endpoint("a", ``) + `,` +
			endpoint("c", `"ready":false`) + `,{"targetRef":{"kind":"Node","name":"n"}}]},{"endpoints":[` + endpoint("b", `"ready":true`) + `]}]}`,
		slices + "kubernetes.io/service-name=denied": ``,
		slices + "kubernetes.io/service-name=odd":    `{"kind":"Odd"}`,
	})
	around := selectors.Namespace{Services: []selectors.Service{
		{Selecting: selecting(t, "Service", "web", "app=web")}, {Selecting: selecting(t, "Service", "denied", "app")}, {Selecting: selecting(t, "Service", "odd", "app=web")},
		{Selecting: selecting(t, "Service", "missing", "app=web")}, {Selecting: selecting(t, "Service", "others", "app=api")},
	}}
	want := map[string]selectors.Endpoints{"web": {Known: true, Ready: []string{"a", "b"}}, "denied": {}, "odd": {}, "missing": {}}
	got := selectors.EndpointsOf(t.Context(), cluster, labelled("app=web"), around.Services)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the endpoints are (- want, + got):\n%s", diff)
	}
	if e := got["web"]; e.Besides("a") != 1 || e.Besides("x") != 2 || !e.Has("a") || e.Has("c") {
		t.Errorf("besides a there are %d, besides x %d", e.Besides("a"), e.Besides("x"))
	}
}
