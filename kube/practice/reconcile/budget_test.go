package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/reconcile"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// idle is a kubelet that runs nothing.
type idle struct{}

func (idle) Changed(store.Key) {}

// owned is a pod with the label app=web that is ready, of an owner; "": of none.
func owned(name, kind, version string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop", Labels: map[string]string{"app": "web"}}}
	p.Spec.NodeName = "n-1"
	p.Status.Phase = corev1.PodRunning
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(noon())}}
	if kind != "" {
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: version, Kind: kind, Name: "web", UID: "owner", Controller: ptr.To(true)}}
	}
	return p
}

// TestBudgets counts as the disruption controller does, by what a budget says and by who owns the pods.
func TestBudgets(t *testing.T) {
	set := func(kind string) []*corev1.Pod {
		return []*corev1.Pod{owned("a", kind, "apps/v1"), owned("b", kind, "apps/v1"), owned("c", kind, "apps/v1")}
	}
	job := []*corev1.Pod{owned("a", "Job", "batch/v1")}
	number, share := func(n int) *intstr.IntOrString { return ptr.To(intstr.FromInt(n)) }, func(s string) *intstr.IntOrString { return ptr.To(intstr.FromString(s)) }
	for name, test := range map[string]struct {
		pods            []*corev1.Pod
		min, most       *intstr.IntOrString
		evicted, wanted string
	}{
		"so many available":            {set("StatefulSet"), number(2), nil, "", "allowed 1, healthy 3 of 2, pods 3 True SufficientPods"},
		"more than there are":          {set("StatefulSet"), number(4), nil, "", "allowed 0, healthy 3 of 4, pods 3 False InsufficientPods"},
		"a share of those wanted":      {set("StatefulSet"), share("50%"), nil, "", "allowed 1, healthy 3 of 2, pods 4 True SufficientPods"},
		"so many unavailable":          {set("StatefulSet"), nil, number(1), "", "allowed 0, healthy 3 of 3, pods 4 False InsufficientPods"},
		"a share unavailable":          {set("StatefulSet"), nil, share("30%"), "", "allowed 1, healthy 3 of 2, pods 4 True SufficientPods"},
		"of no controller":             {set(""), nil, number(1), "", "allowed 0, healthy 3 of 0, pods 0 False InsufficientPods"},
		"of one without a scale":       {job, nil, number(1), "", "allowed 0, healthy 0 of 0, pods 0 False SyncFailed jobs.batch does not implement the scale subresource"},
		"one has just been evicted":    {set("StatefulSet"), number(2), nil, "a", "allowed 0, healthy 2 of 2, pods 3 False InsufficientPods"},
		"nothing is selected by none":  {nil, number(0), nil, "", "allowed 0, healthy 0 of 0, pods 0 False InsufficientPods"},
		"a budget that wants nothing":  {set("StatefulSet"), nil, nil, "", "allowed 0, healthy 3 of 0, pods 0 False InsufficientPods"},
		"all may go when none has to ": {set("StatefulSet"), number(0), nil, "", "allowed 3, healthy 3 of 0, pods 3 True SufficientPods"},
	} {
		t.Run(name, func(t *testing.T) {
			s, now := store.New(100), clock.New(noon())
			budget := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"}}
			budget.Spec = policyv1.PodDisruptionBudgetSpec{
				MinAvailable: test.min, MaxUnavailable: test.most, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			}
			if test.evicted != "" {
				budget.Status.DisruptedPods = map[string]metav1.Time{test.evicted: metav1.NewTime(noon())}
			}
			owner := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", UID: "owner"}}
			owner.Spec.Replicas = ptr.To(int32(4))
			objects := []store.Object{budget, owner}
			for _, pod := range test.pods {
				objects = append(objects, pod.DeepCopy())
			}
			if err := api.Register(s, noon(), objects...); err != nil {
				t.Fatal(err)
			}
			r := reconcile.New(s, now, idle{})
			key := store.Key{Resource: api.Budgets(), Namespace: "shop", Name: "web"}
			again := r.Namespace("shop")
			if got := counted(t, s, key); got != test.wanted {
				t.Errorf("it is %s, want %s", got, test.wanted)
			}
			if test.evicted == "" {
				return
			}
			if again != 2*time.Minute {
				t.Errorf("it is to be looked at again after %v", again)
			}
			now.Advance(again)
			r.Namespace("shop")
			if got, want := counted(t, s, key), "allowed 1, healthy 3 of 2, pods 3 True SufficientPods"; got != want {
				t.Errorf("two minutes later, since it is still there: %s, want %s", got, want)
			}
		})
	}
}

func counted(t *testing.T, s *store.Store, key store.Key) string {
	t.Helper()
	object, err := s.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	status := object.(*policyv1.PodDisruptionBudget).Status
	text := fmt.Sprintf("allowed %d, healthy %d of %d, pods %d", status.DisruptionsAllowed, status.CurrentHealthy, status.DesiredHealthy, status.ExpectedPods)
	for _, c := range status.Conditions {
		text += fmt.Sprintf(" %s %s", c.Status, c.Reason)
		if c.Message != "" {
			text += " " + c.Message
		}
	}
	return text
}
