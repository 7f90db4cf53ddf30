package kubelet

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// eventTTL is how long the API server keeps an event that does not come again.
const eventTTL = time.Hour

// recorder writes events as client-go's does: an event that comes again is counted up, and an object that has many is
// heard less often. The count goes on meanwhile, and is seen with the next one that is written.
// https://pkg.go.dev/k8s.io/client-go/tools/record#EventCorrelator
type recorder struct {
	k       *Kubelet
	known   map[eventKey]*corev1.Event // as last counted
	budgets map[budgetKey]*budget
	seq     int
}

type eventKey struct {
	uid                    types.UID
	field, reason, message string
}

type budgetKey struct {
	uid  types.UID
	kind string
}

// budget is how many events of one kind an object may still have written: 25, and one more each
// five minutes.
type budget struct {
	left float64
	at   time.Time
}

const (
	eventBurst  = 25
	eventRefill = 5 * time.Minute
)

func newRecorder(k *Kubelet) recorder {
	return recorder{k: k, known: map[eventKey]*corev1.Event{}, budgets: map[budgetKey]*budget{}}
}

// container tells of a container of a pod.
func (r *recorder) container(c *container, kind, reason, message string) {
	r.record(c.pod, c.kind.field(c.spec.Name), kind, reason, message)
}

func (r *recorder) record(p *pod, field, kind, reason, message string) {
	now := metav1.NewTime(r.k.clock.Now().Truncate(time.Second))
	id := eventKey{p.uid, field, reason, message}
	event := r.known[id]
	if event == nil {
		event = r.event(p.object(), reason, message, kind)
		event.InvolvedObject.FieldPath = field
		event.FirstTimestamp = now
		event.ReportingController, event.ReportingInstance = "kubelet", p.node.name
		event.Source = corev1.EventSource{Component: "kubelet", Host: p.node.name}
		r.known[id] = event
	}
	event.Count++
	event.LastTimestamp = now
	if r.afford(budgetKey{p.uid, kind}) {
		r.write(id, event)
	}
}

// scheduler tells what the scheduler has done. Its events are of the newer kind: one that comes again while the pod is as it
// was becomes a series.
func (r *recorder) scheduler(object *corev1.Pod, kind, reason, action, message string) {
	id := eventKey{object.UID, object.ResourceVersion, reason, message}
	event := r.known[id]
	if event != nil {
		if event.Series == nil {
			event.Series = &corev1.EventSeries{Count: 1}
		}
		event.Series.Count++
		event.Series.LastObservedTime = metav1.NewMicroTime(r.k.clock.Now())
	} else {
		event = r.event(object, reason, message, kind)
		event.EventTime = metav1.NewMicroTime(r.k.clock.Now())
		event.Action = action
		event.ReportingController, event.ReportingInstance = "default-scheduler", "default-scheduler-practice"
		r.known[id] = event
	}
	r.write(id, event)
}

func (r *recorder) event(object *corev1.Pod, reason, message, kind string) *corev1.Event {
	r.seq++
	now := r.k.clock.Now()
	name := fmt.Sprintf("%s.%x", object.Name, now.UnixNano()+int64(r.seq))
	return &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: object.Namespace, Name: name, UID: scene.UID("events", object.Namespace, name),
			CreationTimestamp: metav1.NewTime(now.Truncate(time.Second)),
		},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "v1", Kind: "Pod", Namespace: object.Namespace, Name: object.Name, UID: object.UID,
			ResourceVersion: object.ResourceVersion,
		},
		Reason: reason, Message: message, Type: kind,
	}
}

func (r *recorder) afford(key budgetKey) bool {
	now := r.k.clock.Now()
	b := r.budgets[key]
	if b == nil {
		b = &budget{left: eventBurst, at: now}
		r.budgets[key] = b
	}
	b.left = min(eventBurst, b.left+now.Sub(b.at).Seconds()/eventRefill.Seconds())
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// write stores an event, which is then the store's: what is counted on is a copy.
func (r *recorder) write(id eventKey, event *corev1.Event) {
	stored := event.DeepCopy()
	_, err := r.k.store.Update(eventName(event), func(o store.Object) error {
		version := o.GetResourceVersion()
		*o.(*corev1.Event) = *stored //nolint:forcetypeassert // events only are stored as events
		o.SetResourceVersion(version)
		return nil
	})
	if err == nil {
		return // its expiry looks at the new time
	}
	if err := r.k.store.Create(api.Events(), stored); err == nil {
		r.k.after(eventTTL, func() { r.expire(id, event) })
	}
}

// expire deletes an event that has not come again for an hour.
func (r *recorder) expire(id eventKey, event *corev1.Event) {
	last := event.LastTimestamp.Time
	if event.Series != nil {
		last = event.Series.LastObservedTime.Time
	}
	if quiet := r.k.clock.Now().Sub(last); quiet < eventTTL {
		r.k.after(eventTTL-quiet, func() { r.expire(id, event) })
		return
	}
	delete(r.known, id)
	if err := r.k.store.Delete(eventName(event), ""); err != nil {
		return // its namespace has gone
	}
}

// forget is for a pod that has gone.
func (r *recorder) forget(uid types.UID) {
	for _, kind := range []string{corev1.EventTypeNormal, corev1.EventTypeWarning} {
		delete(r.budgets, budgetKey{uid, kind})
	}
	for id := range r.known {
		if id.uid == uid {
			delete(r.known, id)
		}
	}
}

func eventName(event *corev1.Event) store.Key {
	return store.Key{Resource: api.Events(), Namespace: event.Namespace, Name: event.Name}
}
