package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Budgets is the resource under which disruption budgets are in the store.
func Budgets() schema.GroupResource { return policyv1.Resource("poddisruptionbudgets") }

// evict deletes a pod if the disruption budget that selects it allows that, as the real server does.
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/registry/core/pod/storage/eviction.go
func (s *Server) evict(w http.ResponseWriter, r *http.Request, q request) error {
	options, dry, err := s.readEviction(w, r, q)
	if err != nil {
		return err
	}
	object, err := s.store.Get(q.key())
	if err != nil {
		return err
	}
	pod, err := podOf(object)
	if err != nil {
		return err
	}
	if guarded(pod) {
		if err := s.disrupt(pod, dry); err != nil {
			return err
		}
	}
	if err := s.deleteEvicted(q, options, dry); err != nil {
		return err
	}
	s.write(w, r, http.StatusCreated, &metav1.Status{Status: metav1.StatusSuccess, Code: http.StatusCreated})
	return nil
}

// readEviction is how a client wants a pod to be deleted, and whether it only wants to know.
func (s *Server) readEviction(w http.ResponseWriter, r *http.Request, q request) (*metav1.DeleteOptions, bool, error) {
	dry, err := dryRun(r.URL.Query()["dryRun"])
	if err != nil {
		return nil, false, err
	}
	decoded, err := s.decode(w, r, policyv1.SchemeGroupVersion.WithKind("Eviction"))
	if err != nil {
		return nil, false, err
	}
	eviction, err := as[*policyv1.Eviction](decoded)
	switch {
	case err != nil:
		return nil, false, err
	case eviction.Namespace != "" && eviction.Namespace != q.namespace:
		return nil, false, apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	case eviction.Name != q.name:
		return nil, false, apierrors.NewBadRequest("name in URL does not match name in Eviction object")
	case eviction.DeleteOptions == nil:
		return &metav1.DeleteOptions{}, dry, nil
	}
	if wanted := eviction.DeleteOptions.DryRun; len(wanted) > 0 {
		if !slices.Equal(wanted, []string{metav1.DryRunAll}) {
			return nil, false, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "DeleteOptions"}, "",
				field.ErrorList{field.NotSupported(field.NewPath("dryRun"), wanted, []string{metav1.DryRunAll})})
		}
		dry = true
	}
	return eviction.DeleteOptions, dry, validatePropagation(eviction.DeleteOptions)
}

// guarded reports whether budgets are asked about a pod. One that does not run, or is going, disturbs nobody by going.
func guarded(pod *corev1.Pod) bool {
	ended := []corev1.PodPhase{corev1.PodSucceeded, corev1.PodFailed, corev1.PodPending}
	return pod.DeletionTimestamp == nil && !slices.Contains(ended, pod.Status.Phase)
}

// disrupt takes a disruption from the budget of a pod, or tells why there is none left.
func (s *Server) disrupt(pod *corev1.Pod, dry bool) error {
	budgets := s.budgetsOf(pod)
	switch len(budgets) {
	case 0:
		return nil
	case 1:
	default:
		return &apierrors.StatusError{ErrStatus: metav1.Status{
			Status: metav1.StatusFailure, Code: http.StatusInternalServerError,
			Message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
		}}
	}
	budget := budgets[0]
	if !isReady(pod) && mayGoUnhealthy(budget) {
		return nil // it counts for nothing
	}
	now := metav1.NewTime(s.clock.Now().Truncate(time.Second))
	if dry {
		return takeDisruption(budget.DeepCopy(), pod.Name, now)
	}
	key := store.Key{Resource: Budgets(), Namespace: budget.Namespace, Name: budget.Name}
	_, err := s.store.Update(key, func(o store.Object) error {
		return takeDisruption(o.(*policyv1.PodDisruptionBudget), pod.Name, now) //nolint:forcetypeassert // budgets only are stored as such
	})
	return err
}

// budgetsOf is the budgets that select a pod.
func (s *Server) budgetsOf(pod *corev1.Pod) (budgets []*policyv1.PodDisruptionBudget) {
	objects, _ := s.store.List(Budgets(), pod.Namespace)
	for _, object := range objects {
		budget := object.(*policyv1.PodDisruptionBudget) //nolint:forcetypeassert // see disrupt
		selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
		if err == nil && selector.Matches(labels.Set(pod.Labels)) {
			budgets = append(budgets, budget)
		}
	}
	return budgets
}

// mayGoUnhealthy reports whether a pod that is not ready may go without a budget's consent.
func mayGoUnhealthy(budget *policyv1.PodDisruptionBudget) bool {
	status := budget.Status
	return ptr.Deref(budget.Spec.UnhealthyPodEvictionPolicy, policyv1.IfHealthyBudget) == policyv1.AlwaysAllow ||
		status.CurrentHealthy >= status.DesiredHealthy && status.DesiredHealthy > 0
}

// takeDisruption counts a pod that goes, if it may.
func takeDisruption(budget *policyv1.PodDisruptionBudget, pod string, now metav1.Time) error {
	status := &budget.Status
	switch {
	case status.ObservedGeneration < budget.Generation:
		return tooManyDisruptions(10, fmt.Sprintf("The disruption budget %s is still being processed by the server.", budget.Name))
	case status.DisruptionsAllowed < 0:
		return apierrors.NewForbidden(policyv1.Resource("poddisruptionbudget"), budget.Name, errors.New("pdb disruptions allowed is negative"))
	case status.DisruptionsAllowed == 0:
		cause := fmt.Sprintf("The disruption budget %s needs %d healthy pods and has %d currently", budget.Name, status.DesiredHealthy, status.CurrentHealthy)
		if c := meta.FindStatusCondition(status.Conditions, policyv1.DisruptionAllowedCondition); c != nil && c.Reason == policyv1.SyncFailedReason {
			cause = fmt.Sprintf("The disruption budget %s does not allow evicting pods currently because it failed sync: %s", budget.Name, c.Message)
		}
		return tooManyDisruptions(0, cause)
	}
	status.DisruptionsAllowed--
	if status.DisruptedPods == nil {
		status.DisruptedPods = map[string]metav1.Time{}
	}
	status.DisruptedPods[pod] = now
	SetDisruptionAllowed(budget, now)
	return nil
}

// SetDisruptionAllowed sets the condition of a budget that says in a word what its status does in numbers.
func SetDisruptionAllowed(budget *policyv1.PodDisruptionBudget, now metav1.Time) {
	condition := metav1.Condition{
		Type: policyv1.DisruptionAllowedCondition, Status: metav1.ConditionTrue, Reason: policyv1.SufficientPodsReason,
		ObservedGeneration: budget.Generation, LastTransitionTime: now,
	}
	if budget.Status.DisruptionsAllowed <= 0 {
		condition.Status, condition.Reason = metav1.ConditionFalse, policyv1.InsufficientPodsReason
	}
	meta.SetStatusCondition(&budget.Status.Conditions, condition)
}

func tooManyDisruptions(seconds int, cause string) error {
	err := apierrors.NewTooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", seconds)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: policyv1.DisruptionBudgetCause, Message: cause}}
	return err
}

// deleteEvicted deletes a pod, which says in a condition why.
func (s *Server) deleteEvicted(q request, options *metav1.DeleteOptions, dry bool) error {
	for {
		object, err := s.store.Get(q.key())
		if err != nil {
			return err
		}
		if err := precondition(q.resource, object, options.Preconditions); err != nil || dry {
			return err
		}
		pod, err := podOf(object.DeepCopyObject())
		if err != nil {
			return err
		}
		s.markEvicted(pod)
		err = s.store.Replace(q.key(), pod)
		if apierrors.IsConflict(err) {
			continue // it was written meanwhile: look again
		}
		if err != nil {
			return err
		}
		options = options.DeepCopy()
		options.Preconditions = metav1.NewUIDPreconditions(string(pod.UID))
		_, _, err = s.remove(q.resource, q.key(), options, false)
		return err
	}
}

func (s *Server) markEvicted(pod *corev1.Pod) {
	if podCondition(pod, corev1.DisruptionTarget) {
		return
	}
	pod.Status.Conditions = append([]corev1.PodCondition{{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(s.clock.Now().Truncate(time.Second)),
		ObservedGeneration: pod.Generation, Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting",
	}}, pod.Status.Conditions...)
}
