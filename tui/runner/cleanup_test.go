package runner_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// found are the leftovers of the namespace, by their pods.
func found(t *testing.T, of *runner.Session) map[string]inventory.Item {
	t.Helper()
	items := map[string]inventory.Item{}
	for u := range inventory.Find(t.Context(), of.Job().Cluster, "shop") {
		if u.Trouble != nil {
			t.Fatal(u.Trouble)
		}
		for _, i := range u.Items {
			items[i.Target.String()] = i
		}
	}
	return items
}

// What a session of this dayfly has made goes through that session, which knows of it then; what others have made goes by itself. Each is written down once.
func TestCleanUp(t *testing.T) {
	cluster, _ := practised(t)
	var done, others book
	r, other := runner.New(t.Context(), runner.Options{Journal: &done}), runner.New(t.Context(), runner.Options{Journal: &others})
	defer other.Close()
	copied := func(r *debug.Request) { r.Way = debug.Copy }
	mine, theirs, entry := planFor(t, cluster, copied), planFor(t, cluster, copied), planFor(t, cluster, func(*debug.Request) {})
	ours, foreign, inPod := r.Start(runner.Job{Cluster: cluster, Plan: &mine}), other.Start(runner.Job{Cluster: cluster, Plan: &theirs}), r.Start(runner.Job{Cluster: cluster, Plan: &entry})
	attached(t, r, ours)
	attached(t, other, foreign)
	attached(t, r, inPod)
	items := found(t, ours)
	var chosen []inventory.Item
	for _, name := range []string{mine.Debug.Pod, theirs.Debug.Pod, entry.Debug.String()} {
		item, ok := items[name]
		if !ok {
			t.Fatalf("%s is not found among %v", name, items)
		}
		chosen = append(chosen, item)
	}
	for i, s := range []*runner.Session{ours, nil, inPod} {
		if got := r.Maker(cluster, &chosen[i]); got != s {
			t.Errorf("%s is said to be of %v", chosen[i].Target, got)
		}
	}
	steps := cleanup.Steps(chosen, cluster.Context)
	for result := range r.CleanUp(t.Context(), cluster, steps, "OPS-7") {
		if result.Err != nil {
			t.Errorf("%s: %v", steps[result.Step].Does, result.Err)
		}
	}
	if now := ours.Look(); len(now.Leftovers) > 0 || !now.Removed {
		t.Errorf("the session does not know of it: %+v", now.Leftovers)
	}
	gone(t, cluster, theirs.Debug.Pod)
	until(t, r, func() bool { return inPod.Look().Gone })
	r.Close()
	removed := map[string]string{}
	for _, e := range done.entries() {
		if e.Action == journal.Removed || e.Action == journal.Ended {
			removed[e.Pod+"/"+e.Container+" "+e.Action] += e.Reason
		}
	}
	for _, want := range []string{
		theirs.Debug.Pod + "/ removed", mine.Debug.Pod + "/" + mine.Debug.Container + " removed", mine.Debug.Pod + "/" + mine.Debug.Container + " ended", entry.Debug.Pod + "/" + entry.Debug.Container + " ended",
	} {
		if removed[want] != "OPS-7" {
			t.Errorf("%s is not in the journal, or not once: %v", want, removed)
		}
	}
}

// What is left of an earlier dayfly is found by its journal: what has ended, was taken away, or is kept for good is not among it, nor what this one has made.
func TestEarlier(t *testing.T) {
	cluster, _ := practised(t)
	folder := t.TempDir()
	open := func() *journal.Journal {
		book, err := journal.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	earlier := runner.New(t.Context(), runner.Options{Journal: open()})
	copied := func(r *debug.Request) { r.Way = debug.Copy }
	left, removed, kept, entry := planFor(t, cluster, copied), planFor(t, cluster, copied), planFor(t, cluster, func(r *debug.Request) { copied(r); r.EndsAfter = debug.CopyLife }), planFor(t, cluster, func(*debug.Request) {})
	var all []*runner.Session
	for _, plan := range []*debug.Plan{&left, &removed, &kept, &entry} {
		s := earlier.Start(runner.Job{Cluster: cluster, Plan: plan})
		attached(t, earlier, s)
		all = append(all, s)
	}
	if failed := earlier.End(t.Context(), []runner.Container{all[1].Container()}); failed[0] != nil {
		t.Fatal(failed[0])
	}
	if err := earlier.Keep(all[2:3], true); err != nil {
		t.Fatal(err)
	}
	until(t, earlier, func() bool { // it is killed with all written down
		entries, err := journal.Read(folder, journal.Filter{})
		count := map[string]int{}
		for _, e := range entries {
			count[e.Action]++
		}
		return err == nil && count[journal.Added] == 4 && count[journal.Removed] == 1 && count[journal.Kept] == 1
	})
	if items := earlier.Earlier(t.Context(), cluster, folder); len(items) != 0 {
		t.Errorf("of its own it finds %+v", items)
	}
	now := runner.New(t.Context(), runner.Options{Journal: open()})
	defer now.Close()
	items := now.Earlier(t.Context(), cluster, folder)
	names := map[string]bool{}
	for _, i := range items {
		names[i.Target.String()] = true
	}
	if len(items) != 2 || !names[left.Debug.Pod] || !names[entry.Debug.String()] {
		t.Errorf("it finds %v", names)
	}
	if items := now.Earlier(t.Context(), cluster, t.TempDir()); len(items) != 0 {
		t.Errorf("without a journal it finds %+v", items)
	}
	earlier.Close()
}
