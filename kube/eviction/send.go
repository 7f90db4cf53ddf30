package eviction

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// evict asks the API server to evict a pod, and no other of its name; with dry only whether it would.
func evict(ctx context.Context, c *kube.Cluster, pod *corev1.Pod, dry bool) error {
	uid := pod.UID
	body, err := json.Marshal(&policyv1.Eviction{
		TypeMeta:      metav1.TypeMeta{APIVersion: "policy/v1", Kind: "Eviction"},
		ObjectMeta:    metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace},
		DeleteOptions: &metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}},
	})
	if err != nil {
		return fmt.Errorf("write the eviction: %w", err)
	}
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	// Not repeated by client-go: a budget that forbids it answers 429, and a person is to see that.
	request := c.Core().Post().MaxRetries(kube.NoRetries).Namespace(pod.Namespace).Resource("pods").Name(pod.Name).SubResource("eviction").
		SetHeader("Content-Type", "application/json").Body(body)
	if dry {
		request.Param("dryRun", metav1.DryRunAll)
	}
	return request.Do(ctx).Error()
}

// explain puts into words why a pod is not evicted.
func explain(ctx context.Context, c *kube.Cluster, t kube.Target, err error) error {
	op := "evict pod " + t.Pod
	switch {
	case apierrors.IsTooManyRequests(err):
		return budgetProblem(t, err)
	case kube.IsNotFound(err):
		return &kube.Problem{Message: op + ": it does not exist any more", Help: []kube.Help{kube.ListPods}, Err: err}
	case apierrors.IsConflict(err):
		return &kube.Problem{Message: op + ": another pod has its name by now", Hint: "look at that one", Help: []kube.Help{kube.ListPods}, Err: err}
	case manyBudgets(err):
		return &kube.Problem{
			Message: op + ": more than one PodDisruptionBudget selects it, which the API does not evict", Err: err,
			Hint: "have one budget select it, or delete the pod",
		}
	}
	return write.NotChanged(ctx, c, op, t.Namespace, rightToEvict(), err)
}

// manyBudgets reports whether an eviction fails for a pod with more than one budget:
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/registry/core/pod/storage/eviction.go#L228
func manyBudgets(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Code == http.StatusInternalServerError &&
		status.Status().Message == "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
}

// budgetProblem is the answer of a budget that forbids it, in its words.
func budgetProblem(t kube.Target, err error) error {
	p := &kube.Problem{Message: "evict pod " + t.Pod + ": " + kube.Sanitize(kube.RootText(err)), Help: []kube.Help{kube.Retry}, Err: err}
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return p
	}
	details, budget := status.Status().Details, false
	for _, cause := range details.Causes {
		if cause.Type == policyv1.DisruptionBudgetCause {
			p.Message, budget = "pod "+t.Pod+" is not evicted: "+lower(kube.Sanitize(cause.Message)), true
		}
	}
	if budget {
		p.Hint = "wait until more of its pods are ready, or have the budget allow it"
	}
	if s := details.RetryAfterSeconds; s > 0 {
		p.Hint = "try again in " + strconv.Itoa(int(s)) + " s"
		if budget {
			p.Hint += ", when more of its pods may be ready"
		}
	}
	return p
}

// advise says what helps against a budget that forbids to evict a pod: to wait is of no use where it would forbid it with all pods ready, too.
func advise(err error, pod *corev1.Pod, budgets []selectors.Budget) error {
	var status apierrors.APIStatus
	p, ok := errors.AsType[*kube.Problem](err)
	if !ok || !apierrors.IsTooManyRequests(err) || !errors.As(err, &status) || !apierrors.HasStatusCause(err, policyv1.DisruptionBudgetCause) || status.Status().Details.RetryAfterSeconds > 0 {
		return err
	}
	budgets = slices.DeleteFunc(slices.Clone(budgets), func(b selectors.Budget) bool { return !b.Selects(pod.Labels) })
	if len(budgets) != 1 || budgets[0].Spare() == 0 {
		return err
	}
	b := &budgets[0]
	add := fmt.Sprintf("add %d replicas, or ", b.Spare())
	switch {
	case b.All:
		add = ""
	case b.Spare() == 1:
		add = "add a replica, or "
	}
	whole := *p
	whole.Hint = "it allows no eviction even when all its pods are ready: " + add + "change the budget"
	return &whole
}

// lower begins a sentence of the API server's inside one of ours.
func lower(text string) string {
	if len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z' {
		return string(text[0]+'a'-'A') + text[1:]
	}
	return text
}
