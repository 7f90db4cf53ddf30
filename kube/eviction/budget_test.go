package eviction_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/eviction"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// To wait for a budget is of no use where it forbids it with all of its pods ready, too: what helps instead is said, before it is tried and after.
func TestBudgetThatNeverAllowsIt(t *testing.T) {
	refuse := func(seconds int32) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			apitest.Refuse(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "no", &metav1.StatusDetails{RetryAfterSeconds: seconds, Causes: []metav1.StatusCause{
				{Type: policyv1.DisruptionBudgetCause, Message: "The disruption budget web needs 3 healthy pods and has 3 currently"},
			}})
		}
	}
	const wait, never = "wait until more of its pods are ready, or have the budget allow it", "it allows no eviction even when all its pods are ready: "
	for name, tt := range map[string]struct {
		spec          string
		pods, healthy int
		seconds       int32
		want          string
	}{
		"all of three":      {`{"minAvailable":3,SELECTOR}`, 3, 3, 0, never + "add a replica, or change the budget"},
		"more than all":     {`{"minAvailable":5,SELECTOR}`, 3, 5, 0, never + "add 3 replicas, or change the budget"},
		"every one":         {`{"minAvailable":"100%",SELECTOR}`, 3, 3, 0, never + "change the budget"},
		"none may be away":  {`{"maxUnavailable":0,SELECTOR}`, 3, 3, 0, never + "change the budget"},
		"two of three":      {`{"minAvailable":2,SELECTOR}`, 3, 2, 0, wait},
		"of others":         {`{"minAvailable":3,"selector":{"matchLabels":{"app":"api"}}}`, 3, 3, 0, wait},
		"not counted yet":   {`{"minAvailable":3,SELECTOR}`, 0, 0, 0, wait},
		"is being counted":  {`{"minAvailable":3,SELECTOR}`, 3, 3, 10, "try again in 10 s, when more of its pods may be ready"},
		"may not be listed": {"", 0, 0, 0, wait},
	} {
		t.Run(name, func(t *testing.T) {
			e := &evictor{refuse: refuse(tt.seconds)}
			spec := strings.Replace(tt.spec, "SELECTOR", `"selector":{"matchLabels":{"app":"web"}}`, 1)
			c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tt.spec == "" || !strings.HasSuffix(r.URL.Path, "/poddisruptionbudgets") {
					e.ServeHTTP(w, r)
					return
				}
				body := fmt.Sprintf(`{"kind":"PodDisruptionBudgetList","items":[{"metadata":{"name":"web"},"spec":%s,"status":{"expectedPods":%d,"desiredHealthy":%d}}]}`, spec, tt.pods, tt.healthy)
				apitest.Answer(w, http.StatusOK, json.RawMessage(body))
			}))
			f := eviction.Read(t.Context(), c, c.NewPod(podOf("ReplicaSet")))
			if f.Answer == nil || f.Answer.Hint != tt.want {
				t.Errorf("before, it is told %+v", f.Answer)
			}
			f.Answer, f.Controller = nil, factsOf("ReplicaSet").Controller
			p := apitest.Receive(t, eviction.Of(f).Carry(t.Context(), c, "", func() { t.Error("it is done") }), "an end")
			if problem := kube.Explain(p.Err); problem.Hint != tt.want {
				t.Errorf("after, it is told %+v", problem)
			}
		})
	}
}
