// Package eviction recycles a pod through the API: it asks the API server to evict it, as kubectl drain does, so that disruption budgets are heeded, and
// follows the pod until it has gone and another is ready in its place.
//
// [Read] reads what is around a pod, [Of] makes a plan of it and is pure, and [Carry] carries the plan out.
package eviction

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Facts are what is known of a pod, and of whom its end concerns.
type Facts struct {
	Context    string // of the kubeconfig
	Pod        *corev1.Pod
	Static     bool
	Around     selectors.Namespace
	Endpoints  map[string]selectors.Endpoints // of the Services that select the pod
	Controller *selectors.Controller          // nil: it has none
	Denied     *kube.Problem                  // why it may not be evicted; nil: it may, or nobody says
	Answer     *kube.Problem                  // what the API server would answer now; nil: it would evict the pod, or was not asked
	Asked      bool                           // the API server has been asked
}

func rightToEvict() kube.Right { return kube.Right{Verb: "create", Resource: "pods/eviction"} }

// Read reads what is around a pod, all at once, and asks the API server whether it would evict it now. What may not be read, or takes longer than a person
// would wait, is left out: that is no error. It changes nothing, and where nothing may be changed it does not ask either.
func Read(ctx context.Context, c *kube.Cluster, pod *kube.Pod) Facts {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	object := pod.Object()
	f := Facts{Context: c.Context, Pod: object, Static: pod.Static(), Controller: selectors.ControllerOf(object), Endpoints: map[string]selectors.Endpoints{}}
	target := kube.Target{Namespace: object.Namespace, Pod: object.Name}
	var all sync.WaitGroup
	all.Go(func() {
		f.Around = selectors.Read(ctx, c, object.Namespace)
		f.Endpoints = selectors.EndpointsOf(ctx, c, object, f.Around.Services)
	})
	if f.Controller != nil {
		all.Go(func() { f.Controller.Complete(ctx, c, object.Namespace) })
	}
	all.Go(func() {
		if access := c.AccessTo(ctx, target, []kube.Right{rightToEvict()}); kube.VerdictOn(access, rightToEvict()) == kube.No {
			f.Denied = c.WithAsk(ctx, &kube.Problem{Message: "you may not evict pod " + object.Name}, target, []kube.Right{rightToEvict()})
			return
		}
		if f.Static || c.Guard().Closed() != nil {
			return
		}
		if err := evict(ctx, c, object, true); err != nil {
			f.Answer = kube.Explain(explain(ctx, c, target, err))
		} else {
			f.Asked = true
		}
	})
	all.Wait()
	if f.Answer != nil {
		f.Answer = kube.Explain(advise(f.Answer, object, f.Around.DisruptionBudgets))
	}
	return f
}
