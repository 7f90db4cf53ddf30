package leftovers

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/write"
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
	// Words say what stays: a sentence without its full stop. Otherwise is its end for what is removable: what happens if dayfly does not take it
	// away. Asks is the question before it does.
	Words, Otherwise, Asks string
	// Until is when the cluster takes it away, by its own clock; zero: it does not, or it is not known to exist.
	Until time.Time
	// Misdated says that the pod's annotation names another time, and why: a sentence without its full stop. Empty: it does not.
	Misdated string
	// Kept tells that a person wants it to stay: until the cluster takes it away, or for good.
	Kept bool

	Session string // that it is marked with, by which it is known where its UID is not
	Owned   bool   // a Job of the same name owns it ([Timer])

	timer string // UID of that Job; empty before it is known to exist
}

// Made is the leftover now that its pod is there.
func (l Leftover) Made(pod *corev1.Pod) Leftover {
	l.UID = string(pod.UID)
	if at, err := time.Parse(time.RFC3339, pod.Annotations[UntilAnnotation]); err == nil {
		l.Until = at
	}
	for _, owner := range pod.OwnerReferences {
		if owner.Kind == "Job" && l.Owned {
			l.timer = string(owner.UID)
		}
	}
	return l
}

// Command is the kubectl command that takes it away, in a context of the kubeconfig; empty where nothing does.
func (l Leftover) Command(context string) string {
	if !l.Removable {
		return ""
	}
	what := "pod"
	if l.Owned {
		what = "job,pod"
	}
	return kube.Kubectl(context, l.Target.Namespace, "delete", what, l.Target.Pod)
}

// Remove takes a leftover away, and nothing but it: a pod of the same name that is another stays. It returns nil when it is gone. The error is a
// [*kube.Problem]. Of what is not known to exist it looks for two seconds whether it comes: a request whose answer is lost may be carried out late.
func (l Leftover) Remove(ctx context.Context, c *kube.Cluster) error {
	op := "delete pod " + l.Target.Pod
	if problem := c.Guard().Closed(); problem != nil {
		return problem
	}
	if !l.Removable || l.UID == "" && l.Session == "" {
		return &kube.Problem{Message: op + ": it is not known to be dayfly's", Hint: "look at it, and delete it with kubectl if it may go"}
	}
	if l.UID == "" {
		there, err := l.find(ctx, c)
		if err != nil {
			return c.Problem(op, err)
		}
		if there != nil {
			l = l.Made(there)
		}
	}
	if l.UID != "" {
		if err := write.Delete(ctx, c, l.object("/api/v1", "pods"), types.UID(l.UID), metav1.DeletePropagationBackground); err != nil {
			return write.NotChanged(ctx, c, op, l.Target.Namespace, kube.RightToDelete(), err)
		}
	}
	return l.removeTimer(ctx, c)
}

// removeTimer deletes the Job that owns the pod, which has nothing left to end.
func (l Leftover) removeTimer(ctx context.Context, c *kube.Cluster) error {
	if !l.Owned {
		return nil
	}
	op := "delete Job " + l.Target.Pod
	if l.timer == "" {
		job, err := findJobOf(ctx, c, l.Target.Namespace, l.Target.Pod, l.Session)
		if err != nil {
			return c.Problem(op, err)
		}
		if job == nil {
			return nil
		}
		l.timer = string(job.UID)
	}
	switch err := write.Delete(ctx, c, l.object(write.Jobs, "jobs"), types.UID(l.timer), metav1.DeletePropagationBackground); {
	case apierrors.IsForbidden(err) && !errors.Is(err, kube.ErrGuarded): // it runs nothing, and goes when its time is over: that was said before
	case err != nil:
		return write.NotChanged(ctx, c, op, l.Target.Namespace, kube.Right{Verb: "delete", Resource: "jobs.batch"}, err)
	}
	return nil
}

// object is the leftover's pod, or its Job.
func (l Leftover) object(api, resource string) write.Object {
	return write.Object{API: api, Resource: resource, Namespace: l.Target.Namespace, Name: l.Target.Pod}
}

// find looks for the pod of a leftover until it is there, or is not going to be: nil.
func (l Leftover) find(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	for over := time.After(latePatience); ; {
		there, err := FindPod(ctx, c, l.Target.Namespace, l.Target.Pod, l.Session)
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

// FindPod reads a pod and returns it if it is marked with the session; nil: it is not there. An error means that nobody can tell.
func FindPod(ctx context.Context, c *kube.Cluster, namespace, name, session string) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var found corev1.Pod
	switch err := c.Core().Get().Namespace(namespace).Resource("pods").Name(name).Do(ctx).Into(&found); {
	case kube.IsNotFound(err):
		return nil, nil //nolint:nilnil // it is not there, and nothing is wrong with that
	case err != nil:
		return nil, err
	case found.Annotations[SessionAnnotation] == session:
		return &found, nil
	}
	return nil, nil //nolint:nilnil // another of its name
}
