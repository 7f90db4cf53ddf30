package cleanup

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// How many steps are under way at once, and how long one may take; how long and how often it is looked whether a pod has gone, or one that a finalizer holds.
const (
	atOnce       = 8
	patience     = time.Minute
	gonePatience = 10 * time.Second
	heldPatience = 2 * time.Second
	gonePause    = 250 * time.Millisecond
)

// Result is what has become of a step.
type Result struct {
	Step  int    // its place among those that were carried out
	Words string // "deleted", "ended", "was gone already", "is being deleted: finalizer x holds it"
	Err   error  // a [*kube.Problem], when it has failed; otherwise nil
	// Lingers tells that the cluster has agreed, but it is still there. UnderWay: it is waited for, and another result of the step follows.
	Lingers, UnderWay bool
}

// Carry carries steps out, some at a time, and sends what becomes of each as it comes; then the channel is closed. A failure does not keep the others. When
// ctx ends, those that have not begun fail with its error. Steps of Nothing fail with what they say.
func Carry(ctx context.Context, c *kube.Cluster, steps []Step) <-chan Result {
	results, room := make(chan Result, 2*len(steps)), make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range steps {
		all.Go(func() {
			room <- struct{}{}
			leave := sync.OnceFunc(func() { <-room })
			defer leave()
			tell := func(r Result) {
				if r.Step = i; r.UnderWay { // what is only waited for keeps nobody
					leave()
				}
				results <- r
			}
			tell(steps[i].carry(ctx, c, tell))
		})
	}
	go func() {
		all.Wait()
		close(results)
	}()
	return results
}

func (s Step) carry(ctx context.Context, c *kube.Cluster, tell func(Result)) Result {
	if err := ctx.Err(); err != nil {
		return Result{Err: &kube.Problem{Message: s.op() + ": it was not begun", Help: []kube.Help{kube.Retry}, Err: err}}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if problem := c.Guard().Closed(); problem != nil {
		return Result{Err: problem}
	}
	switch s.Way {
	case EndProcesses:
		return s.end(ctx, c)
	case DeletePod:
		return s.deletePod(ctx, c, tell)
	case DeleteJob:
		return s.deleteJob(ctx, c)
	case Nothing:
	}
	return Result{Err: &kube.Problem{Message: s.op() + ": " + s.Why}}
}

// op names the step in errors.
func (s Step) op() string {
	if s.Does != "" {
		return s.Does
	}
	return "clean up " + s.Item.Kind.String() + " " + s.Item.Target.String()
}

// end ends a debug container, if its pod is the one that was found.
func (s Step) end(ctx context.Context, c *kube.Cluster) Result {
	switch there, err := s.read(ctx, c); {
	case err != nil:
		return Result{Err: c.Problem(s.op(), err)}
	case there == nil:
		return Result{Words: "was gone already"}
	}
	if err := debug.End(ctx, c, s.Item.Target); err != nil {
		return Result{Err: err}
	}
	return Result{Words: "ended"}
}

func (s Step) deletePod(ctx context.Context, c *kube.Cluster, tell func(Result)) Result {
	switch there, err := s.read(ctx, c); {
	case err != nil && !apierrors.IsForbidden(err): // who may not read may delete all the same
		return Result{Err: c.Problem(s.op(), err)}
	case there == nil && err == nil && !s.Item.Owned:
		return Result{Words: "was gone already"}
	}
	if err := s.remove(ctx, c); err != nil {
		return Result{Err: err}
	}
	return s.gone(ctx, c, tell)
}

// remove deletes the pod of the item. What dayfly has made for a session has nothing to finish; what others have made gets the time that it asks for, as
// with kubectl delete.
func (s Step) remove(ctx context.Context, c *kube.Cluster) error {
	t := s.Item.Target
	if s.Item.Session != "" {
		left := leftovers.Leftover{Target: t, UID: s.Item.UID, Removable: true, Session: s.Item.Session, Owned: s.Item.Owned}
		return left.Remove(ctx, c)
	}
	o := write.Object{API: "/api/v1", Resource: "pods", Namespace: t.Namespace, Name: t.Pod}
	if err := write.Terminate(ctx, c, o, types.UID(s.Item.UID), false); err != nil {
		return write.NotChanged(ctx, c, s.op(), t.Namespace, kube.RightToDelete(), err)
	}
	return nil
}

func (s Step) deleteJob(ctx context.Context, c *kube.Cluster) Result {
	t := s.Item.Target
	o := write.Object{API: write.Jobs, Resource: "jobs", Namespace: t.Namespace, Name: t.Pod}
	if err := write.Delete(ctx, c, o, types.UID(s.Item.UID), metav1.DeletePropagationBackground); err != nil {
		return Result{Err: write.NotChanged(ctx, c, s.op(), t.Namespace, kube.Right{Verb: "delete", Resource: "jobs.batch"}, err)}
	}
	return Result{Words: "deleted"}
}

// read reads the pod of the item; nil: it is gone, or another has its name.
func (s Step) read(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod
	switch err := c.Core().Get().Namespace(s.Item.Target.Namespace).Resource("pods").Name(s.Item.Target.Pod).Do(ctx).Into(&pod); {
	case kube.IsNotFound(err):
		return nil, nil //nolint:nilnil // it is gone, and nothing is wrong with that
	case err != nil:
		return nil, err
	case string(pod.UID) != s.Item.UID:
		return nil, nil //nolint:nilnil // another of its name
	}
	return &pod, nil
}

// gone waits until the pod is no longer there, and says what keeps it.
func (s Step) gone(ctx context.Context, c *kube.Cluster, tell func(Result)) Result {
	told := false
	for begun := time.Now(); ; {
		pod, err := s.read(ctx, c)
		switch {
		case err == nil && pod == nil, apierrors.IsForbidden(err): // who may not read it takes the cluster's word
			return Result{Words: "deleted"}
		case err != nil && time.Since(begun) > heldPatience, ctx.Err() != nil:
			return Result{Words: "is being deleted: whether it has gone could not be read", Lingers: true}
		case err != nil:
			kube.Pause(ctx, gonePause)
			continue
		}
		if !told {
			told = true
			tell(Result{Words: "is being deleted…", Lingers: true, UnderWay: true})
		}
		longest := gonePatience
		if len(pod.Finalizers) > 0 {
			longest = heldPatience
		}
		if kube.Pause(ctx, gonePause); ctx.Err() != nil || time.Since(begun) > longest {
			return Result{Words: lingers(pod), Lingers: true}
		}
	}
}

// lingers says what keeps a pod that is to go.
func lingers(pod *corev1.Pod) string {
	if len(pod.Finalizers) > 0 {
		return "is being deleted: finalizer " + kube.Sanitize(strings.Join(pod.Finalizers, ", ")) + " holds it"
	}
	if grace := pod.DeletionGracePeriodSeconds; grace != nil && *grace > int64(gonePatience/time.Second) {
		return fmt.Sprintf("is being deleted: its containers have %d s to end", *grace)
	}
	if pod.Spec.NodeName != "" {
		return "is being deleted: node " + kube.Sanitize(pod.Spec.NodeName) + " has not confirmed it"
	}
	return "is being deleted"
}

// Kept reports whether something of the item stays after the step has been carried out.
func (s Step) Kept() bool { return s.Item.Kind == inventory.DebugContainer }
