package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// forgiven is how long a pod counts as gone that was evicted and is still there, unharmed.
const forgiven = 2 * time.Minute

// budgets counts what disruption budgets allow.
type budgets struct {
	store *store.Store
	clock *clock.Clock
}

// reconcile counts how many pods of a namespace each budget lets go, and returns after how long to do so again; 0: not at all.
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/disruption/disruption.go
func (b *budgets) reconcile(namespace string) (again time.Duration) {
	objects, _ := b.store.List(api.Budgets(), namespace)
	if len(objects) == 0 {
		return 0
	}
	all := Pods(b.store, namespace)
	for _, object := range objects {
		budget := object.DeepCopyObject().(*policyv1.PodDisruptionBudget) //nolint:forcetypeassert // budgets only are stored as such
		selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
		if err != nil {
			selector = labels.Nothing()
		}
		pods := slices.DeleteFunc(slices.Clone(all), func(pod *corev1.Pod) bool { return !selector.Matches(labels.Set(pod.Labels)) })
		b.count(budget, pods)
		setStatus(b.store, api.Budgets(), object.(*policyv1.PodDisruptionBudget), //nolint:forcetypeassert // see above
			func(x *policyv1.PodDisruptionBudget) *policyv1.PodDisruptionBudgetStatus { return &x.Status }, budget.Status)
		if len(budget.Status.DisruptedPods) > 0 {
			again = forgiven
		}
	}
	return again
}

// count brings the status of a budget up to date.
func (b *budgets) count(budget *policyv1.PodDisruptionBudget, pods []*corev1.Pod) {
	now, status := metav1.NewTime(b.clock.Now().Truncate(time.Second)), &budget.Status
	expected, desired, err := b.expected(budget.Spec, pods)
	if err != nil {
		status.DisruptionsAllowed, status.ObservedGeneration = 0, budget.Generation
		meta.SetStatusCondition(&status.Conditions, metav1.Condition{
			Type: policyv1.DisruptionAllowedCondition, Status: metav1.ConditionFalse, Reason: policyv1.SyncFailedReason,
			Message: err.Error(), ObservedGeneration: budget.Generation, LastTransitionTime: now,
		})
		return
	}
	status.DisruptedPods = disrupted(status.DisruptedPods, pods, now.Time)
	status.CurrentHealthy = 0
	for _, pod := range pods {
		if _, gone := status.DisruptedPods[pod.Name]; !gone && pod.DeletionTimestamp == nil && isReady(pod) {
			status.CurrentHealthy++
		}
	}
	status.ExpectedPods, status.DesiredHealthy, status.ObservedGeneration = expected, desired, budget.Generation
	status.DisruptionsAllowed = max(0, status.CurrentHealthy-desired)
	if expected <= 0 {
		status.DisruptionsAllowed = 0
	}
	api.SetDisruptionAllowed(budget, now)
}

// disrupted is the pods that were evicted and do not show it yet.
func disrupted(noted map[string]metav1.Time, pods []*corev1.Pod, now time.Time) map[string]metav1.Time {
	var left map[string]metav1.Time
	for _, pod := range pods {
		at, evicted := noted[pod.Name]
		if !evicted || pod.DeletionTimestamp != nil || !at.Add(forgiven).After(now) {
			continue
		}
		if left == nil {
			left = map[string]metav1.Time{}
		}
		left[pod.Name] = at
	}
	return left
}

// expected is how many pods a budget is about, and how many of them have to be healthy.
func (b *budgets) expected(spec policyv1.PodDisruptionBudgetSpec, pods []*corev1.Pod) (count, healthy int32, err error) {
	limit := spec.MinAvailable
	switch {
	case spec.MaxUnavailable != nil:
		limit = spec.MaxUnavailable
	case limit == nil:
		return 0, 0, nil
	case limit.Type == intstr.Int:
		return int32(len(pods)), limit.IntVal, nil
	}
	if count, err = b.scale(pods); err != nil {
		return 0, 0, err
	}
	share, err := intstr.GetScaledValueFromIntOrPercent(limit, int(count), true)
	if err != nil {
		return 0, 0, err
	}
	if spec.MaxUnavailable != nil {
		return count, max(0, count-int32(share)), nil
	}
	return count, int32(share), nil
}

// scale is how many pods the controllers of pods want. A pod without one does not count.
func (b *budgets) scale(pods []*corev1.Pod) (sum int32, err error) {
	counted := map[types.UID]bool{}
	for _, pod := range pods {
		owner := metav1.GetControllerOf(pod)
		if owner == nil || counted[owner.UID] {
			continue
		}
		counted[owner.UID] = true
		key, _ := api.OwnerKey(pod.Namespace, *owner)
		replicas, err := b.replicas(key, *owner)
		if err != nil {
			return 0, err
		}
		sum += replicas
	}
	return sum, nil
}

// replicas is how many pods a controller wants; an error, if it is of a kind that does not say so.
func (b *budgets) replicas(key store.Key, owner metav1.OwnerReference) (int32, error) {
	object, err := b.store.Get(key)
	if err == nil && object.GetUID() == owner.UID {
		switch object := object.(type) {
		case *appsv1.ReplicaSet:
			return ptr.Deref(object.Spec.Replicas, 1), nil
		case *appsv1.StatefulSet:
			return ptr.Deref(object.Spec.Replicas, 1), nil
		}
	}
	if key.Resource.Resource == "" {
		key.Resource.Resource = strings.ToLower(owner.Kind) + "s"
	}
	return 0, fmt.Errorf("%s does not implement the scale subresource", key.Resource)
}
