// Package replacement follows what a controller makes in the place of a pod that it has lost.
package replacement

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// News is how far the replacement is. Its texts are safe to draw.
type News struct {
	Name    string // of the pod; empty: there is none yet
	Ready   bool
	State   string        // in words
	Took    time.Duration // since the pod was lost
	Late    bool          // it takes longer than most do
	Trouble error         // why there is no news at the moment: a [*kube.Problem]
}

const (
	every = time.Second
	late  = time.Minute
	most  = 500 // pods of one controller that are looked at
)

// Follower knows the pods that there were before one was lost.
type Follower struct {
	cluster    *kube.Cluster
	namespace  string
	controller selectors.Controller
	known      map[types.UID]string // by name; empty: it has ended, or was being deleted
	began      time.Time
}

// Before reads the pods that a controller has in a namespace, shortly before it loses one.
func Before(ctx context.Context, c *kube.Cluster, namespace string, controller selectors.Controller) (*Follower, error) {
	f := &Follower{cluster: c, namespace: namespace, controller: controller, known: map[types.UID]string{}}
	pods, err := Pods(ctx, c, namespace, controller)
	if err != nil {
		return nil, err
	}
	for i := range pods {
		if f.known[pods[i].UID] = ""; Active(&pods[i]) {
			f.known[pods[i].UID] = kube.Sanitize(pods[i].Name)
		}
	}
	f.began = c.Now()
	return f, nil
}

// Pods reads the pods that a controller has in a namespace. It only reads.
func Pods(ctx context.Context, c *kube.Cluster, namespace string, controller selectors.Controller) ([]corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	options := metav1.ListOptions{Limit: most}
	if s := controller.Selector; s != nil {
		options.LabelSelector = s.String()
	}
	var list corev1.PodList
	err := c.Core().Get().MaxRetries(kube.NoRetries).Namespace(namespace).Resource("pods").VersionedParams(&options, c.Params()).Do(ctx).Into(&list)
	if err != nil {
		return nil, c.Problem("list the pods of "+controller.String(), err)
	}
	return slices.DeleteFunc(list.Items, func(p corev1.Pod) bool {
		owner := metav1.GetControllerOf(&p)
		return owner == nil || owner.UID != controller.UID
	}), nil
}

func (f *Follower) read(ctx context.Context) ([]corev1.Pod, error) {
	return Pods(ctx, f.cluster, f.namespace, f.controller)
}

// Follow sends how far the replacement is whenever that has changed, until it is ready or ctx ends: then the channel is closed. The receiver must keep
// receiving, or end ctx.
func (f *Follower) Follow(ctx context.Context) <-chan News {
	news := make(chan News, 1)
	go func() {
		defer close(news)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for last := (News{}); ; {
			now := f.look(ctx)
			if ctx.Err() != nil {
				return
			}
			seen := now
			seen.Took = 0
			if seen.Trouble != nil || seen != last {
				select {
				case news <- now:
				case <-ctx.Done():
					return
				}
			}
			last = seen
			if now.Ready {
				return
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return news
}

func (f *Follower) look(ctx context.Context) News {
	pods, err := f.read(ctx)
	n := News{Took: f.cluster.Now().Sub(f.began)}
	n.Late = n.Took > late
	if err != nil {
		n.Trouble = err
		return n
	}
	var newest *corev1.Pod
	for i := range pods {
		p := &pods[i]
		if _, known := f.known[p.UID]; !known && p.DeletionTimestamp == nil && (newest == nil || newest.CreationTimestamp.Before(&p.CreationTimestamp)) {
			newest = p
		}
	}
	if newest == nil {
		return n
	}
	pod := f.cluster.NewPod(newest)
	n.Name = pod.Name
	ready, _ := pod.Condition(corev1.PodReady)
	n.Ready = ready.Status == corev1.ConditionTrue
	if n.State = "ready"; !n.Ready {
		n.State = detail.Diagnose(pod, nil, f.cluster.Now()).Text
	}
	return n
}
