package runner_test

import (
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/testdata/proxy"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// atOnce is a patience that is over.
func atOnce(time.Duration) <-chan time.Time {
	over := make(chan time.Time)
	close(over)
	return over
}

// exists waits until a pod is there, and gone until it is not.
func exists(t *testing.T, c *kube.Cluster, pod string) {
	t.Helper()
	for news := range c.WatchPod(t.Context(), "shop", pod) {
		if news.Pod != nil {
			return
		}
	}
	t.Fatalf("%s does not come", pod)
}

func gone(t *testing.T, c *kube.Cluster, pod string) {
	t.Helper()
	for news := range c.WatchPod(t.Context(), "shop", pod) {
		if news.Gone {
			return
		}
	}
	t.Fatalf("%s does not go", pod)
}

// A copy is taken away also where the cluster has not answered yet that it is there: by a person who ends it, who has left it, and when dayfly ends.
func TestUnansweredCopyIsTakenAway(t *testing.T) {
	direct, file := practised(t)
	for name, leave := range map[string]func(*runner.Runner, *runner.Session) error{
		"ended": func(r *runner.Runner, s *runner.Session) error {
			return r.End(t.Context(), []runner.Container{s.Container()})[0]
		},
		"closed": func(*runner.Runner, *runner.Session) error { return nil },
		"left": func(_ *runner.Runner, s *runner.Session) error {
			s.Leave()
			<-s.Done()
			return nil
		},
	} {
		held := proxy.Start(t, file, proxy.Fault{Method: http.MethodPost, Path: "/pods?fieldManager=dayfly", How: proxy.Unanswered})
		cluster := at(t, held.Kubeconfig, kube.Guard{})
		plan := planFor(t, cluster, func(r *debug.Request) { r.Way = debug.Copy })
		var done book
		r := runner.New(t.Context(), runner.Options{Journal: &done, After: atOnce})
		s := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
		exists(t, direct, plan.Debug.Pod)
		if now := s.Look(); !now.Unanswered || now.Added || len(r.Leaving()) != 1 || len(r.Leftovers(s.Container())) != 1 {
			t.Errorf("%s: before, unanswered: %t, %d end with dayfly", name, now.Unanswered, len(r.Leaving()))
		}
		if err := leave(r, s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left := r.Close(); len(left) > 0 {
			t.Errorf("%s: left with %+v", name, left[0].Look().Leftovers)
		}
		gone(t, direct, plan.Debug.Pod)
		if now := s.Look(); now.Unanswered || !now.Added || len(now.Leftovers) > 0 {
			t.Errorf("%s: unanswered: %t, added: %t, left %+v", name, now.Unanswered, now.Added, now.Leftovers)
		}
		if got := done.actions(); got != "added removed" {
			t.Errorf("%s: the journal has %q", name, got)
		}
	}
}

// Of what nobody knows whether it has been made, it is looked whether there is something to take away; what was not made has not ended.
func TestCopyThatMayHaveBeenMade(t *testing.T) {
	_, file := practised(t)
	broken := proxy.Start(t, file, proxy.Fault{Method: http.MethodPost, Path: "/pods?fieldManager=dayfly", How: proxy.CloseBefore, Always: true})
	cluster := at(t, broken.Kubeconfig, kube.Guard{})
	plan := planFor(t, cluster, func(r *debug.Request) { r.Way = debug.Copy })
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done})
	s := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	until(t, r, func() bool { return s.Look().State == session.Failed })
	if now := s.Look(); now.Added || len(now.Leftovers) != 1 || now.Leftovers[0].UID != "" || !now.Remains() {
		t.Errorf("added: %t, left %+v", now.Added, now.Leftovers)
	}
	if left := r.Close(); len(left) > 0 || len(s.Look().Leftovers) > 0 {
		t.Errorf("%d are left, with %+v", len(left), s.Look().Leftovers)
	}
	if got := done.actions(); got != "failed" {
		t.Errorf("the journal has %q", got)
	}
}

// What could not be taken away is told, and tried once more when dayfly ends.
func TestTakingAwayIsTriedAgain(t *testing.T) {
	direct, file := practised(t)
	for always, stays := range map[bool]int{false: 0, true: 1} {
		broken := proxy.Start(t, file, proxy.Fault{Method: http.MethodDelete, Path: "/pods/", How: proxy.BadGateway, Always: always})
		cluster := at(t, broken.Kubeconfig, kube.Guard{})
		plan := planFor(t, cluster, func(r *debug.Request) { r.Way = debug.Copy })
		r := runner.New(t.Context(), runner.Options{})
		s := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
		attached(t, r, s)
		failed := r.End(t.Context(), []runner.Container{s.Container()})
		if now := s.Look(); failed[0] == nil || !now.Stuck || !errors.Is(now.StuckErr, failed[0]) || len(now.Leftovers) != 1 {
			t.Errorf("%v; stuck: %t, for %v; left %+v", failed[0], now.Stuck, now.StuckErr, now.Leftovers)
		}
		if left := r.Close(); len(left) != stays || len(s.Look().Leftovers) != stays {
			t.Errorf("always broken: %t; left are %d, with %+v", always, len(left), s.Look().Leftovers)
		}
		if stays == 0 {
			gone(t, direct, plan.Debug.Pod)
		}
	}
}

// What could not be taken away may go all the same, by its deadline or by somebody else: then nothing is left to take away, and nobody says that
// dayfly has done it. Every session in it knows.
func TestWhatCouldNotBeTakenAwayVanishes(t *testing.T) {
	direct, file := practised(t)
	broken := proxy.Start(t, file, proxy.Fault{Method: http.MethodDelete, Path: "/pods/", How: proxy.BadGateway, Always: true})
	cluster := at(t, broken.Kubeconfig, kube.Guard{})
	plan := planFor(t, cluster, func(r *debug.Request) { r.Way = debug.Copy })
	var done book
	r := runner.New(t.Context(), runner.Options{Journal: &done})
	s := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	attached(t, r, s)
	job := s.Job()
	job.Joins = true
	other := r.Start(job)
	attached(t, r, other)
	for range 2 { // it is looked at once, however often it is tried
		if failed := r.End(t.Context(), []runner.Container{s.Container()}); failed[0] == nil || !s.Look().Stuck {
			t.Fatalf("%v; left %+v", failed[0], s.Look().Leftovers)
		}
	}
	if err := s.Look().Leftovers[0].Remove(t.Context(), direct); err != nil {
		t.Fatal(err)
	}
	for _, one := range []*runner.Session{s, other} {
		until(t, r, func() bool { return one.Look().Vanished })
		if now := one.Look(); len(now.Leftovers) > 0 || now.Removed || now.Stuck || now.StuckErr != nil || !now.Gone {
			t.Errorf("it is %+v", now)
		}
	}
	if left := r.Close(); len(left) > 0 {
		t.Errorf("%d are left", len(left))
	}
	if strings.Contains(done.actions(), "removed") {
		t.Errorf("the journal has %q", done.actions())
	}
}

// Run again, a copy is a new one, and the session is with that; both are taken away.
func TestRunAgainMakesANewCopy(t *testing.T) {
	cluster, _ := practised(t)
	r := runner.New(t.Context(), runner.Options{})
	plan := planFor(t, cluster, func(r *debug.Request) { r.Way, r.Command = debug.Copy, []string{"sh", "-c", "hostname; cat"} })
	first := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	attached(t, r, first)
	job := first.Job()
	job.Rename = debug.NewName()
	second := r.Start(job)
	attached(t, r, second)
	one, two := first.Container().Target, second.Container().Target
	if two.Pod == one.Pod || two.Container != job.Rename || second.Target() != two || second.Job().Plan.Debug != two {
		t.Errorf("first %v, then %v; it is attached to %v, its plan is of %v", one, two, second.Target(), second.Job().Plan.Debug)
	}
	if now := second.Look(); len(now.Leftovers) != 1 || now.Leftovers[0].Target.Pod != two.Pod || !now.Leaves {
		t.Errorf("it leaves %+v", now.Leftovers)
	}
	if left := r.Close(); len(left) > 0 {
		t.Errorf("%d are left", len(left))
	}
	gone(t, cluster, one.Pod)
	gone(t, cluster, two.Pod)
}

// A copy that is made only when nobody waits for it any more is taken away all the same.
func TestLateCopyIsTakenAway(t *testing.T) {
	direct, file := practised(t)
	late := proxy.Start(t, file, proxy.Fault{Method: http.MethodPost, Path: "/pods?fieldManager=dayfly", How: proxy.Late})
	cluster := at(t, late.Kubeconfig, kube.Guard{})
	plan := planFor(t, cluster, func(r *debug.Request) { r.Way = debug.Copy })
	r := runner.New(t.Context(), runner.Options{After: func(time.Duration) <-chan time.Time {
		over := make(chan time.Time)
		go func() {
			for !late.Struck() {
				runtime.Gosched()
			}
			close(over)
		}()
		return over
	}})
	r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	if left := r.Close(); len(left) > 0 {
		t.Errorf("left with %+v", left[0].Look().Leftovers)
	}
	<-late.Passed()
	if pod, err := direct.Pod(t.Context(), "shop", plan.Debug.Pod); !kube.IsNotFound(err) && (err != nil || !pod.Deleting) {
		t.Errorf("%s is there, or not: %v", plan.Debug.Pod, err)
	}
}

// What ends with dayfly is ended also where the cluster has not answered yet that it is there; what is left is written down.
func TestUnansweredContainerIsEnded(t *testing.T) {
	direct, file := practised(t)
	for _, ends := range []bool{true, false} {
		held := proxy.Start(t, file, proxy.Fault{Method: http.MethodPatch, Path: "/ephemeralcontainers?fieldManager=dayfly", How: proxy.Unanswered})
		cluster := at(t, held.Kubeconfig, kube.Guard{})
		plan := planFor(t, cluster, func(r *debug.Request) { r.StdinOnce = ends })
		var done book
		r := runner.New(t.Context(), runner.Options{Journal: &done, After: atOnce})
		r.Start(runner.Job{Cluster: cluster, Plan: &plan})
		for news := range direct.WatchPod(t.Context(), "shop", plan.Debug.Pod) {
			if c, ok := news.Pod.Container(plan.Debug.Container); ok && c.Running {
				break
			}
		}
		r.Close()
		pod, err := direct.Pod(t.Context(), "shop", plan.Debug.Pod)
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := pod.Container(plan.Debug.Container); c.Running == ends {
			t.Errorf("ends with dayfly: %t, it is %s", ends, c.State)
		}
		if got := done.actions(); !strings.HasPrefix(got, "added") {
			t.Errorf("ends with dayfly: %t, the journal has %q", ends, got)
		}
	}
}

// A session that joins one with a copy knows of the copy, and whether it is there still.
func TestJoinedSessionKnowsOfTheCopy(t *testing.T) {
	cluster, _ := practised(t)
	r := runner.New(t.Context(), runner.Options{})
	plan := planFor(t, cluster, func(r *debug.Request) { r.Way = debug.Copy })
	first := r.Start(runner.Job{Cluster: cluster, Plan: &plan})
	attached(t, r, first)
	job := first.Job()
	job.Joins = true
	second := r.Start(job)
	attached(t, r, second)
	if now := second.Look(); len(now.Leftovers) != 1 || now.Removed {
		t.Errorf("it leaves %+v, removed: %t", now.Leftovers, now.Removed)
	}
	if failed := r.End(t.Context(), []runner.Container{second.Container()}); failed[0] != nil {
		t.Fatal(failed[0])
	}
	if now := second.Look(); len(now.Leftovers) != 0 || !now.Removed {
		t.Errorf("taken away, it leaves %+v, removed: %t", now.Leftovers, now.Removed)
	}
	if left := r.Close(); len(left) > 0 {
		t.Errorf("%d are left", len(left))
	}
}
