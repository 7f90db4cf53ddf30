package kube

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
)

// PodNews is news of one watched pod.
type PodNews struct {
	Pod     *Pod // as it is now
	Gone    bool // deleted
	Trouble error
}

// WatchPod sends a pod as it is and whenever it changes, until ctx ends: then the channel is closed. The receiver must
// keep receiving or end ctx.
func (c *Cluster) WatchPod(ctx context.Context, namespace, name string) <-chan PodNews {
	return c.WatchPodFrom(ctx, namespace, name, "")
}

// WatchPodFrom leaves out the first read when the caller has just seen the pod at a resource version.
func (c *Cluster) WatchPodFrom(ctx context.Context, namespace, name, version string) <-chan PodNews {
	news := make(chan PodNews, 8)
	go func() {
		defer close(news)
		Keep(ctx, &onePod{cluster: c, namespace: namespace, name: name, from: version, send: func(n PodNews) {
			select {
			case news <- n:
			case <-ctx.Done():
			}
		}}, c.patience)
	}()
	return news
}

type onePod struct {
	cluster         *Cluster
	namespace, name string
	from            string // where to start without a list, once
	send            func(PodNews)
}

func (o *onePod) Trouble(err error) {
	o.send(PodNews{Trouble: o.cluster.Problem("watch pod "+o.name, err)})
}

func (o *onePod) List(ctx context.Context) (string, error) {
	if from := o.from; from != "" {
		o.from = ""
		return from, nil
	}
	ctx, cancel := o.cluster.Unary(ctx)
	defer cancel()
	// A list of one, not a get: its resource version is where a watch can go on even when the pod is gone.
	var list corev1.PodList
	err := o.cluster.core.Get().MaxRetries(NoRetries).Namespace(o.namespace).Resource("pods").
		Param("fieldSelector", o.selector()).Do(ctx).Into(&list)
	if err != nil {
		return "", err
	}
	if len(list.Items) == 0 {
		o.send(PodNews{Gone: true})
	} else {
		o.send(PodNews{Pod: o.cluster.NewPod(&list.Items[0])})
	}
	return list.ResourceVersion, nil
}

func (o *onePod) selector() string {
	return fields.OneTermEqualSelector("metadata.name", o.name).String()
}

func (o *onePod) Watch(ctx context.Context, version string) (string, error) {
	seconds := int64(300 + rand.IntN(300))
	options := metav1.ListOptions{
		Watch: true, FieldSelector: o.selector(), ResourceVersion: version, TimeoutSeconds: &seconds, AllowWatchBookmarks: true,
	}
	stream, err := o.cluster.core.Get().MaxRetries(NoRetries).Namespace(o.namespace).Resource("pods").
		VersionedParams(&options, o.cluster.params).Watch(ctx)
	if err != nil {
		return version, WatchError(err)
	}
	defer stream.Stop()
	for event := range stream.ResultChan() {
		if event.Type == watch.Error {
			return version, WatchError(apierrors.FromObject(event.Object))
		}
		pod, ok := event.Object.(*corev1.Pod)
		if !ok {
			return version, fmt.Errorf("the API server sent a %T instead of a pod", event.Object)
		}
		version = pod.ResourceVersion
		switch event.Type {
		case watch.Added, watch.Modified:
			o.send(PodNews{Pod: o.cluster.NewPod(pod)})
		case watch.Deleted:
			o.send(PodNews{Gone: true})
		case watch.Bookmark, watch.Error:
		}
	}
	return version, nil
}

// Ending is what can be said of a debug container after its session.
type Ending struct {
	Exit     *Exit  // nil while it runs, or when nobody can know any more
	Running  bool   // it goes on
	Deleting bool   // the pod is being deleted
	Gone     bool   // the pod was deleted
	NodeLost string // the pod's node, where that does not answer: what is said here is the last that it has said
	ImageID  string // what it runs or ran, when the node has said; with its digest
}

// causePatience is how long the kubelet may take, after it has reported a container that was killed, to report what it was killed for: the end
// of its target, or of its pod.
const causePatience = time.Second

// AwaitExit waits until the kubelet has reported the end of a container: that comes up to about a second after its
// streams have ended. When ctx ends first, the ending is what the cluster said last: nothing, if it said nothing.
func (c *Cluster) AwaitExit(ctx context.Context, t Target) (Ending, error) {
	return c.awaitExit(ctx, t, false)
}

// AwaitFirstExit is [Cluster.AwaitExit] for the first instance of a container, where its pod starts it again: that is over when it has ended
// once.
func (c *Cluster) AwaitFirstExit(ctx context.Context, t Target) (Ending, error) {
	return c.awaitExit(ctx, t, true)
}

func (c *Cluster) awaitExit(ctx context.Context, t Target, first bool) (Ending, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var trouble error
	var ending Ending
	for update := range c.WatchPod(ctx, t.Namespace, t.Pod) {
		if ending.Exit != nil && update.Pod == nil {
			break
		}
		trouble = update.Trouble
		if update.Gone {
			return Ending{Gone: true}, nil
		}
		if update.Pod == nil {
			continue
		}
		container, ok := update.Pod.Container(t.Container)
		if !ok {
			return Ending{Gone: true}, nil // another pod of the same name
		}
		again := first && container.Restarts > 0 // another instance says nothing of the first
		if container.Running && !again || container.Exit == nil {
			ending = update.Pod.soFar(&container, ending.ImageID)
			continue
		}
		news := ending.Exit == nil
		ending = Ending{Exit: container.Exit, Deleting: update.Pod.Deleting, ImageID: container.ImageID}
		switch {
		case !container.Exit.signalled() || container.Exit.Cause != "":
			return ending, nil
		case news:
			defer time.AfterFunc(causePatience, cancel).Stop()
		}
	}
	return ending, trouble
}

// soFar is what can be said of a container that has not ended, as far as is known.
func (p *Pod) soFar(c *Container, imageID string) Ending {
	ending := Ending{Running: c.Running, Deleting: p.Deleting, ImageID: imageID}
	if c.Running {
		ending.ImageID = c.ImageID
	}
	if p.NodeLost() {
		ending.NodeLost = p.Node
	}
	return ending
}
