package practice_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
)

// budget is the status of the budget of web: disruptions that are allowed, pods that are healthy, should be, and are there, and the condition's reason.
func (a admin) budget() string {
	a.t.Helper()
	var budget policyv1.PodDisruptionBudget
	a.must(http.MethodGet, "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web", "", &budget)
	s, reason := budget.Status, ""
	if c := meta.FindStatusCondition(s.Conditions, policyv1.DisruptionAllowedCondition); c != nil {
		reason = c.Reason
	}
	if s.ObservedGeneration != budget.Generation || budget.Generation != 1 {
		a.t.Errorf("observed is generation %d of %d", s.ObservedGeneration, budget.Generation)
	}
	return fmt.Sprintf("allowed %d, healthy %d of %d, pods %d, %s", s.DisruptionsAllowed, s.CurrentHealthy, s.DesiredHealthy, s.ExpectedPods, reason)
}

func (a admin) evict(pod string) int {
	a.t.Helper()
	body := fmt.Sprintf(`{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":%q}}`, pod)
	return a.ask(http.MethodPost, pods+"/"+pod+"/eviction", body, nil)
}

// TestBudget lets one of the two pods of web go, and the other one when there is a new one that is ready.
func TestBudget(t *testing.T) {
	a := newAdmin(t)
	const whole = "allowed 1, healthy 2 of 1, pods 2, SufficientPods"
	if got := a.budget(); got != whole {
		t.Fatalf("at first: %s, want %s", got, whole)
	}
	names := slices.Sorted(maps.Keys(a.webs()))
	if code := a.evict(names[0]); code != http.StatusCreated {
		t.Fatalf("the first eviction: %d", code)
	}
	if code := a.evict(names[1]); code != http.StatusTooManyRequests {
		t.Fatalf("the second eviction: %d", code)
	}
	a.Clock.Advance(100 * time.Millisecond)
	if got, want := a.budget(), "allowed 0, healthy 1 of 1, pods 3, InsufficientPods"; got != want {
		t.Errorf("with one that is going and one that begins: %s, want %s", got, want)
	}
	a.Clock.Advance(20 * time.Second)
	if got := a.budget(); got != whole {
		t.Errorf("with a new one: %s, want %s", got, whole)
	}
	if code := a.evict(names[1]); code != http.StatusCreated {
		t.Errorf("the second eviction, later: %d", code)
	}
	a.Clock.Advance(20 * time.Second)
	if now := a.webs(); len(now) != 2 || now[names[0]].Name != "" || now[names[1]].Name != "" {
		t.Errorf("both are replaced, by %d", len(now))
	}
}

// TestBudgetLabels counts a pod out that has lost its label, though it lives on.
func TestBudgetLabels(t *testing.T) {
	a := newAdmin(t)
	a.label(slices.Sorted(maps.Keys(a.webs()))[0], `{"app":null}`)
	a.Clock.Advance(100 * time.Millisecond)
	if got, want := a.budget(), "allowed 0, healthy 1 of 1, pods 2, InsufficientPods"; got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
}
