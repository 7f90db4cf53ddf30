// Package controllers keeps what there is in the practice cluster as it should be: namespaces where something has changed are reconciled, and what has had
// its time ends, which is Jobs at their deadline, Jobs that have finished, and pods whose owners have gone.
//
// [Controllers.Changed] and [Controllers.Started] hear of what was written, and make appointments on the cluster's clock. All else happens in these, one
// after another.
package controllers

import (
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/reconcile"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Kubelet is what runs the pods.
type Kubelet interface {
	// Changed tells that a pod was made, or its deletion asked for. It only makes appointments.
	Changed(key store.Key)
}

// Options are what controllers are made of. All are required.
type Options struct {
	Store   *store.Store
	Clock   *clock.Clock
	Kubelet Kubelet
}

// Controllers are all of them. Make them with [New].
type Controllers struct {
	store   *store.Store
	clock   *clock.Clock
	kubelet Kubelet

	reconciler *reconcile.Reconciler

	mu      sync.Mutex
	waiting map[string]bool // namespaces that will be reconciled
}

// New are controllers that have heard of nothing yet.
func New(o Options) *Controllers {
	return &Controllers{
		store: o.Store, clock: o.Clock, kubelet: o.Kubelet,
		reconciler: reconcile.New(o.Store, o.Clock, o.Kubelet), waiting: map[string]bool{},
	}
}

// How long controllers take.
const (
	hearTime    = 20 * time.Millisecond  // from a write to the API until one knows of it
	controlTime = 100 * time.Millisecond // until one acts on what another has done
)

// Changed hears of an object that somebody else has written or deleted. It may be called from any goroutine.
func (c *Controllers) Changed(key store.Key) {
	switch key.Resource {
	case api.Jobs():
		c.clock.After(hearTime, func() { c.lookJob(key) })
	case api.Pods():
		c.soon(key.Namespace)
	case appsv1.Resource("replicasets"), corev1.Resource("services"), api.Budgets():
		c.soon(key.Namespace)
		return
	default:
		return
	}
	c.clock.After(controlTime, func() { c.collect(key.Namespace) })
}

// Started hears of a pod that has got on: its phase is another, or whether it is ready. It may be called from any goroutine.
func (c *Controllers) Started(key store.Key) { c.soon(key.Namespace) }

// soon makes an appointment for a namespace, if it has none.
func (c *Controllers) soon(namespace string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting[namespace] {
		return
	}
	c.waiting[namespace] = true
	c.clock.After(0, func() { c.reconcile(namespace) })
}

// reconcile makes of a namespace what it should be.
func (c *Controllers) reconcile(namespace string) {
	c.mu.Lock()
	delete(c.waiting, namespace)
	c.mu.Unlock()
	if again := c.reconciler.Namespace(namespace); again > 0 {
		c.clock.After(again, func() { c.soon(namespace) })
	}
}

// span is a number of seconds that a client has chosen, or so long that nobody sees the end of it.
func span(seconds int64) time.Duration {
	const most = int64(100 * 365 * 24 * time.Hour / time.Second)
	return time.Duration(min(seconds, most)) * time.Second
}
