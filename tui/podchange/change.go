package podchange

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// change is what can be done to a pod: a plan of it, for a pod and what is around it as they were read.
type change interface {
	preview() preview
	// choose changes what there is to choose; false: there is nothing.
	choose() (change, bool)
	// carry carries it out; the last value is sent before the channel is closed. Typed is the pod's name, where a person has typed it. Done gets the
	// action for the journal when it has been done, in any goroutine.
	carry(ctx context.Context, c *kube.Cluster, typed string, done func(action string)) <-chan progress
}

// read reads what is around a pod, and plans a change of it.
type read func(ctx context.Context, c *kube.Cluster, pod *kube.Pod) change

// preview is what a person sees before a change.
type preview struct {
	asks     string   // the question: "Take pod web out of Service web?"
	doing    string   // the same while it is done: "Taking pod web out of Service web"
	facts    []string // what is done to the pod itself
	effects  []selectors.Effect
	choice   string // what [change.choose] would do; empty: nothing
	command  string
	refusal  *kube.Problem // why it cannot be done; nil: it can
	mustType string        // why the pod's name has to be typed, whatever the context; empty: it has not
	does     string        // what the key that does it does: "evict"
}

// progress is how far a change is. Each value has all that is known by then.
type progress struct {
	steps  []step
	failed *kube.Problem
	pod    *kube.PodKey  // what has come in the pod's place and is ready; nil: nothing has
	undo   bool          // the pod can be restored
	causes *kube.Problem // why there is no news at the moment
}

// step is one thing that has to come about.
type step struct {
	is   stepState
	text string
	took string
}

type stepState int

const (
	awaited stepState = iota
	reached
	late // it is awaited longer than usual
)

// entry is the entry of the journal for a change.
func entry(action string, t kube.Target, uid, reason string) journal.Entry {
	return journal.Entry{Action: action, Namespace: t.Namespace, Pod: t.Pod, UID: uid, Reason: reason}
}
