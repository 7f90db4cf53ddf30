// Package quarantine takes a pod out of the Services that send it traffic, so that it can be debugged in peace while others serve: it removes labels
// that their selectors need, and keeps them in an annotation, from which they are put back ([Restore]).
//
// A label is removed, not given another value: without a key that it needs, no selector matches, whatever it asks of the key; a made-up
// value could be what another one asks for, and matches all the same where a selector wants only that the key is there. What a missing key makes match
// newly (NotIn, DoesNotExist) can be no Service, whose selectors are plain, and is avoided or told.
//
// [Read] reads what is around a pod, [Out] and [Back] make plans of it and are pure, and Apply changes the pod by one patch.
package quarantine

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Facts are what is known of a pod, and of what selects it.
type Facts struct {
	Context    string // of the kubeconfig
	Pod        *corev1.Pod
	Static     bool
	Around     selectors.Namespace
	Endpoints  map[string]selectors.Endpoints // of the Services that select the pod
	Controller *selectors.Controller          // the pod's; nil: it has none
	Left       *selectors.Controller          // the one that it has left, if it is in quarantine; nil: none
	Siblings   []corev1.Pod                   // that this has by now
	Counted    bool                           // they could be read
	Now        time.Time
	Denied     *kube.Problem // why the pod may not be changed; nil: it may, or nobody says
	By         string        // who asks; may be empty
}

// rightToPatch is the right to change a pod.
func rightToPatch() kube.Right { return kube.Right{Verb: "patch", Resource: "pods"} }

// Read reads what is around a pod, all at once. What may not be read, or takes longer than a person would wait, is left out: that is no error.
func Read(ctx context.Context, c *kube.Cluster, pod *kube.Pod) Facts {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	object := pod.Object()
	f := Facts{Context: c.Context, Pod: object, Static: pod.Static(), Controller: selectors.ControllerOf(object), Now: c.Now()}
	if r, err := recordOf(object); err == nil && r.Controller != nil {
		f.Left = &selectors.Controller{Kind: r.Controller.Kind, Name: r.Controller.Name}
	}
	var all sync.WaitGroup
	all.Go(func() {
		f.Around = selectors.Read(ctx, c, object.Namespace)
		f.Endpoints = selectors.EndpointsOf(ctx, c, object, f.Around.Services)
	})
	for _, one := range []*selectors.Controller{f.Controller, f.Left} {
		if one != nil {
			all.Go(func() { one.Complete(ctx, c, object.Namespace) })
		}
	}
	all.Go(func() { f.By = c.Who(ctx) })
	all.Go(func() {
		target := kube.Target{Namespace: object.Namespace, Pod: object.Name}
		if access := c.AccessTo(ctx, target, []kube.Right{rightToPatch()}); kube.VerdictOn(access, rightToPatch()) == kube.No {
			f.Denied = c.WithAsk(ctx, &kube.Problem{Message: "you may not change pod " + object.Name}, target, []kube.Right{rightToPatch()})
		}
	})
	all.Wait()
	if isUnkept(object) && f.Controller == nil {
		if f.Left = namer(object, f.Around); f.Left != nil {
			f.Left.Complete(ctx, c, object.Namespace)
		}
	}
	f.count(ctx, c)
	return f
}

// count reads the pods of the controller that the pod has left.
func (f *Facts) count(ctx context.Context, c *kube.Cluster) {
	if f.Left == nil || !f.Left.Read || f.Left.UID == "" {
		return
	}
	pods, err := replacement.Pods(ctx, c, f.Pod.Namespace, *f.Left)
	f.Siblings, f.Counted = pods, err == nil
}
