package kubelet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestScenes is what becomes of each pod of the manifests. The words and counts were compared with those of a real kubelet.
func TestScenes(t *testing.T) {
	w := newWorld(t)
	for _, moment := range []struct {
		after time.Duration
		want  map[string]string
	}{
		{100 * time.Millisecond, map[string]string{
			"web-":    "Pending app=ContainerCreating sidecar=ContainerCreating",
			"pending": "Pending",
		}},
		{3 * time.Second, map[string]string{
			"badimage": "Pending app=ErrImagePull",
		}},
		{5 * time.Second, map[string]string{
			"crasher": "Running app=CrashLoopBackOff,1",
		}},
		{time.Minute, map[string]string{
			"web-":       "Running app=Running,ready sidecar=Running,ready",
			"annotated":  "Running proxy=Running,ready app=Running,ready",
			"nonroot":    "Running app=Running,ready",
			"recommend-": "Running app=Running,ready",
			"safe":       "Running app=Running,ready",
			"plain":      "Running app=Running,ready",
		}},
		{10 * time.Minute, map[string]string{
			"crasher": "Running app=CrashLoopBackOff,6",
		}},
		{30 * time.Minute, map[string]string{
			"crasher": "Running app=CrashLoopBackOff,10",
			"oom":     "Running app=CrashLoopBackOff,10",
		}},
		{time.Hour, map[string]string{
			"web-":            "Running app=Running,ready sidecar=Running,ready",
			"notready":        "Running app=Running",
			"badimage":        "Pending app=ImagePullBackOff",
			"badregistry":     "Pending app=ImagePullBackOff",
			"stuck-init":      "Pending wait-for-db=Running app=PodInitializing",
			"done":            "Succeeded app=Completed(0)",
			"nightly-report-": "Succeeded report=Completed(0)",
			"pending":         "Pending",
		}},
	} {
		w.at(moment.after)
		for pod, want := range moment.want {
			if got := summary(w.pod(pod)); got != want {
				t.Errorf("%s after %v:\n%s\nwant\n%s", pod, moment.after, got, want)
			}
		}
	}
}

// TestEvents has the words of the real components.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	w.at(20 * time.Minute)
	for pod, want := range map[string][]string{
		"crasher": {
			"Normal Scheduled Successfully assigned shop/crasher to n-2",
			`Normal Pulling Pulling image "registry.example/demo/web:1"`,
			"Normal Created (x9) Created container: app",
			"Normal Started (x9) Started container app",
			`Normal Pulled (x8) Container image "registry.example/demo/web:1" already present on machine`,
			"Warning BackOff (x73) Back-off restarting failed container app in pod crasher_shop(UID)",
		},
		"badimage": {
			`Normal Pulling (x5) Pulling image "registry.example/demo/missing:1"`,
			`Warning Failed (x5) Failed to pull image "registry.example/demo/missing:1": rpc error: code = NotFound desc = ` +
				`failed to pull and unpack image "registry.example/demo/missing:1": failed to resolve reference ` +
				`"registry.example/demo/missing:1": registry.example/demo/missing:1: not found`,
			"Warning Failed (x5) Error: ErrImagePull",
			`Normal BackOff (x73) Back-off pulling image "registry.example/demo/missing:1"`,
			"Warning Failed (x73) Error: ImagePullBackOff",
		},
		"pending": {
			"Warning FailedScheduling 0/3 nodes are available: 1 node(s) had untolerated taint {kubernetes.io/arch: arm64}, " +
				"2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: " +
				"0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
		},
		"notready": {"Warning Unhealthy (x181) Readiness probe failed: HTTP probe failed with statuscode: 503"},
	} {
		object := w.pod(pod)
		got := w.events(object)
		for _, line := range want {
			if line = strings.ReplaceAll(line, "UID", string(object.UID)); !slices.Contains(got, line) {
				t.Errorf("%s has no\n  %s\nbut\n  %s", pod, line, strings.Join(got, "\n  "))
			}
		}
	}
}

// TestStatus is as complete as a real one.
func TestStatus(t *testing.T) {
	w := newWorld(t)
	w.at(30 * time.Minute)
	status := w.pod("oom").Status
	var conditions []string
	for _, c := range status.Conditions {
		conditions = append(conditions, fmt.Sprint(c.Type, " ", c.Status, " ", c.Reason, " ", c.Message))
	}
	want := []string{
		"PodReadyToStartContainers True  ", "Initialized True  ",
		"Ready False ContainersNotReady containers with unready status: [app]",
		"ContainersReady False ContainersNotReady containers with unready status: [app]", "PodScheduled True  ",
	}
	if !slices.Equal(conditions, want) {
		t.Errorf("conditions %q, want %q", conditions, want)
	}
	app := status.ContainerStatuses[0]
	last := app.LastTerminationState.Terminated
	if last == nil || last.ExitCode != 137 || last.Reason != "OOMKilled" || last.ContainerID != app.ContainerID ||
		!last.FinishedAt.After(last.StartedAt.Add(-1)) {
		t.Errorf("last state %+v of %s", last, app.ContainerID)
	}
	message := fmt.Sprintf("back-off 5m0s restarting failed container=app pod=oom_shop(%s)", w.pod("oom").UID)
	if waiting := app.State.Waiting; waiting == nil || waiting.Message != message {
		t.Errorf("waiting %+v, want %q", waiting, message)
	}
	if status.QOSClass != "Burstable" || status.PodIP == "" || status.HostIP == "" || status.StartTime == nil || app.ImageID == "" {
		t.Errorf("incomplete: %+v", status)
	}
}
