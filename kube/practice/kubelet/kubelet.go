// Package kubelet runs the pods of the practice cluster: it is the scheduler and the kubelets of all nodes
// at once, as a simulation on the cluster's clock. Everything it does is an appointment there, made when something has
// changed: nothing polls, and a clock that is advanced by an hour brings an hour of restarts, back-offs and events.
//
// The containers of the scenes are simulated: the catalogue of images says what they print and how they end. Debug containers
// and what else the catalogue does not know are real processes of this machine, see real.go; so are the containers of idle copies, see idle.go.
//
// The life of a pod: [Kubelet.Changed] hears of it (changed.go); the scheduler binds it to a node (scheduler.go); the node
// adopts it and its sandbox gets ready (adopt.go); it is looked at for what should run (sync.go); its containers pull
// (pull.go), start, end, and are started again or not (life.go), and run in between (program.go); it is deleted
// (terminate.go) or its deadline passes (deadline.go). Each step ends in [pod.write], which makes the status and stores it (status.go).
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
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// Options are what a kubelet needs.
type Options struct {
	Store  *store.Store
	Clock  *clock.Clock
	Images *scene.Images
	Host   *process.Host // nil: nothing real can be started, and says so
	Dir    string        // a scratch folder for the files of containers

	// Wrote is told of a pod that is gone, of a Job that has changed and of what else was added; Started of a pod whose phase is another, or
	// whether it is ready. They must only make appointments. nil: nobody is told.
	Wrote, Started func(store.Key)
}

// Kubelet runs pods. Make one with [New].
type Kubelet struct {
	store  *store.Store
	clock  *clock.Clock
	images *scene.Images
	host   *process.Host
	dir    string

	wrote, started func(store.Key)

	mu      sync.Mutex // held during appointments; guards everything below, and all pods and containers
	pods    map[types.NamespacedName]*pod
	nodes   map[string]*node
	events  recorder
	stopped bool
}

// New is a kubelet without pods.
func New(o Options) *Kubelet {
	k := &Kubelet{
		store: o.Store, clock: o.Clock, images: o.Images, host: o.Host, dir: o.Dir, wrote: o.Wrote, started: o.Started,
		pods: map[types.NamespacedName]*pod{}, nodes: map[string]*node{},
	}
	for _, told := range []*func(store.Key){&k.wrote, &k.started} {
		if *told == nil {
			*told = func(store.Key) {}
		}
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

func (k *Kubelet) get(name types.NamespacedName) *corev1.Pod {
	object, err := k.store.Get(key(name))
	if err != nil {
		return nil
	}
	pod, _ := object.(*corev1.Pod)
	return pod
}

func (k *Kubelet) lookup(name streams.Container) (*pod, *container) {
	p := k.pods[types.NamespacedName{Namespace: name.Namespace, Name: name.Pod}]
	if p == nil {
		return nil, nil
	}
	return p, p.find(name.Name)
}

// remove takes a pod out of the store for good.
func (k *Kubelet) remove(name types.NamespacedName) {
	delete(k.pods, name)
	if err := k.store.Delete(key(name), ""); err != nil {
		return // somebody was faster
	}
	k.wrote(key(name))
}

func key(name types.NamespacedName) store.Key {
	return store.Key{Resource: api.Pods(), Namespace: name.Namespace, Name: name.Name}
}
