package debug

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// How long what may be made late is looked for, and how often.
const (
	latePatience = 2 * time.Second
	latePause    = 200 * time.Millisecond
)

// Leftover is something that stays in a cluster after a session.
type Leftover struct {
	// Target is what stays: a pod, or a container in one.
	Target kube.Target
	// UID of the pod; empty before it is known to exist.
	UID string
	// Removable tells that it can be taken away ([Leftover.Remove]). What is not goes with its pod.
	Removable bool
	// Words say what stays, until when, and who takes it away: a sentence without its full stop. Asks is the question before it is taken away.
	Words, Asks string

	container string // that only this pod has, by which it is known where its UID is not
}

// Command is the kubectl command that takes it away, in a context of the kubeconfig; empty where nothing does.
func (l Leftover) Command(context string) string {
	if !l.Removable {
		return ""
	}
	return kube.Kubectl(context, l.Target.Namespace, "delete", "pod", l.Target.Pod)
}

// Remove takes a leftover away, and nothing but it: a pod of the same name that is another stays. It returns nil when it is gone. The error is a
// [*kube.Problem]. Of what is not known to exist it looks for two seconds whether it comes: a request whose answer is lost may be carried out late.
func (l Leftover) Remove(ctx context.Context, c *kube.Cluster) error {
	op := "delete pod " + l.Target.Pod
	if problem := c.Guard().Closed(); problem != nil {
		return problem
	}
	if !l.Removable || l.UID == "" && l.container == "" {
		return &kube.Problem{Message: op + ": it is not known to be dayfly's", Hint: "look at it, and delete it with kubectl if it may go"}
	}
	if l.UID == "" {
		switch there, err := l.find(ctx, c); {
		case err != nil:
			return c.Problem(op, err)
		case there == nil:
			return nil
		default:
			l.UID = string(there.UID)
		}
	}
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	body, err := json.Marshal(&metav1.DeleteOptions{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}, GracePeriodSeconds: new(int64(1)),
		Preconditions: metav1.NewUIDPreconditions(l.UID),
	})
	if err != nil {
		return fmt.Errorf("write the options: %w", err)
	}
	err = c.Core().Delete().Namespace(l.Target.Namespace).Resource("pods").Name(l.Target.Pod).Body(body).Do(ctx).Error()
	switch {
	case err == nil, kube.IsNotFound(err), apierrors.IsConflict(err): // gone, or another of its name
		return nil
	case apierrors.IsForbidden(err) && !errors.Is(err, kube.ErrGuarded):
		return c.WithAsk(ctx, &kube.Problem{Message: op + ": " + kube.Sanitize(kube.RootText(err)), Err: err}, kube.Target{Namespace: l.Target.Namespace},
			[]kube.Right{kube.RightToDelete()})
	}
	return c.Problem(op, err)
}

// find looks for the pod of a leftover until it is there, or is not going to be: nil.
func (l Leftover) find(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	for over := time.After(latePatience); ; {
		there, err := findPodOf(ctx, c, l.Target.Namespace, l.Target.Pod, l.container)
		if there != nil || err != nil {
			return there, err
		}
		select {
		case <-over:
			return nil, nil //nolint:nilnil // it is not there
		case <-ctx.Done():
			return nil, ctx.Err() // it may come yet
		case <-time.After(latePause):
		}
	}
}

// findPodOf reads a pod and returns it if it has the container, whose name was made for one copy; nil: it is not there. An error means that nobody
// can tell.
func findPodOf(ctx context.Context, c *kube.Cluster, namespace, name, container string) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var found corev1.Pod
	switch err := c.Core().Get().Namespace(namespace).Resource("pods").Name(name).Do(ctx).Into(&found); {
	case kube.IsNotFound(err):
		return nil, nil //nolint:nilnil // it is not there, and nothing is wrong with that
	case err != nil:
		return nil, err
	case slices.ContainsFunc(found.Spec.Containers, func(c corev1.Container) bool { return c.Name == container }):
		return &found, nil
	}
	return nil, nil //nolint:nilnil // another of its name
}
