package write

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Jobs is where the API has them.
const Jobs = "/apis/batch/v1"

// Object is one object of the API.
type Object struct {
	API, Resource, Namespace, Name string // "/api/v1", "pods", …
}

func (o Object) of(r *rest.Request) *rest.Request {
	return r.AbsPath(o.API).Namespace(o.Namespace).Resource(o.Resource).Name(o.Name)
}

// Delete deletes an object that has a UID, and nothing else of its name; dependents says what becomes of what it owns. It returns nil also when that is
// gone. It gets a second to end: what dayfly makes for a session has nothing to finish. Where the connection breaks it is sent once more: that may have
// been one that the server had closed, and what is bound to a UID is deleted once.
func Delete(ctx context.Context, c *kube.Cluster, o Object, uid types.UID, dependents metav1.DeletionPropagation) error {
	options := &metav1.DeleteOptions{
		GracePeriodSeconds: new(int64(1)), Preconditions: metav1.NewUIDPreconditions(string(uid)), PropagationPolicy: &dependents,
	}
	err := o.delete(ctx, c, options)
	if kube.AnswerLost(err) && !kube.Answered(err) && !kube.IsTimeout(err) && ctx.Err() == nil {
		err = o.delete(ctx, c, options)
	}
	return err
}

// Terminate deletes an object that has a UID, as [Delete] does, but with the grace period of its own, and once. With dry it only asks whether that is
// allowed.
func Terminate(ctx context.Context, c *kube.Cluster, o Object, uid types.UID, dry bool) error {
	options := &metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(uid))}
	if dry {
		options.DryRun = []string{metav1.DryRunAll}
	}
	return o.delete(ctx, c, options)
}

func (o Object) delete(ctx context.Context, c *kube.Cluster, options *metav1.DeleteOptions) error {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	options.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}
	body, err := json.Marshal(options)
	if err != nil {
		return fmt.Errorf("write the options: %w", err)
	}
	err = o.of(c.Core().Delete()).SetHeader("Content-Type", "application/json").Body(body).Do(ctx).Error()
	if kube.IsNotFound(err) || apierrors.IsConflict(err) { // gone, or another of its name
		return nil
	}
	return err
}

// Patch merges a patch into an object.
func Patch(ctx context.Context, c *kube.Cluster, o Object, patch []byte) error {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	return o.of(c.Core().Patch(types.MergePatchType)).Param("fieldManager", "dayfly").Body(patch).Do(ctx).Error()
}

// NotChanged explains why something is not changed, or deleted.
func NotChanged(ctx context.Context, c *kube.Cluster, op string, namespace string, right kube.Right, err error) error {
	if apierrors.IsForbidden(err) && !errors.Is(err, kube.ErrGuarded) {
		return c.WithAsk(ctx, &kube.Problem{Message: op + ": " + kube.Sanitize(kube.RootText(err)), Err: err}, kube.Target{Namespace: namespace}, []kube.Right{right})
	}
	problem := *kube.Explain(c.Problem(op, err))
	if problem.Hint == "" && len(problem.Help) == 0 {
		problem.Hint = "try again"
	}
	return &problem
}
