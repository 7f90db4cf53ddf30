package runner

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// How far back it is looked for what is left of earlier sessions, at how many of them, and how long that may take.
const (
	earlierSpan     = 14 * 24 * time.Hour
	earlierMost     = 20
	earlierPatience = 5 * time.Second
)

// Earlier is what is still there of this person's earlier sessions in a cluster, the most dangerous first: what the journal in a folder has as made, and not as
// ended or taken away, and the cluster still has. What sessions of this dayfly have made is not among it, nor what was kept for good. Only these few pods are
// read. Where nobody can tell there is nothing.
func (r *Runner) Earlier(ctx context.Context, cluster *kube.Cluster, folder string) []inventory.Item {
	if folder == "" {
		return nil
	}
	now := cluster.Now()
	entries, _ := journal.Read(folder, journal.Filter{Context: cluster.Context, Since: r.options.Now().Add(-earlierSpan)}) // what can be read does
	ctx, cancel := context.WithTimeout(ctx, earlierPatience)
	defer cancel()
	var mu sync.Mutex
	var found []inventory.Item
	var all sync.WaitGroup
	for _, e := range unfinished(entries) {
		all.Go(func() {
			item, there := look(ctx, cluster, &e, now)
			if !there || r.Maker(cluster, &item) != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			found = append(found, item)
		})
	}
	all.Wait()
	inventory.Sort(found)
	return found
}

// unfinished are the entries of what was made, and has not ended since, the newest first.
func unfinished(entries []journal.Entry) []journal.Entry {
	slices.SortStableFunc(entries, func(a, b journal.Entry) int { return a.Time.Compare(b.Time) })
	type place struct{ namespace, pod, container string }
	open := map[place]journal.Entry{}
	for _, e := range entries {
		at := place{e.Namespace, e.Pod, e.Container}
		owned := e.CopyOf != "" || e.Joins != "" || e.Node != "" // the pod was made for the session
		switch e.Action {
		case journal.Added:
			open[at] = e
		case journal.Ended:
			if before, ok := open[at]; ok && before.CopyOf == "" && before.Joins == "" && before.Node == "" {
				delete(open, at)
			}
		case journal.Removed, journal.Kept:
			for p := range open {
				if p.namespace == e.Namespace && p.pod == e.Pod && (owned || e.Container == "" || p.container == e.Container) {
					delete(open, p)
				}
			}
		}
	}
	list := make([]journal.Entry, 0, len(open))
	for _, e := range open {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b journal.Entry) int { return b.Time.Compare(a.Time) })
	return list[:min(len(list), earlierMost)]
}

// look reads what an entry is about, and reports whether it is still there: a pod, or a debug container that has not ended.
func look(ctx context.Context, cluster *kube.Cluster, e *journal.Entry, now time.Time) (inventory.Item, bool) {
	pod, err := cluster.Pod(ctx, e.Namespace, e.Pod)
	if err != nil {
		return inventory.Item{}, false
	}
	for _, item := range inventory.Recognise(pod.Object(), now) {
		if made(e, &item) && (item.Kind != inventory.DebugContainer || item.Danger != inventory.Over) {
			return item, true
		}
	}
	return inventory.Item{}, false
}
