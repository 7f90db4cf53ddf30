package runner_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

func attached(t *testing.T, r *runner.Runner, s *runner.Session) {
	t.Helper()
	until(t, r, func() bool {
		now := s.Look()
		if now.State.Over() {
			t.Fatalf("it is %v: %v", now.State, now.Err)
		}
		return now.State.Attached()
	})
}

// What ends with dayfly is ended when it is closed; what stays is left, and told.
func TestClose(t *testing.T) {
	cluster, _ := practised(t)
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done})
	stays, leaves := planFor(t, cluster, func(*debug.Request) {}), planFor(t, cluster, func(r *debug.Request) { r.StdinOnce = true })
	kept, ended := r.Start(runner.Job{Cluster: cluster, Plan: &stays}), r.Start(runner.Job{Cluster: cluster, Plan: &leaves})
	attached(t, r, kept)
	attached(t, r, ended)
	if some := r.Leaving(); len(some) != 1 || some[0] != ended || len(r.Remaining()) != 2 {
		t.Fatalf("%d end with dayfly, %d remain", len(some), len(r.Remaining()))
	}
	left := r.Close()
	if len(left) != 1 || left[0] != kept {
		t.Errorf("left: %+v", left)
	}
	pod, err := cluster.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	for name, runs := range map[string]bool{stays.Debug.Container: true, leaves.Debug.Container: false} {
		if c, ok := pod.Container(name); !ok || c.Running != runs {
			t.Errorf("%s is %s", name, c.State)
		}
	}
	if now := kept.Look(); !now.Left {
		t.Error("our part of the other goes on")
	}
	ends := 0
	for _, e := range done.entries() {
		if e.Action == "ended" && e.Container == leaves.Debug.Container && e.Exit != nil {
			ends++
		}
	}
	if ends != 1 {
		t.Errorf("the journal has %q", done.actions())
	}
}

// What has been left is examined without asking what is known: whether it runs, how it ends, and what a person ends who is not attached to it.
func TestExamine(t *testing.T) {
	cluster, _ := practised(t)
	settled := make(chan time.Time)
	close(settled)
	state := t.TempDir()
	r := runner.New(t.Context(), runner.Options{State: state, After: func(time.Duration) <-chan time.Time { return settled }})
	plan := planFor(t, cluster, func(*debug.Request) {})
	s := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	attached(t, r, s)
	s.Visited(runner.Visit{Detached: true})
	examined := make(chan struct{})
	go func() {
		defer close(examined)
		s.Examine(t.Context())
	}()
	until(t, r, func() bool { return s.Look().Asked })
	if now := s.Look(); !now.End().Running || now.End().Exit != nil || !now.MayRun() {
		t.Errorf("left, it is %+v", now.End())
	}
	if failed := r.End(t.Context(), []runner.Container{s.Container()}); failed[0] != nil {
		t.Fatal(failed[0])
	}
	<-s.Done()
	if now := s.Look(); now.State != session.Ended || now.End().Exit == nil || !now.Gone || now.Stuck || now.Visit.Err != nil {
		t.Errorf("ended, it is %v, %+v", now.State, now.End())
	}
	<-examined
	file, err := s.Save()
	if now := s.Look(); err != nil || filepath.Dir(file) != recording.Folder(state) || now.Recorded || now.Recording != "" {
		t.Errorf("what is kept of it is saved to %q: %v; recorded: %t", file, err, now.Recorded)
	}
	r.Close()
}

// The container of a private session that has ended waits for another shell, and remains; ended, it does not.
func TestPrivateSession(t *testing.T) {
	cluster, _ := practised(t)
	r := runner.New(t.Context(), runner.Options{})
	plan := planFor(t, cluster, func(r *debug.Request) { r.Private, r.Command = true, []string{"true"} })
	s := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	until(t, r, func() bool { now := s.Look(); return now.State.Over() && now.Asked })
	now := s.Look()
	if !now.OwnShell() || !now.Sleeps() || !now.CanShell() || now.End().Exit == nil || now.End().Exit.Code != 0 || !now.Container.Running {
		t.Fatalf("it is %v: %v; its container is %+v", now.State, now.Err, now.Container)
	}
	if left := r.Remaining(); len(left) != 1 || left[0] != s {
		t.Errorf("%d remain", len(left))
	}
	shell := r.Start(r.AnotherShell(runner.Join(cluster, plan.Debug, kube.Container{}), true))
	if j := shell.Job(); len(j.Exec) != 1 || j.Exec[0] != "true" || j.Plan == nil || !j.Private {
		t.Errorf("another shell is %+v", j)
	}
	<-shell.Done()
	if some := r.In(s.Container()); len(some) != 2 || r.Attached(s.Container()) != nil || !r.Has(s.Container()) {
		t.Errorf("%d are in it", len(some))
	}
	if failed := r.End(t.Context(), []runner.Container{s.Container()}); failed[0] != nil {
		t.Fatal(failed[0])
	}
	if s.Look().Sleeps() || len(r.Remaining()) != 0 {
		t.Errorf("%d remain when it has been ended", len(r.Remaining()))
	}
	until(t, r, func() bool { return s.Look().Container.Exit != nil })
	r.Close()
}

// What a plan has made beside a container is taken away: by a person who ends its session, which may be over, and when dayfly ends.
func TestLeftoversAreTakenAway(t *testing.T) {
	cluster, _ := practised(t)
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done, Announce: true})
	copied := func(r *debug.Request) { r.Way = debug.Copy }
	over, runs := planFor(t, cluster, func(r *debug.Request) { copied(r); r.Command = []string{"true"} }), planFor(t, cluster, copied)
	first, second := r.Start(runner.Job{Cluster: cluster, Plan: &over}), r.Start(runner.Job{Cluster: cluster, Plan: &runs})
	attached(t, r, second)
	until(t, r, func() bool { return first.Look().State == session.Ended })
	if now := first.Look(); now.Ending.Exit == nil || now.Ending.Exit.Code != 0 || len(now.Leftovers) != 1 {
		t.Fatalf("it has ended as %+v, and leaves %+v", now.Ending.Exit, now.Leftovers)
	}
	if remain, leave := len(r.Remaining()), len(r.Leaving()); remain != 2 || leave != 2 {
		t.Errorf("%d remain, and %d end with dayfly", remain, leave)
	}
	if r.Forget(first); len(r.Sessions()) != 2 {
		t.Error("it is forgotten with its copy")
	}
	if failed := r.End(t.Context(), []runner.Container{first.Container()}); failed[0] != nil || len(first.Look().Leftovers) > 0 {
		t.Errorf("%v; left are %+v", failed[0], first.Look().Leftovers)
	}
	if r.Forget(first); len(r.Sessions()) != 1 {
		t.Error("it is not forgotten when nothing of it is left")
	}
	if left := r.Close(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
	for _, plan := range []debug.Plan{over, runs} {
		for news := range cluster.WatchPod(t.Context(), "shop", plan.Debug.Pod) {
			if news.Gone {
				break
			}
		}
	}
	pod, err := cluster.Pod(t.Context(), "shop", "annotated")
	if err != nil || pod.Refusal != nil {
		t.Fatalf("the pod that was copied: %+v, %v", pod, err)
	}
	if text := announced(t, cluster, pod); !strings.Contains(text, "pod "+runs.Debug.Pod+", a copy of this one with debug container "+runs.Debug.Container+" of busybox:1.37, was created by ") {
		t.Errorf("the pod's events are %q", text)
	}
	removed := 0
	for _, e := range done.entries() {
		if e.Action == journal.Removed && e.CopyOf == "annotated" && e.Pod != "annotated" {
			removed++
		}
	}
	if removed != 2 {
		t.Errorf("the journal has %q", done.actions())
	}
}
