package runner

import (
	"context"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// CleanUp takes away what was found in a cluster ([cleanup.Carry]): what sessions of this dayfly have made through them, so that they know. Each is written
// down in the journal, with the person's reason. The channel has what becomes of each step as it comes, and is closed after the last.
func (r *Runner) CleanUp(ctx context.Context, cluster *kube.Cluster, steps []cleanup.Step, reason string) <-chan cleanup.Result {
	results := make(chan cleanup.Result, 2*len(steps))
	var others []cleanup.Step
	var places []int // of others
	var all sync.WaitGroup
	for i, step := range steps {
		s := r.Maker(cluster, &step.Item)
		if s == nil {
			others, places = append(others, step), append(places, i)
			continue
		}
		all.Go(func() {
			result := cleanup.Result{Step: i, Words: "ended"}
			if step.Way != cleanup.EndProcesses {
				result.Words = "deleted"
			}
			if reason != "" {
				s.Explain(reason)
			}
			result.Err = r.End(ctx, []Container{s.Job().container()})[0]
			results <- result
		})
	}
	all.Go(func() {
		for result := range cleanup.Carry(ctx, cluster, others) {
			if step := others[result.Step]; result.Err == nil && !result.UnderWay {
				r.record(&queue{runner: r}, cluster, removed(&step.Item, reason)) //nolint:contextcheck // an entry outlives the request
			}
			result.Step = places[result.Step]
			results <- result
		}
	})
	go func() {
		all.Wait()
		close(results)
	}()
	return results
}

// Maker is the session of this dayfly that has made an item, and can be asked to take it away; nil: none.
func (r *Runner) Maker(cluster *kube.Cluster, item *inventory.Item) *Session {
	target := item.Target
	target.Node = "" // which a debug container's target is without
	some := r.those(func(s *Session) bool {
		if s.state.Job.Cluster == nil || s.state.Job.Cluster.Context != cluster.Context {
			return false
		}
		for _, l := range s.state.Leftovers {
			if l.UID != "" && l.UID == item.UID {
				return true
			}
		}
		return item.Kind == inventory.DebugContainer && len(s.state.Job.Exec) == 0 && !s.state.Gone && s.state.Job.Target == target &&
			(s.state.Job.Plan == nil || s.state.Job.Plan.UID == item.UID)
	})
	if len(some) == 0 {
		return nil
	}
	return some[0]
}

// removed is the entry of an item that has been taken away.
func removed(item *inventory.Item, reason string) journal.Entry {
	t := item.Target
	e := journal.Entry{
		Action: journal.Removed, Namespace: t.Namespace, Pod: t.Pod, UID: item.UID, Container: t.Container, Node: t.Node, Image: item.Image, Reason: reason,
		Why: item.Kind.String(),
	}
	if item.Tool != "" {
		e.Why += " of " + item.Tool
	}
	if item.Kind == inventory.DebugContainer {
		e.Action = journal.Ended
	}
	return e
}
