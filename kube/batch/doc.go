// Package batch plans to run one command in many pods, or on many nodes: whom it is about, what would be done to each, and who is left out and why.
// All of it is known before anything is changed; carrying out is not its matter.
//
//	subjects, err := batch.Choose(ctx, cluster, batch.Query{Namespace: "shop", Selector: "app=web"})
//	b := batch.Prepare(ctx, cluster, subjects, batch.Options{Plan: plan})
//	b.Runs(); b.Skipped(); b.Changed()
package batch

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Subject is a pod, or a node, that was chosen.
type Subject struct {
	Namespace string // of a pod
	Pod       *kube.Pod
	Node      string // that is meant itself, and of which Facts and Bare are known; empty: the pod is
	Facts     *kube.Node
	Bare      string // why nobody gets onto the node: it is no machine; empty: it is one
	Workload  string // that the pod is of, as "Deployment web"; empty: of none
	Missing   string // the name of a pod, or a node, that is not there; the rest is empty then
}

// Name is that of the pod or node, by which it is shown: "shop/web-0", "node/worker-1". No other subject has it.
func (s Subject) Name() string {
	switch {
	case s.Node != "":
		return "node/" + s.Node
	case s.Missing != "":
		return s.Missing
	}
	return s.Pod.Namespace + "/" + s.Pod.Name
}

// on is the node that the subject burdens; empty: not known.
func (s Subject) on() string {
	if s.Node != "" {
		return s.Node
	}
	if s.Pod == nil {
		return ""
	}
	return s.Pod.Node
}

// Item is what is to be done with a subject.
type Item struct {
	Subject
	OnNode string      // the node that it burdens; empty: not known
	Target kube.Target // in which the command runs
	Plan   *debug.Plan // that makes the container; nil: the command is executed in a container that is there
	Joins  bool        // the command runs in Target already, or has ended there, since an earlier run of the same batch: its output and its end are fetched
	Skip   string      // why nothing is done, in words; empty: something is
	Ruled  bool        // it is a rule of the context that Skip tells of
	Notes  []string    // what a person should know before
}

// Batch is what is to be done with all subjects, in their order.
type Batch struct {
	Items []Item
}

// Runs are the items with which something is done.
func (b Batch) Runs() []Item { return b.those(func(i Item) bool { return i.Skip == "" }) }

// Skipped are the items with which nothing is done.
func (b Batch) Skipped() []Item { return b.those(func(i Item) bool { return i.Skip != "" }) }

// Ruled reports whether a rule of the context is why some are skipped.
func (b Batch) Ruled() bool { return len(b.those(func(i Item) bool { return i.Ruled })) > 0 }

func (b Batch) those(are func(Item) bool) []Item {
	var list []Item
	for _, i := range b.Items {
		if are(i) {
			list = append(list, i)
		}
	}
	return list
}

// Changed is how many pods are changed for good: a debug container stays in the list of its pod until the pod is deleted.
func (b Batch) Changed() int {
	return len(b.those(func(i Item) bool { return i.Skip == "" && i.Plan != nil && !i.Plan.Request.Way.OwnPod() }))
}

// Created is how many pods are created for it: copies, or such as join a container or a node from beside it. They are deleted afterwards.
func (b Batch) Created() int {
	nodes := map[string]bool{}
	own := b.those(func(i Item) bool {
		if i.Skip == "" && i.Shares() {
			nodes[i.OnNode] = true
			return false
		}
		return i.Skip == "" && i.Plan != nil && i.Plan.Request.Way.OwnPod()
	})
	return len(own) + len(nodes)
}

// Shares reports whether the container of a subject is joined from a pod that serves all subjects on its node: its plan is for a private session, whose
// container sleeps, and whose command joins.
func (i Item) Shares() bool {
	return i.Plan != nil && i.Plan.Request.Way == debug.Join && i.Plan.Request.Private && i.OnNode != ""
}

// Group are items that something is said of.
type Group struct {
	Words string
	Names []string
}

// Reasons are the reasons for which items are skipped, the most frequent first.
func (b Batch) Reasons() []Group {
	return grouped(b.Skipped(), func(i Item) []string { return []string{i.Skip} })
}

// Notes are what a person should know of those that run, the most frequent first.
func (b Batch) Notes() []Group { return grouped(b.Runs(), func(i Item) []string { return i.Notes }) }
