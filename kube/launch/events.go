package launch

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/dayfly-k8s/dayfly/kube"
)

// containerEvent is an event about one container, or about its pod as a whole.
type containerEvent struct {
	reason  string
	message string
	warns   bool
	ours    bool // about the container, not about the pod
	object  *corev1.Event
}

// watchEvents sends the events of one container of a pod, and those about the pod, until ctx ends. Without the right to read events there
// are none; the status alone still leads to the end.
func watchEvents(ctx context.Context, c *kube.Cluster, t kube.Target, uid string) <-chan containerEvent {
	events := make(chan containerEvent, 16)
	go kube.Keep(ctx, &eventList{cluster: c, target: t, uid: uid, events: events}, c.Patience)
	return events
}

type eventList struct {
	cluster *kube.Cluster
	target  kube.Target
	uid     string // of the pod; empty: not known
	events  chan containerEvent
}

func (l *eventList) Trouble(error) {}

func (l *eventList) options() *metav1.ListOptions {
	return &metav1.ListOptions{FieldSelector: kube.PodEventsSelector(l.target.Pod, l.uid)}
}

func (l *eventList) List(ctx context.Context) (string, error) {
	ctx, cancel := l.cluster.Unary(ctx)
	defer cancel()
	var list corev1.EventList
	err := l.cluster.Core().Get().MaxRetries(kube.NoRetries).Namespace(l.target.Namespace).Resource("events").
		VersionedParams(l.options(), l.cluster.Params()).Do(ctx).Into(&list)
	if err != nil {
		return "", err
	}
	for i := range list.Items {
		l.send(ctx, &list.Items[i])
	}
	return list.ResourceVersion, nil
}

// send hands on an event about our container, or about the pod; those about other containers are dropped.
func (l *eventList) send(ctx context.Context, e *corev1.Event) {
	ours := strings.HasSuffix(e.InvolvedObject.FieldPath, "{"+l.target.Container+"}")
	if !ours && strings.Contains(e.InvolvedObject.FieldPath, "{") {
		return
	}
	select {
	case l.events <- containerEvent{reason: e.Reason, message: kube.Sanitize(e.Message), warns: e.Type == corev1.EventTypeWarning, ours: ours, object: e}:
	case <-ctx.Done():
	}
}

func (l *eventList) Watch(ctx context.Context, version string) (string, error) {
	options := l.options()
	options.Watch, options.ResourceVersion = true, version
	stream, err := l.cluster.Core().Get().MaxRetries(kube.NoRetries).Namespace(l.target.Namespace).Resource("events").
		VersionedParams(options, l.cluster.Params()).Watch(ctx)
	if err != nil {
		return version, kube.WatchError(err)
	}
	defer stream.Stop()
	for event := range stream.ResultChan() {
		if event.Type == watch.Error {
			return version, kube.WatchError(apierrors.FromObject(event.Object))
		}
		e, ok := event.Object.(*corev1.Event)
		if !ok {
			return version, fmt.Errorf("the API server sent a %T instead of an event", event.Object)
		}
		version = e.ResourceVersion
		if event.Type == watch.Added || event.Type == watch.Modified {
			l.send(ctx, e)
		}
	}
	return version, nil
}
