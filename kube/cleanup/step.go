// Package cleanup takes away what debugging has left in a cluster ([inventory.Item]): debug containers are ended, pods and Jobs are deleted, each by its UID
// and nothing else of its name. What is done is known before ([Of]), and said.
package cleanup

import (
	"fmt"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// Way is what is done about an item.
type Way int

// The ways.
const (
	Nothing      Way = iota // it cannot be taken away by itself
	EndProcesses            // of a debug container, whose entry stays
	DeletePod
	DeleteJob // and the pods that it owns
)

// Step is what is done about one item. Its words are cleaned.
type Step struct {
	Item    inventory.Item
	Way     Way
	Does    string // what is done, verb first, without a full stop: "delete pod web-copy"
	Why     string // why nothing is done, of Nothing; otherwise empty
	Stays   string // what stays all the same, in a sentence without its full stop; may be empty
	Command string // the kubectl command that does the same, in a context of the kubeconfig; empty: none does
}

// Of is what can be done about an item. It is pure.
func Of(item inventory.Item, context string) Step {
	s := Step{Item: item}
	t := item.Target
	switch why := keeps(&item); {
	case why != "":
		s.Why = why
	case item.Kind == inventory.DebugContainer:
		s.Way, s.Does = EndProcesses, "end "+t.Container+" in pod "+t.Pod
		s.Stays = "its entry stays in the pod until the pod goes"
	case item.Kind == inventory.Job:
		s.Way, s.Does = DeleteJob, "delete Job "+t.Pod+" and its pods"
		s.Command = kube.Kubectl(context, t.Namespace, "delete", "job", t.Pod)
	default:
		s.Way, s.Does = DeletePod, "delete pod "+t.Pod
		what := "pod"
		if item.Owned {
			what = "job,pod"
			s.Does += " and the Job that ends it"
		}
		s.Command = kube.Kubectl(context, t.Namespace, "delete", what, t.Pod)
	}
	return s
}

// keeps is why an item cannot be taken away by itself; empty: it can.
func keeps(item *inventory.Item) string {
	switch {
	case item.UID == "":
		return "the cluster has not told its UID, and by its name another could be meant"
	case item.Terminating:
		why := "it is being deleted already"
		if item.Ending != "" {
			why += ": " + item.Ending
		}
		return why
	case item.Kind == inventory.DebugContainer && item.Danger == inventory.Over:
		return "it has ended, and its entry goes only with the pod"
	case item.Kind == inventory.DebugContainer && !item.Running:
		return "it has not started, and what has not started cannot be ended: it goes only with the pod"
	case item.Controlled != "" && item.Kind != inventory.DebugContainer && item.Kind != inventory.Job:
		return item.Controlled + " would make it again: it goes with that"
	}
	return ""
}

// Steps are what can be done about items, in their order.
func Steps(items []inventory.Item, context string) []Step {
	steps := make([]Step, len(items))
	for i := range items {
		steps[i] = Of(items[i], context)
	}
	return steps
}

// Doable are the steps that do something.
func Doable(steps []Step) []Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.Way == Nothing })
}

// Words count what steps do: "delete 3 pods and end 2 debug containers"; empty: nothing.
func Words(steps []Step) string {
	count := map[Way]int{}
	for i := range steps {
		count[steps[i].Way]++
	}
	var words []string
	for _, w := range []struct {
		way     Way
		verb    string
		one, of string
	}{{DeletePod, "delete", "pod", "pods"}, {DeleteJob, "delete", "Job", "Jobs"}, {EndProcesses, "end", "debug container", "debug containers"}} {
		switch n := count[w.way]; n {
		case 0:
		case 1:
			words = append(words, w.verb+" 1 "+w.one)
		default:
			words = append(words, fmt.Sprintf("%s %d %s", w.verb, n, w.of))
		}
	}
	return list(words)
}

// list joins words by commas, and the last by "and".
func list(words []string) string {
	text := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			text += " and "
		default:
			text += ", "
		}
		text += w
	}
	return text
}
