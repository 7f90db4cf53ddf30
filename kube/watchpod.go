package kube

import (
	"context"
	"fmt"
	"math/rand/v2"

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
