package selectors_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

func labelled(pairs ...string) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			metav1.SetMetaDataLabel(&p.ObjectMeta, key, value)
		}
	})
}

// selecting is by a selector as kubectl takes it; "?" is one that could not be understood, and "none" one that selects nothing.
func selecting(t *testing.T, kind, name, selector string) selectors.Selecting {
	t.Helper()
	one := selectors.Selecting{Kind: kind, Name: name}
	switch selector {
	case "?":
	case "none":
		one.Selector = labels.Nothing()
	default:
		one.Selector = parsed(t, selector)
	}
	return one
}

func parsed(t *testing.T, selector string) labels.Selector {
	t.Helper()
	s, err := labels.Parse(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBudgets(t *testing.T) {
	pod := labelled("app=web")
	budget := func(name, selector string, allowed int32) selectors.Budget {
		return selectors.Budget{Selecting: selecting(t, "PodDisruptionBudget", name, selector), Allowed: allowed}
	}
	around := selectors.Namespace{
		DisruptionBudgets: []selectors.Budget{
			budget("none", "app=web", 0), budget("one", "app", 1), budget("all", "", 3), budget("others", "app=api", 0),
			budget("nobody", "none", 0), budget("odd\x1b[2J", "?", 0),
		},
	}
	want := []string{
		"PodDisruptionBudget none allows no disruption now", "PodDisruptionBudget one allows 1 disruption now",
		"PodDisruptionBudget all allows 3 disruptions now",
		"PodDisruptionBudget odd␛[2J has a selector that could not be understood: it may select the pod",
	}
	if diff := cmp.Diff(want, around.Budgets(pod)); diff != "" {
		t.Errorf("the budgets are (- want, + got):\n%s", diff)
	}
	if got := (selectors.Namespace{}).Budgets(pod); got != nil {
		t.Errorf("without any they are %q", got)
	}
	unread := selectors.Namespace{Unread: []string{"PodDisruptionBudgets"}}
	if diff := cmp.Diff([]string{"PodDisruptionBudgets could not be read: one may forbid to evict the pod"}, unread.Budgets(pod)); diff != "" {
		t.Errorf("unread they are (- want, + got):\n%s", diff)
	}
}

func TestNeeded(t *testing.T) {
	rules := func(selector string) selectors.Direction {
		return selectors.Direction{Limits: true, Rules: []selectors.Rule{{Peers: []labels.Selector{parsed(t, selector)}}}}
	}
	around := selectors.Namespace{
		Services: []selectors.Service{
			{Selecting: selecting(t, "Service", "web", "app=web")}, {Selecting: selecting(t, "Service", "api", "app=api")},
			{Selecting: selecting(t, "Service", "odd", "?")}, {Selecting: selecting(t, "Service", "none", "none")},
		},
		Controllers: []selectors.Selecting{selecting(t, "ReplicaSet", "web-7d", "app=web,pod-template-hash=7d")},
		NetworkPolicies: []selectors.NetworkPolicy{
			{Selecting: selecting(t, "NetworkPolicy", "deny-all", "")},
			{Selecting: selecting(t, "NetworkPolicy", "front", "tier in (front),debug notin (yes),!canary")},
			{Selecting: selecting(t, "NetworkPolicy", "db", "app=db"), In: rules("app=web,tier"), Out: rules("app=web")},
		},
		DisruptionBudgets: []selectors.Budget{{Selecting: selecting(t, "PodDisruptionBudget", "web", "app")}},
	}
	want := map[string][]string{
		"app":               {"Service web", "ReplicaSet web-7d", "NetworkPolicy db", "PodDisruptionBudget web"},
		"pod-template-hash": {"ReplicaSet web-7d"},
		"tier":              {"NetworkPolicy front", "NetworkPolicy db"},
	}
	if diff := cmp.Diff(want, around.Needed(labelled("app=web", "pod-template-hash=7d", "tier=front", "team=shop"))); diff != "" {
		t.Errorf("needed are (- want, + got):\n%s", diff)
	}
	if got := around.Needed(labelled()); len(got) > 0 {
		t.Errorf("of a pod without labels there are needed: %q", got)
	}
}
