// Package kubelet runs the pods of the practice cluster: it is the scheduler, the controllers and the kubelets of all nodes
// at once, as a simulation on the cluster's clock. Everything it does is an appointment there, made when something has
// changed: nothing polls, and a clock that is advanced by an hour brings an hour of restarts, back-offs and events.
//
// The containers of the scenes are simulated: the catalogue of images says what they print and how they end. Debug containers
// and what else the catalogue does not know are real processes of this machine, see debug.go.
//
// The life of a pod: [Kubelet.Changed] hears of it; the scheduler binds it to a node (scheduler.go); its sandbox gets ready
// (pod.go); its containers pull (pull.go), start (container.go), run (program.go) and end, and are started again or not
// (restart.go). Each step ends in [pod.write], which makes the status and stores it (status.go).
package kubelet

import (
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Options are what a kubelet needs.
type Options struct {
	Store  *store.Store
	Clock  *clock.Clock
	Images *scene.Images
	Host   *process.Host // nil: nothing real can be started, and says so
	Dir    string        // a scratch folder for the files of containers
}

// Kubelet runs pods. Make one with [New].
type Kubelet struct {
	store  *store.Store
	clock  *clock.Clock
	images *scene.Images
	host   *process.Host
	dir    string

	mu      sync.Mutex // held during appointments; guards everything below, and all pods and containers
	pods    map[types.NamespacedName]*pod
	nodes   map[string]*node
	made    map[types.UID]int // how many pods an owner has made
	events  recorder
	stopped bool
}

// New is a kubelet without pods.
func New(o Options) *Kubelet {
	k := &Kubelet{
		store: o.Store, clock: o.Clock, images: o.Images, host: o.Host, dir: o.Dir,
		pods: map[types.NamespacedName]*pod{}, nodes: map[string]*node{}, made: map[types.UID]int{},
	}
	k.events = newRecorder(k)
	return k
}

// Close lets nothing happen any more. Real processes are the Host's to end.
func (k *Kubelet) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
}

// Changed hears of a pod that somebody else has written or deleted.
func (k *Kubelet) Changed(namespace, name string) {
	k.after(0, func() { k.look(types.NamespacedName{Namespace: namespace, Name: name}) })
}

// after makes an appointment that holds the lock.
func (k *Kubelet) after(d time.Duration, fn func()) (cancel func()) {
	return k.clock.After(d, func() { k.locked(fn) })
}

// outside is for what comes from outside of the clock. It must not be called from an appointment.
func (k *Kubelet) outside(fn func()) { k.clock.Do(func() { k.locked(fn) }) }

func (k *Kubelet) locked(fn func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.stopped {
		fn()
	}
}

// look compares a pod of the store with what is known of it, and sets going what follows.
func (k *Kubelet) look(name types.NamespacedName) {
	object, known := k.get(name), k.pods[name]
	if known != nil && (object == nil || object.UID != known.uid) {
		known.vanish()
		known = nil
		k.reconcile(name.Namespace)
	}
	switch {
	case object == nil:
	case object.DeletionTimestamp != nil && known == nil:
		k.remove(name)
	case object.DeletionTimestamp != nil:
		known.terminate(object)
		k.reconcile(name.Namespace)
	case object.Spec.NodeName == "":
		k.schedule(name)
	case known == nil:
		k.adopt(object)
	default:
		known.spec(object)
	}
}

func (k *Kubelet) get(name types.NamespacedName) *corev1.Pod {
	object, err := k.store.Get(key(name))
	if err != nil {
		return nil
	}
	pod, _ := object.(*corev1.Pod)
	return pod
}

// remove takes a pod out of the store for good.
func (k *Kubelet) remove(name types.NamespacedName) {
	delete(k.pods, name)
	if err := k.store.Delete(key(name), ""); err != nil {
		return // somebody was faster
	}
}

func key(name types.NamespacedName) store.Key {
	return store.Key{Resource: api.Pods(), Namespace: name.Namespace, Name: name.Name}
}
