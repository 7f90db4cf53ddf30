package quarantine

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/dayfly-k8s/dayfly/kube"
)

// What is written on a pod in quarantine. The label has the same value on each, so that a list can ask for them; the annotation keeps what was.
const (
	Label      = "dayfly-k8s.github.io/quarantine"
	LabelValue = "true"
	Annotation = "dayfly-k8s.github.io/quarantined"
)

// Selector selects the pods in quarantine.
const Selector = Label + "=" + LabelValue

// Record is what the annotation keeps: what the quarantine has taken away, and from whom.
type Record struct {
	Labels     map[string]string `json:"labels"`             // that were removed, as they were
	Services   []string          `json:"services,omitempty"` // by name
	Controller *Named            `json:"controller,omitempty"`
	By         string            `json:"by,omitempty"`
	At         time.Time         `json:"at,omitzero"`
}

// Named is an object of the pod's namespace.
type Named struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// State is what a person is told of a pod in quarantine. Its texts are safe to draw.
type State struct {
	Since      time.Time
	By         string   // empty: nobody says
	Services   []string // that do not have it
	Controller string   // that does not have it: "ReplicaSet web-7d"; empty: it has not left any
	Unreadable bool     // the annotation is not what a quarantine writes: nothing else is known
	Unkept     bool     // it has the label and no annotation, as when a person has set that: nothing else is known
}

// Of is the state of a pod in quarantine; false: it is in none.
func Of(pod *kube.Pod) (State, bool) {
	object := pod.Object()
	if object == nil {
		return State{}, false
	}
	r, err := recordOf(object)
	switch {
	case errors.Is(err, errNone):
		unkept := isUnkept(object)
		return State{Unkept: unkept}, unkept
	case err != nil:
		return State{Unreadable: true}, true
	}
	s := State{Since: r.At, By: kube.Sanitize(r.By)}
	for _, name := range r.Services {
		s.Services = append(s.Services, kube.Sanitize(name))
	}
	if r.Controller != nil {
		s.Controller = kube.Sanitize(r.Controller.Kind + " " + r.Controller.Name)
	}
	return s, true
}

// isUnkept reports whether a pod has the label of a quarantine, and no annotation that keeps what it has taken away.
func isUnkept(pod *corev1.Pod) bool {
	_, kept := pod.Annotations[Annotation]
	_, marked := pod.Labels[Label]
	return marked && !kept
}

// errNone is that a pod is in no quarantine.
var errNone = errors.New("the pod is in no quarantine")

// recordOf reads the annotation of a pod, which anybody may have written: what it says is put on the pod only if it could be a pod's labels.
func recordOf(pod *corev1.Pod) (Record, error) {
	text, ok := pod.Annotations[Annotation]
	if !ok {
		return Record{}, errNone
	}
	var r Record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Record{}, fmt.Errorf("read annotation %s: %w", Annotation, err)
	}
	if len(r.Labels) == 0 {
		return Record{}, fmt.Errorf("annotation %s keeps no labels", Annotation)
	}
	for _, key := range slices.Sorted(maps.Keys(r.Labels)) {
		if key == Label || len(validation.IsQualifiedName(key)) > 0 || len(validation.IsValidLabelValue(r.Labels[key])) > 0 {
			return Record{}, fmt.Errorf("annotation %s keeps %q, which is no label", Annotation, key)
		}
	}
	return r, nil
}

// text is the annotation.
func (r Record) text() (string, error) {
	if !r.At.IsZero() {
		r.At = r.At.UTC().Truncate(time.Second)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("write annotation %s: %w", Annotation, err)
	}
	return string(body), nil
}
