package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// budget is one of the pod "web", that needs so many healthy pods and has so many.
func budget(name string, needs, has int32, change ...func(*policyv1.PodDisruptionBudget)) store.Object {
	b := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop", Generation: 1}}
	b.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	b.Status = policyv1.PodDisruptionBudgetStatus{
		ObservedGeneration: 1, DesiredHealthy: needs, CurrentHealthy: has, DisruptionsAllowed: max(0, has-needs), ExpectedPods: has,
	}
	for _, f := range change {
		f(b)
	}
	return b
}

// evictable is the pod "web" that runs, ready or not.
func evictable(ready corev1.ConditionStatus) *corev1.Pod {
	p := pod("web", "app")
	p.UID = "uid-1"
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}
	return p
}

const (
	evictPath  = "/api/v1/namespaces/shop/pods/web/eviction"
	noConsent  = "Cannot evict pod as it would violate the pod's disruption budget."
	uidRefused = `Operation cannot be fulfilled on Pod "web": the UID in the precondition (x) does not match the UID in record (uid-1). ` +
		"The object might have been deleted and then recreated"
	versionRefused = `Operation cannot be fulfilled on Pod "web": the ResourceVersion in the precondition (1) does not match the ResourceVersion ` +
		"in record (4). The object might have been modified"
)

// eviction is what a client sends, with deleteOptions or other fields.
func eviction(name, more string) string {
	return fmt.Sprintf(`{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":%q}%s}`, name, more)
}

// TestEviction has the answers of a real server of 1.34.4, which were written down from one.
func TestEviction(t *testing.T) {
	always := func(b *policyv1.PodDisruptionBudget) {
		b.Spec.UnhealthyPodEvictionPolicy = ptr.To(policyv1.AlwaysAllow)
	}
	unseen := func(b *policyv1.PodDisruptionBudget) { b.Generation = 2 }
	failed := func(b *policyv1.PodDisruptionBudget) {
		b.Status.Conditions = []metav1.Condition{{Type: policyv1.DisruptionAllowedCondition, Reason: policyv1.SyncFailedReason, Message: "no scale"}}
	}
	pending, leaving := evictable(corev1.ConditionFalse), evictable(corev1.ConditionTrue)
	pending.Status.Phase = corev1.PodPending
	leaving.DeletionTimestamp, leaving.DeletionGracePeriodSeconds = &metav1.Time{Time: start}, ptr.To(int64(30))
	ready, sick := evictable(corev1.ConditionTrue), evictable(corev1.ConditionFalse)
	for name, test := range map[string]struct {
		pod     *corev1.Pod
		budgets []store.Object
		body    string
		code    int
		message string
		cause   string
		retry   string
	}{
		"no budget":                              {pod: ready, code: 201},
		"a budget allows":                        {pod: ready, budgets: []store.Object{budget("a", 1, 2)}, code: 201},
		"a budget forbids":                       {ready, []store.Object{budget("a", 2, 2)}, "", 429, noConsent, "The disruption budget a needs 2 healthy pods and has 2 currently", ""},
		"a new budget":                           {ready, []store.Object{budget("a", 1, 2, unseen)}, "", 429, noConsent, "The disruption budget a is still being processed by the server.", "10"},
		"nobody has to be healthy, so it counts": {sick, []store.Object{budget("a", 0, 0)}, "", 429, noConsent, "The disruption budget a needs 0 healthy pods and has 0 currently", ""},
		"it failed to sync":                      {ready, []store.Object{budget("a", 2, 2, failed)}, "", 429, noConsent, "The disruption budget a does not allow evicting pods currently because it failed sync: no scale", ""},
		"two budgets": {
			ready, []store.Object{budget("a", 1, 2), budget("b", 1, 2)}, "", 500,
			"This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", "", "",
		},
		"not ready, and the others are":    {pod: sick, budgets: []store.Object{budget("a", 2, 2)}, code: 201},
		"not ready, and too few others":    {sick, []store.Object{budget("a", 2, 1)}, "", 429, noConsent, "The disruption budget a needs 2 healthy pods and has 1 currently", ""},
		"not ready, and may always go":     {pod: sick, budgets: []store.Object{budget("a", 2, 1, always)}, code: 201},
		"pending":                          {pod: pending, budgets: []store.Object{budget("a", 2, 1)}, code: 201},
		"it is going already":              {pod: leaving, budgets: []store.Object{budget("a", 2, 1)}, code: 201},
		"its UID":                          {pod: ready, body: eviction("web", `,"deleteOptions":{"preconditions":{"uid":"uid-1"}}`), code: 201},
		"another UID":                      {ready, nil, eviction("web", `,"deleteOptions":{"preconditions":{"uid":"x"}}`), 409, uidRefused, "", ""},
		"another version":                  {ready, nil, eviction("web", `,"deleteOptions":{"preconditions":{"resourceVersion":"1"}}`), 409, versionRefused, "", ""},
		"another name":                     {ready, nil, eviction("nope", ""), 400, "name in URL does not match name in Eviction object", "", ""},
		"a dry run that is none":           {ready, nil, eviction("web", `,"deleteOptions":{"dryRun":["None"]}`), 422, `DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["None"]: supported values: "All"`, "Unsupported value: [\"None\"]: supported values: \"All\"", ""},
		"a dry run that a budget forbids":  {ready, []store.Object{budget("a", 2, 2)}, eviction("web", `,"deleteOptions":{"dryRun":["All"]}`), 429, noConsent, "The disruption budget a needs 2 healthy pods and has 2 currently", ""},
		"a dry run that asks for a UID":    {ready, nil, eviction("web", `,"deleteOptions":{"dryRun":["All"],"preconditions":{"uid":"x"}}`), 409, uidRefused, "", ""},
		"what is no eviction, but another": {ready, nil, `{"apiVersion":"v1","kind":"Pod"}`, 400, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, append([]store.Object{test.pod.DeepCopy()}, test.budgets...)...)
			if test.body == "" {
				test.body = eviction("web", "")
			}
			answer := c.ask(t, call{method: "POST", path: evictPath, body: test.body})
			status := answer.status(t)
			if answer.code != test.code || test.message != "" && status.Message != test.message {
				t.Errorf("%d %s, want %d %s", answer.code, status.Message, test.code, test.message)
			}
			if test.code == 201 && status.Status != metav1.StatusSuccess || answer.header.Get("Retry-After") != test.retry {
				t.Errorf("%s, Retry-After %q, want %q", status.Status, answer.header.Get("Retry-After"), test.retry)
			}
			if test.cause != "" && (status.Details == nil || status.Details.Causes[0].Message != test.cause) {
				t.Errorf("the details are %+v, want %s", status.Details, test.cause)
			}
		})
	}
}

// TestEvicted marks the pod and takes a disruption from its budget, unless it is for practice.
func TestEvicted(t *testing.T) {
	c := serve(t, evictable(corev1.ConditionTrue), budget("a", 1, 2))
	key := store.Key{Resource: api.Budgets(), Namespace: "shop", Name: "a"}
	before, err := c.store.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	version := c.store.Version()
	for _, dry := range []call{
		{method: "POST", path: evictPath + "?dryRun=All", body: eviction("web", "")},
		{method: "POST", path: evictPath, body: eviction("web", `,"deleteOptions":{"dryRun":["All"]}`)},
	} {
		if answer := c.ask(t, dry); answer.code != 201 || c.store.Version() != version || c.kubelet.heard() != "" {
			t.Fatalf("a dry run: %d %s, version %d, want %d", answer.code, answer.body, c.store.Version(), version)
		}
	}
	c.clock.Advance(time.Minute)
	c.ask(t, call{method: "POST", path: evictPath, body: eviction("web", "")})
	var evicted corev1.Pod
	c.ask(t, call{path: "/api/v1/namespaces/shop/pods/web"}).into(t, http.StatusOK, &evicted)
	condition := evicted.Status.Conditions[0]
	if condition.Type != corev1.DisruptionTarget || condition.Reason != "EvictionByEvictionAPI" || condition.Message != "Eviction API: evicting" {
		t.Errorf("the condition is %+v", condition)
	}
	if evicted.DeletionTimestamp == nil || *evicted.DeletionGracePeriodSeconds != 30 {
		t.Errorf("it ends at %v, after %v", evicted.DeletionTimestamp, evicted.DeletionGracePeriodSeconds)
	}
	if heard := c.kubelet.heard(); heard != "shop/web" {
		t.Errorf("the kubelet heard of %q", heard)
	}
	after, err := c.store.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	status := after.(*policyv1.PodDisruptionBudget).Status
	if at := status.DisruptedPods["web"]; status.DisruptionsAllowed != 0 || !at.Time.Equal(start.Add(time.Minute)) || status.Conditions[0].Reason != "InsufficientPods" {
		t.Errorf("the budget is %+v, it was %+v", status, before)
	}
}

// TestEvictionRights refuses who may delete pods, but not evict them.
func TestEvictionRights(t *testing.T) {
	c := serve(t, append(mayRead(), evictable(corev1.ConditionTrue))...)
	status := c.ask(t, call{token: "Bearer viewer-token", method: "POST", path: evictPath, body: eviction("web", "")}).status(t)
	want := `pods "web" is forbidden: User "` + viewer + `" cannot create resource "pods/eviction" in API group "" in the namespace "shop"`
	if status.Code != http.StatusForbidden || status.Message != want {
		t.Errorf("%d %s, want %s", status.Code, status.Message, want)
	}
	if answer := c.ask(t, call{path: evictPath}); answer.code != http.StatusMethodNotAllowed {
		t.Errorf("to get one: %d %s", answer.code, answer.body)
	}
}
