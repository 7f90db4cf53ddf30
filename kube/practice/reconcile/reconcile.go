// Package reconcile makes of a namespace of the practice cluster what its controllers would make of it: ReplicaSets have the pods that they want,
// Services the endpoints that their selectors find, and the status of disruption budgets is right.
//
// [Reconciler.Namespace] looks at all there is and changes what differs; there is no harm in calling it again. Package controllers does so when
// something has changed.
package reconcile

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Reconciler is made with [New]. It must not be called at the same time twice.
type Reconciler struct {
	store    *store.Store
	clock    *clock.Clock
	replicas replicaSets
	budgets  budgets
}

// New is one that has made nothing yet.
func New(s *store.Store, c *clock.Clock, k Kubelet) *Reconciler {
	return &Reconciler{
		store: s, clock: c, budgets: budgets{store: s, clock: c},
		replicas: replicaSets{store: s, clock: c, kubelet: k, made: map[types.UID]int{}},
	}
}

// Namespace reconciles a namespace. It returns after how long it is to be called again though nothing has changed; 0: not at all.
func (r *Reconciler) Namespace(name string) (again time.Duration) {
	r.replicas.reconcile(name)
	endpoints(r.store, r.clock.Now(), name)
	return r.budgets.reconcile(name)
}
