package kube

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
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
func (c *Cluster) watchEvents(ctx context.Context, t Target, uid string) <-chan containerEvent {
	events := make(chan containerEvent, 16)
	go keep(ctx, &eventList{cluster: c, target: t, uid: uid, events: events}, c.patience)
	return events
}

type eventList struct {
	cluster *Cluster
	target  Target
	uid     string // of the pod; empty: not known
	events  chan containerEvent
}

func (l *eventList) trouble(error) {}

func (l *eventList) options() *metav1.ListOptions {
	return &metav1.ListOptions{FieldSelector: podEventsSelector(l.target.Pod, l.uid)}
}

func (l *eventList) list(ctx context.Context) (string, error) {
	ctx, cancel := l.cluster.unary(ctx)
	defer cancel()
	var list corev1.EventList
	err := l.cluster.core.Get().MaxRetries(asked).Namespace(l.target.Namespace).Resource("events").
		VersionedParams(l.options(), l.cluster.params).Do(ctx).Into(&list)
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
	ours := e.InvolvedObject.FieldPath == "spec.ephemeralContainers{"+l.target.Container+"}"
	if !ours && strings.Contains(e.InvolvedObject.FieldPath, "{") {
		return
	}
	select {
	case l.events <- containerEvent{reason: e.Reason, message: Clean(e.Message), warns: e.Type == corev1.EventTypeWarning, ours: ours, object: e}:
	case <-ctx.Done():
	}
}

func (l *eventList) watch(ctx context.Context, version string) (string, error) {
	options := l.options()
	options.Watch, options.ResourceVersion = true, version
	stream, err := l.cluster.core.Get().MaxRetries(asked).Namespace(l.target.Namespace).Resource("events").
		VersionedParams(options, l.cluster.params).Watch(ctx)
	if err != nil {
		return version, gone(err)
	}
	defer stream.Stop()
	for event := range stream.ResultChan() {
		if event.Type == watch.Error {
			return version, gone(apierrors.FromObject(event.Object))
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
