package kubelet

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// How long a kubelet takes for things.
const (
	hearTime    = 20 * time.Millisecond  // from a write to the API until it acts on it
	sandboxTime = 600 * time.Millisecond // to make a pod's network
	createTime  = 60 * time.Millisecond  // to make a container
	startTime   = 40 * time.Millisecond  // to start one
	noticeTime  = 700 * time.Millisecond // until it acts on the end of one
	removeTime  = 400 * time.Millisecond // from the end of the last container until the pod is gone
)

// pod is a pod that a node runs.
type pod struct {
	k     *Kubelet
	name  types.NamespacedName
	uid   types.UID
	node  *node
	begun time.Time
	ip    string // "" until the sandbox is ready

	inits, apps, debugs []*container
	policy              corev1.RestartPolicy

	chain, more bool   // containers are being started one after another; look again after that
	wake        func() // calls off the next resync
	resyncs     int
	dirty       bool // there is something to write
	terminating bool
	grace       time.Duration // until its programs are killed; with terminating
	deadline    time.Time     // when it is ended, by activeDeadlineSeconds; zero: never
	expired     bool          // that time has come
	done        bool          // nothing more happens to it
	room        *room
}

// ending reports whether nothing is to be started in the pod any more.
func (p *pod) ending() bool { return p.done || p.terminating || p.expired }

func (p *pod) all() []*container { return slices.Concat(p.inits, p.apps, p.debugs) }

func (p *pod) sidecars() []*container {
	return slices.DeleteFunc(slices.Clone(p.inits), func(c *container) bool { return !c.sidecar() })
}

func (p *pod) find(name string) *container {
	for _, c := range p.all() {
		if c.spec.Name == name {
			return c
		}
	}
	return nil
}

// over reports whether all that the pod is for has ended, for good.
func (p *pod) over() bool {
	return !slices.ContainsFunc(p.apps, func(c *container) bool { return c.run != nil || c.last == nil || c.restarted() })
}

// object is the pod as it is in the store, or what is known of it when it has gone.
func (p *pod) object() *corev1.Pod {
	if object := p.k.get(p.name); object != nil && object.UID == p.uid {
		return object
	}
	object := &corev1.Pod{}
	object.Namespace, object.Name, object.UID = p.name.Namespace, p.name.Name, p.uid
	return object
}

// full is how the kubelet names a pod in its messages.
func (p *pod) full() string { return fmt.Sprintf("%s_%s(%s)", p.name.Name, p.name.Namespace, p.uid) }

func nameOf(o *corev1.Pod) types.NamespacedName {
	return types.NamespacedName{Namespace: o.Namespace, Name: o.Name}
}

// span is a number of seconds that a client has chosen, or so long that nobody sees the end of it.
func span(seconds int64) time.Duration {
	const most = int64(100 * 365 * 24 * time.Hour / time.Second)
	return time.Duration(min(seconds, most)) * time.Second
}
