package launch_test

import (
	"context"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// crasher is a pod of a practice cluster that keeps crashing, and the time that a test may take with it.
func crasher(t *testing.T) (context.Context, *kube.Cluster, *kube.Pod) {
	t.Helper()
	cluster := kubetest.PractiseLive(t, "practice")
	ctx, stop := context.WithTimeout(t.Context(), apitest.Stuck)
	t.Cleanup(stop)
	pod, err := cluster.Pod(ctx, "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	return ctx, cluster, pod
}

// On a practice cluster a copy starts, can be attached to, and goes without a trace.
func TestCopyOnAPracticeCluster(t *testing.T) {
	ctx, cluster, pod := crasher(t)
	plan, err := debug.NewPlan(pod, debug.Request{Way: debug.Copy, Name: debug.NewName(), Image: "busybox:1.37", Command: []string{"sh"}, Profile: kube.General})
	if err != nil {
		t.Fatal(err)
	}
	if err := debug.DryRun(ctx, cluster, plan); err != nil {
		t.Fatal(err)
	}
	var left []leftovers.Leftover
	var last launch.Progress
	for p := range launch.CarryOut(ctx, cluster, plan) {
		left, last = append(left, p.Leftovers...), p
	}
	if last.Step != launch.Started || len(left) != 1 || left[0].UID == "" {
		t.Fatalf("it comes to %+v, and leaves %+v", last, left)
	}
	if err := left[0].Remove(ctx, cluster); err != nil {
		t.Fatal(err)
	}
	for news := range cluster.WatchPod(ctx, plan.Debug.Namespace, plan.Debug.Pod) {
		if news.Gone {
			return
		}
	}
	t.Error("it is not gone")
}

// A pod is replaced by its copy only if its name has been typed; nothing is created without it.
func TestReplaceOnAPracticeCluster(t *testing.T) {
	ctx, cluster, pod := crasher(t)
	plan, err := debug.NewPlan(pod, debug.Request{
		Way: debug.Copy, Name: debug.NewName(), Image: "busybox:1.37", Command: []string{"sh", "-c", "sleep 1000"}, Profile: kube.General,
		Copy: debug.CopyOptions{Choices: podcopy.Choices{InPlaceOf: pod.Default, Replace: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := debug.DryRun(ctx, cluster, plan); err != nil {
		t.Fatal(err)
	}
	carry := func(p debug.Plan) (last launch.Progress) {
		for p := range launch.CarryOut(ctx, cluster, p) {
			last = p
		}
		return last
	}
	kubetest.WantProblem(t, carry(plan).Err, "the name of pod crasher has not been typed")
	if _, err := cluster.Pod(ctx, "shop", plan.Debug.Pod); !kube.IsNotFound(err) {
		t.Errorf("the copy is there: %v", err)
	}
	if again, err := cluster.Pod(ctx, "shop", "crasher"); err != nil || again.Object().UID != pod.Object().UID || again.Object().DeletionTimestamp != nil {
		t.Errorf("the pod is not, or is being deleted: %v", err)
	}
	plan.Typed = "crasher"
	if last := carry(plan); last.Step != launch.Started {
		t.Fatalf("it comes to %+v", last)
	}
	for news := range cluster.WatchPod(ctx, "shop", "crasher") {
		if news.Gone || news.Pod != nil && news.Pod.Object().UID != pod.Object().UID {
			return
		}
	}
	t.Error("the pod is there")
}

// The cluster takes a copy away by itself, whatever becomes of dayfly.
func TestCopyEndsByItself(t *testing.T) {
	ctx, cluster, pod := crasher(t)
	plan, err := debug.NewPlan(pod, debug.Request{Way: debug.Copy, Name: debug.NewName(), Image: "busybox:1.37", Command: []string{"sh"}, Profile: kube.General, EndsAfter: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := debug.DryRun(ctx, cluster, plan); err != nil {
		t.Fatal(err)
	}
	var left []leftovers.Leftover
	for p := range launch.CarryOut(ctx, cluster, plan) {
		left = append(left, p.Leftovers...)
	}
	if len(left) != 1 || !left[0].Timed() {
		t.Fatalf("it leaves %+v", left)
	}
	for news := range cluster.WatchPod(ctx, plan.Debug.Namespace, plan.Debug.Pod) {
		if news.Gone {
			if err := left[0].Remove(ctx, cluster); err != nil {
				t.Errorf("to remove what has gone: %v", err)
			}
			return
		}
	}
	t.Error("it is not gone")
}

// What a copy says of its end is what becomes of it: extended, it names the later time; kept for good, none, and it stays when its Job is gone.
func TestCopySaysUntilWhen(t *testing.T) {
	ctx, cluster, pod := crasher(t)
	plan, err := debug.NewPlan(pod, debug.Request{Way: debug.Copy, Name: debug.NewName(), Image: "busybox:1.37", Command: []string{"sh"}, Profile: kube.General, EndsAfter: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var left leftovers.Leftover
	for p := range launch.CarryOut(ctx, cluster, plan) {
		if len(p.Leftovers) > 0 {
			left = p.Leftovers[0]
		}
	}
	says := func() string {
		t.Helper()
		now, err := cluster.Pod(ctx, "shop", plan.Debug.Pod)
		if err != nil || now.Deleting {
			t.Fatalf("the copy: %+v, %v", now, err)
		}
		return now.Object().Annotations[leftovers.UntilAnnotation]
	}
	if left, err = left.Extend(ctx, cluster, time.Hour); err != nil || left.Misdated != "" || says() != left.Until.UTC().Format(time.RFC3339) {
		t.Fatalf("extended until %s, it says %q; %v %s", left.Until, says(), err, left.Misdated)
	}
	if left, err = left.Keep(ctx, cluster); err != nil || left.Misdated != "" || says() != "" {
		t.Fatalf("kept for good, it says %q; %v %s", says(), err, left.Misdated)
	}
	if err := left.Remove(ctx, cluster); err != nil {
		t.Error(err)
	}
}
