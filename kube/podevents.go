package kube

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
)

// PodEvent is what the cluster has reported of a pod, once or again and again.
type PodEvent struct {
	Reason    string // "BackOff", "FailedScheduling", …
	Message   string
	Warns     bool
	Harmless  bool   // a warning that says nothing of how the pod is, however often it comes
	Container string // whom it is about; empty: the pod
	Count     int    // how often it was reported, at least once
	First     time.Time
	Last      time.Time // zero when nobody says
}

// eventsMost bounds how many events of one pod are read. The cluster joins those that repeat, so that there are hardly more.
const eventsMost = "500"

// PodEvents reads the events of one pod, the newest first.
func (c *Cluster) PodEvents(ctx context.Context, pod *corev1.Pod) ([]PodEvent, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var list corev1.EventList
	err := c.core.Get().Namespace(pod.Namespace).Resource("events").Param("limit", eventsMost).
		Param("fieldSelector", PodEventsSelector(pod.Name, string(pod.UID))).Do(ctx).Into(&list)
	if err != nil {
		return nil, c.Problem("read the events of pod "+pod.Name, err)
	}
	return PodEventsOf(list.Items), nil
}

// PodEventsSelector selects the events of a pod; with its UID, not those of a predecessor of the same name.
func PodEventsSelector(name, uid string) string {
	terms := []fields.Selector{
		fields.OneTermEqualSelector("involvedObject.kind", "Pod"),
		fields.OneTermEqualSelector("involvedObject.name", name),
	}
	if uid != "" {
		terms = append(terms, fields.OneTermEqualSelector("involvedObject.uid", uid))
	}
	return fields.AndSelectors(terms...).String()
}

// PodEventsOf puts events into words, the newest first. Those that say the same of the same are one, with their counts together:
// the cluster joins repetitions only within some minutes.
func PodEventsOf(items []corev1.Event) []PodEvent {
	var list []PodEvent
	same := map[[3]string]int{}
	for i := range items {
		e := EventOf(&items[i])
		id := [3]string{e.Container, e.Reason, e.Message}
		at, known := same[id]
		if !known {
			same[id] = len(list)
			list = append(list, e)
			continue
		}
		one := &list[at]
		one.Count += e.Count
		one.Warns = one.Warns || e.Warns
		if e.Last.After(one.Last) {
			one.Last = e.Last
		}
		if !e.First.IsZero() && (one.First.IsZero() || e.First.Before(one.First)) {
			one.First = e.First
		}
	}
	slices.Reverse(list) // all of a start are of one second, and the cluster lists them as they came
	slices.SortStableFunc(list, func(a, b PodEvent) int {
		return cmp.Or(b.Last.Compare(a.Last), b.First.Compare(a.First))
	})
	return list
}

// EventOf reads an event of either kind: with a count and a last time, or with a series (events.k8s.io/v1).
func EventOf(e *corev1.Event) PodEvent {
	event := PodEvent{
		Reason: Sanitize(e.Reason), Message: Sanitize(strings.TrimSpace(e.Message)), Warns: e.Type == corev1.EventTypeWarning,
		Count: max(int(e.Count), 1), Harmless: e.Type == corev1.EventTypeWarning && slices.Contains(harmlessWarnings(), e.Reason),
	}
	if _, name, ok := strings.Cut(e.InvolvedObject.FieldPath, "{"); ok {
		event.Container = Sanitize(strings.TrimSuffix(name, "}"))
	}
	times := []time.Time{e.EventTime.Time, e.FirstTimestamp.Time, e.CreationTimestamp.Time}
	event.First = firstSet(times)
	event.Last = firstSet(append([]time.Time{e.LastTimestamp.Time}, times...))
	if e.Series != nil {
		event.Count = max(int(e.Series.Count), event.Count)
		if last := e.Series.LastObservedTime.Time; last.After(event.Last) {
			event.Last = last
		}
	}
	return event
}

// harmlessWarnings are reasons of warnings that kubelets repeat for as long as a pod lives, and that keep it from nothing.
func harmlessWarnings() []string {
	return []string{
		"MissingClusterDNS", "DNSConfigForming", "CheckLimitsForResolvConf", "FailedToRetrieveImagePullSecret", "AlreadyMountedVolume",
		"InvalidDiskCapacity", "PossibleMemoryBackedVolumesOnDisk", "HostNetworkNotSupported", "UnsupportedMountOption", "FreeDiskSpaceFailed",
	}
}

func firstSet(times []time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
