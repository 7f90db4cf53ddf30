package scratch

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Beside makes another namespace, with a word behind the name of this one. The caller must Delete it.
func (n *Namespace) Beside(ctx context.Context, word string) (*Namespace, error) {
	other := n.Elsewhere(n.Name + "-" + word)
	if err := other.make(ctx); err != nil {
		return nil, err
	}
	return other, nil
}

// Elsewhere is a namespace that is there already. It is not ours: it must not be deleted.
func (n *Namespace) Elsewhere(name string) *Namespace {
	other := *n
	other.Name = name
	return &other
}

// Enforce has the namespace enforce a level of Pod Security, and returns when it does. A pod must have run in it: before, pods are refused
// for want of a service account.
func (n *Namespace) Enforce(ctx context.Context, level string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	label := fmt.Sprintf(`{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":%q}}}`, level)
	err := n.core.Patch(types.MergePatchType).Resource("namespaces").Name(n.Name).Body([]byte(label)).Do(ctx).Error()
	for err == nil {
		if err = n.tryPrivileged(ctx); err != nil && strings.Contains(err.Error(), "violates PodSecurity") {
			return nil
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("have namespace %s enforce level %s: %w", n.Name, level, err)
}

// tryPrivileged asks whether a pod that no level allows could be made.
func (n *Namespace) tryPrivileged(ctx context.Context) error {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "privileged"}, Spec: corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: "none", SecurityContext: &corev1.SecurityContext{Privileged: new(true)}},
	}}}
	options := &metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	return n.core.Post().Namespace(n.Name).Resource("pods").VersionedParams(options, n.params).Body(pod).Do(ctx).Error()
}
