package lists_test

import (
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// The statuses are those that the API server's printer of pods makes.
func TestJudge(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	young, old := ago(20*time.Second), ago(47*time.Minute)
	for severity, rows := range map[lists.Severity][]lists.PodRow{
		lists.Finished: {{Status: "Completed", Ready: "0/1", Created: old}, {Status: "Succeeded", Created: old}},
		lists.Healthy: {
			{Status: "Running", Ready: "2/2", Created: young}, {Status: "Running", Ready: "1/1", Created: old, LastExit: ago(11 * time.Minute)},
			{Status: "Running", Ready: "1/1", Gates: "2/2", Created: old},
		},
		lists.Changing: {
			{Status: "Pending", Created: young}, {Status: "ContainerCreating", Created: young}, {Status: "PodInitializing", Created: young},
			{Status: "Init:0/1", Created: young}, {Status: "Init:1/2", Created: ago(time.Hour), LastExit: young},
			{Status: "Terminating", Created: old}, {Status: "SchedulingGated", Created: old},
			{Status: "Running", Ready: "0/1", Created: young}, {Status: "Running", Ready: "0/1", Created: old, LastExit: young},
		},
		lists.SlowEnd:   {{Status: "Terminating", Deleted: ago(3 * time.Minute)}},
		lists.Restarted: {{Status: "Running", Ready: "1/1", Created: old, LastExit: ago(9 * time.Minute)}},
		lists.SlowStart: {{Status: "Pending", Created: old}, {Status: "ContainerCreating", Created: old}, {Status: "PodInitializing", Created: old}},
		lists.Unready: {
			{Status: "Running", Ready: "0/1", Created: old}, {Status: "Running", Ready: "1/2", Created: old, LastExit: ago(2 * time.Minute)},
			{Status: "NotReady", Ready: "1/2", Created: old}, {Status: "Running", Ready: "1/1", Gates: "0/1", Created: old},
		},
		lists.ConfigError: {
			{Status: "CreateContainerConfigError"}, {Status: "CreateContainerError"}, {Status: "RunContainerError"}, {Status: "StartError"},
			{Status: "Init:CreateContainerConfigError"},
		},
		lists.StuckInit: {{Status: "Init:0/1", Created: old}, {Status: "Init:10/12", Created: old}},
		lists.PodFailed: {
			{Status: "Error"}, {Status: "ContainerStatusUnknown"}, {Status: "Evicted"}, {Status: "Failed"},
			{Status: "ExitCode:1"}, {Status: "Signal:9"}, {Status: "UnexpectedAdmissionError"}, {Status: "DeadlineExceeded"},
			{Status: "Init:Error"}, {Status: "Init:ExitCode:1"}, {Status: "Init:Signal:9"}, {Status: ""}, {Status: "a word of tomorrow"},
		},
		lists.NodeLost: {{Status: "NodeLost"}, {Status: "Unknown"}},
		lists.ImageError: {
			{Status: "ImagePullBackOff"}, {Status: "ErrImagePull"}, {Status: "InvalidImageName"}, {Status: "ErrImageNeverPull"}, {Status: "Init:ImagePullBackOff"},
		},
		lists.OutOfMemory: {{Status: "OOMKilled"}, {Status: "Init:OOMKilled"}},
		lists.CrashLoop:   {{Status: "CrashLoopBackOff"}, {Status: "Init:CrashLoopBackOff"}},
	} {
		for _, row := range rows {
			got, reason := row.Judge(false, time.Time{}, now)
			if got != severity {
				t.Errorf("%s %s is severity %d (%s), want %d", row.Status, row.Ready, got, reason, severity)
			}
			if got.Sick() && reason == "" {
				t.Errorf("%s %s is sick for no reason", row.Status, row.Ready)
			}
		}
	}
}

// What has just become so is not long so, however old the pod is; and what ended well long ago may be restarted now.
func TestJudgeFromWhenItWasSeen(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	row := lists.PodRow{Status: "Running", Ready: "0/1", Created: now.Add(-time.Hour)}
	if s, _ := row.Judge(false, now.Add(-10*time.Second), now); s != lists.Changing {
		t.Errorf("not ready for ten seconds is severity %d", s)
	}
	row.Status = "Terminating"
	if s, _ := row.Judge(false, now.Add(-10*time.Second), now); s != lists.Changing {
		t.Errorf("terminating for ten seconds is severity %d", s)
	}
	if s, _ := row.Judge(false, now.Add(-2*time.Minute), now); s != lists.SlowEnd {
		t.Errorf("terminating for two minutes is severity %d", s)
	}
}

// The order is the one in which a person on call wants to hear of it.
func TestSeveritiesAreInOrder(t *testing.T) {
	if lists.Healthy.Sick() || lists.Changing.Sick() || !lists.SlowEnd.Sick() || lists.Unready.Broken() || !lists.ConfigError.Broken() {
		t.Error("who is sick, and who is broken, is another than it was")
	}
}

// The printer repeats a kubelet's last words: of a pod on a lost node nothing is known, but what has ended has ended.
func TestJudgeOnALostNode(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for word, want := range map[string]lists.Severity{
		"Running": lists.NodeLost, "NotReady": lists.NodeLost, "Terminating": lists.NodeLost, "ContainerCreating": lists.NodeLost, "Init:0/1": lists.NodeLost, "CrashLoopBackOff": lists.NodeLost,
		"Init:CrashLoopBackOff": lists.NodeLost, "ImagePullBackOff": lists.NodeLost, "Unknown": lists.NodeLost,
		"Completed": lists.Finished, "Succeeded": lists.Finished, "Error": lists.PodFailed, "Evicted": lists.PodFailed, "OOMKilled": lists.OutOfMemory,
	} {
		row := lists.PodRow{Status: word, Ready: "2/2", Node: "n-1", Created: now.Add(-time.Hour)}
		got, reason := row.Judge(true, time.Time{}, now)
		if got != want {
			t.Errorf("%s on a lost node is severity %d (%s), want %d", word, got, reason, want)
		}
	}
}
