package api

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func waiting(reason string) corev1.ContainerStatus {
	return corev1.ContainerStatus{Name: "c", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}}
}

func runs(ready bool) corev1.ContainerStatus {
	return corev1.ContainerStatus{
		Name: "c", Ready: ready, Started: ptr.To(true), State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	}
}

func terminated(code, signal int32, reason string) corev1.ContainerStatus {
	return corev1.ContainerStatus{Name: "c", State: corev1.ContainerState{
		Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Signal: signal, Reason: reason},
	}}
}

// restarted is a status with restarts, the last of which was some time ago.
func restarted(status corev1.ContainerStatus, count int32, ago time.Duration) corev1.ContainerStatus {
	status.RestartCount = count
	status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{FinishedAt: metav1.NewTime(now.Add(-ago))}
	return status
}

func condition(kind corev1.PodConditionType, status corev1.ConditionStatus, reason string) corev1.PodCondition {
	return corev1.PodCondition{Type: kind, Status: status, Reason: reason}
}

// TestPodCells holds the words for pods against what the real server's printer says of them.
func TestPodCells(t *testing.T) {
	one := []corev1.Container{{Name: "c"}}
	always := ptr.To(corev1.ContainerRestartPolicyAlways)
	initialized := condition(corev1.PodInitialized, corev1.ConditionTrue, "")
	for _, test := range []struct {
		name       string
		init       []corev1.Container
		initStatus []corev1.ContainerStatus
		status     []corev1.ContainerStatus
		phase      corev1.PodPhase
		conditions []corev1.PodCondition
		deleted    bool
		want       string // ready, status, restarts
	}{
		{name: "new", phase: "Pending", want: "0/1 Pending 0"},
		{name: "gated", phase: "Pending", want: "0/1 SchedulingGated 0",
			conditions: []corev1.PodCondition{condition(corev1.PodScheduled, corev1.ConditionFalse, "SchedulingGated")}},
		{name: "creating", phase: "Pending", status: []corev1.ContainerStatus{waiting("ContainerCreating")}, want: "0/1 ContainerCreating 0"},
		{name: "no image", phase: "Pending", status: []corev1.ContainerStatus{waiting("ImagePullBackOff")}, want: "0/1 ImagePullBackOff 0"},
		{name: "running", phase: "Running", status: []corev1.ContainerStatus{runs(true)}, want: "1/1 Running 0"},
		{name: "not ready", phase: "Running", status: []corev1.ContainerStatus{runs(false)}, want: "0/1 Running 0"},
		{name: "restarted", phase: "Running", status: []corev1.ContainerStatus{restarted(runs(true), 2, 3*time.Minute)}, want: "1/1 Running 2 (3m ago)"},
		{name: "crashes", phase: "Running", status: []corev1.ContainerStatus{restarted(waiting("CrashLoopBackOff"), 14, 125*time.Second)},
			want: "0/1 CrashLoopBackOff 14 (2m5s ago)"},
		{name: "killed", phase: "Running", status: []corev1.ContainerStatus{terminated(137, 0, "OOMKilled")}, want: "0/1 OOMKilled 0"},
		{name: "exit code", phase: "Failed", status: []corev1.ContainerStatus{terminated(3, 0, "")}, want: "0/1 ExitCode:3 0"},
		{name: "signal", phase: "Failed", status: []corev1.ContainerStatus{terminated(137, 9, "")}, want: "0/1 Signal:9 0"},
		{name: "done", phase: "Succeeded", status: []corev1.ContainerStatus{terminated(0, 0, "Completed")}, want: "0/1 Completed 0"},
		{name: "partly done", phase: "Running", status: []corev1.ContainerStatus{terminated(0, 0, "Completed"), runs(true)}, want: "1/1 NotReady 0"},
		{name: "partly done and ready", phase: "Running", status: []corev1.ContainerStatus{terminated(0, 0, "Completed"), runs(true)}, want: "1/1 Running 0",
			conditions: []corev1.PodCondition{condition(corev1.PodReady, corev1.ConditionTrue, "")}},
		{name: "ending", phase: "Running", status: []corev1.ContainerStatus{runs(true)}, deleted: true, want: "1/1 Terminating 0"},
		{name: "deleted at its end", phase: "Succeeded", status: []corev1.ContainerStatus{terminated(0, 0, "Completed")}, deleted: true, want: "0/1 Completed 0"},
		{name: "init", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{runs(false)},
			status: []corev1.ContainerStatus{waiting("PodInitializing")}, want: "0/1 Init:0/1 0"},
		{name: "init waits", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{waiting("PodInitializing")},
			status: []corev1.ContainerStatus{waiting("PodInitializing")}, want: "0/1 Init:0/1 0"},
		{name: "init crashes", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{restarted(waiting("CrashLoopBackOff"), 3, time.Minute)},
			status: []corev1.ContainerStatus{waiting("PodInitializing")}, want: "0/1 Init:CrashLoopBackOff 3 (60s ago)"},
		{name: "init failed", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{terminated(1, 0, "Error")}, want: "0/1 Init:Error 0"},
		{name: "init exit code", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{terminated(1, 0, "")}, want: "0/1 Init:ExitCode:1 0"},
		{name: "init signal", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{terminated(1, 2, "")}, want: "0/1 Init:Signal:2 0"},
		{name: "after init", phase: "Pending", init: one, initStatus: []corev1.ContainerStatus{terminated(0, 0, "Completed")},
			status: []corev1.ContainerStatus{waiting("PodInitializing")}, want: "0/1 PodInitializing 0"},
		{name: "after init that restarted", phase: "Running", init: one, conditions: []corev1.PodCondition{initialized},
			initStatus: []corev1.ContainerStatus{restarted(terminated(0, 0, "Completed"), 3, time.Minute)},
			status:     []corev1.ContainerStatus{runs(true)}, want: "1/1 Running 0"},
		{name: "sidecar", phase: "Running", init: []corev1.Container{{Name: "c", RestartPolicy: always}},
			initStatus: []corev1.ContainerStatus{restarted(runs(true), 1, time.Hour)},
			status:     []corev1.ContainerStatus{runs(true)}, want: "2/2 Running 1 (60m ago)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &corev1.Pod{
				Spec: corev1.PodSpec{Containers: one, InitContainers: test.init},
				Status: corev1.PodStatus{
					Phase: test.phase, Conditions: test.conditions, InitContainerStatuses: test.initStatus, ContainerStatuses: test.status,
				},
			}
			if test.deleted {
				p.DeletionTimestamp = &metav1.Time{Time: now}
			}
			cells := podCells(p, now)
			if got := fmt.Sprint(cells[1], " ", cells[2], " ", cells[3]); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestPullPolicy(t *testing.T) {
	for image, want := range map[string]corev1.PullPolicy{
		"busybox":                         corev1.PullAlways,
		"busybox:latest":                  corev1.PullAlways,
		"busybox:1.37":                    corev1.PullIfNotPresent,
		"localhost:5000/busybox":          corev1.PullAlways,
		"localhost:5000/busybox:1":        corev1.PullIfNotPresent,
		"busybox@sha256:abc":              corev1.PullIfNotPresent,
		"localhost:5000/busybox@sha256:a": corev1.PullIfNotPresent,
	} {
		if got := pullPolicy(image); got != want {
			t.Errorf("%s: %s, want %s", image, got, want)
		}
	}
}
