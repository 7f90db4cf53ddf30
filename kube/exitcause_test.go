package kube_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// What ended a debug container from outside is told where its pod shows it, and only there.
func TestExitCause(t *testing.T) {
	const (
		shares  = "ended with its target, whose processes it shares; "
		deleted = "ended with its pod: it was deleted"
		evicted = "ended with its pod: it failed; "
	)
	begin := time.Unix(1_700_000_000, 0)
	ended := func(code int32, reason string, from, to time.Duration) corev1.ContainerState {
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: code, Reason: reason, StartedAt: metav1.NewTime(begin.Add(from)), FinishedAt: metav1.NewTime(begin.Add(to)),
		}}
	}
	running := func(from time.Duration) corev1.ContainerState {
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(begin.Add(from))}}
	}
	const minute = time.Minute
	killed := ended(137, "Error", 10*minute, 20*minute) // the debug container
	tests := map[string]struct {
		own, target, last corev1.ContainerState
		pod               func(*corev1.Pod)
		want              string
	}{
		"the target ended":       {own: killed, target: ended(7, "Error", 0, 20*minute), want: shares + "app exited with code 7 (Error) after 20m"},
		"and was started again":  {own: killed, target: running(20*minute + time.Second), last: ended(0, "Completed", 0, 20*minute), want: shares + "app exited with code 0 (Completed) after 20m"},
		"a second later":         {own: killed, target: ended(7, "Error", 0, 20*minute+time.Second), want: shares + "app exited with code 7 (Error) after 20m"},
		"it was out of memory":   {own: killed, target: ended(137, "OOMKilled", 0, 20*minute), want: shares + "app was killed: out of memory after 20m"},
		"it waits for a restart": {own: killed, target: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}, last: ended(1, "Error", 0, 20*minute), want: shares + "app exited with code 1 (Error) after 20m"},

		"the target runs":             {own: killed, target: running(0)},
		"it ended before":             {own: killed, target: running(15*minute + time.Second), last: ended(7, "Error", 0, 15*minute)},
		"it ended long after":         {own: killed, target: ended(7, "Error", 0, 30*minute)},
		"it had not begun before":     {own: ended(137, "Error", 0, 20*minute), target: ended(7, "Error", 20*minute-time.Second, 20*minute)},
		"nobody knows how it ended":   {own: killed, target: ended(255, "Unknown", 0, 20*minute)},
		"the debugger ended itself":   {own: ended(0, "Completed", 10*minute, 20*minute), target: ended(7, "Error", 0, 20*minute)},
		"the debugger was terminated": {own: ended(143, "Error", 10*minute, 20*minute), target: ended(7, "Error", 0, 20*minute)},
		"the debugger had no memory":  {own: ended(137, "OOMKilled", 10*minute, 20*minute), target: ended(7, "Error", 0, 20*minute)},
		"it has no target": {own: killed, target: ended(7, "Error", 0, 20*minute), pod: func(p *corev1.Pod) {
			p.Spec.EphemeralContainers[0].TargetContainerName = ""
		}},
		"the pod shares its processes": {own: killed, target: ended(7, "Error", 0, 20*minute), pod: func(p *corev1.Pod) {
			p.Spec.ShareProcessNamespace = new(true)
		}},
		"the node does": {own: killed, target: ended(7, "Error", 0, 20*minute), pod: func(p *corev1.Pod) { p.Spec.HostPID = true }},

		"the pod is deleted": {own: killed, target: ended(137, "Error", 0, 20*minute), pod: deletedAt(begin.Add(20 * minute)), want: deleted},
		"it is, and terminates": {
			own: ended(143, "Error", 10*minute, 20*minute), target: running(0), pod: deletedAt(begin.Add(20 * minute)), want: deleted,
		},
		"it was deleted later": {own: killed, target: running(0), pod: deletedAt(begin.Add(30 * minute))},
		"it is evicted by the API": {own: killed, target: running(0), pod: func(p *corev1.Pod) {
			deletedAt(begin.Add(20 * minute))(p)
			p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{
				Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting",
			})
		}, want: deleted + "; EvictionByEvictionAPI: Eviction API: evicting"},
		"the node evicts it": {own: killed, target: ended(137, "Error", 0, 20*minute), pod: failed("Evicted", "The node was low on resource: memory. "), want: evicted + "Evicted: The node was low on resource: memory."},
		"and has lost its containers": {
			own:    corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "ContainerStatusUnknown"}},
			target: ended(137, "Error", 0, 20*minute), pod: failed("Evicted", "The node had condition: [DiskPressure]. "), want: evicted + "Evicted: The node had condition: [DiskPressure].",
		},
		"the node is shut down":  {own: killed, target: ended(143, "Error", 0, 20*minute), pod: failed("Terminated", ""), want: evicted + "Terminated"},
		"it was evicted later":   {own: ended(137, "Error", 0, minute), target: ended(137, "Error", 0, 20*minute), pod: failed("Evicted", "")},
		"the node lost its own":  {own: ended(255, "Unknown", 10*minute, 20*minute), target: ended(255, "Unknown", 0, 20*minute)},
		"hostile words are tame": {own: killed, target: ended(1, "\x1b[31mred", 0, 20*minute), want: shares + `app exited with code 1 (␛[31mred) after 20m`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			object := apitest.RunningPod(apitest.WithDebugger("debugger-1", &tt.own), func(p *corev1.Pod) {
				p.Spec.EphemeralContainers[0].TargetContainerName = "app"
				p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "app", State: tt.target, LastTerminationState: tt.last}}
			})
			if tt.pod != nil {
				tt.pod(object)
			}
			pod := kube.NewPod(object)
			c, _ := pod.Container("debugger-1")
			if got := c.Exit.Words(); tt.want != "" && got != tt.want {
				t.Errorf("the exit is told as %q, not %q", got, tt.want)
			}
			if tt.want == "" && c.Exit.Cause != "" {
				t.Errorf("it has a cause: %q", c.Exit.Words())
			}
		})
	}
}

func deletedAt(asked time.Time) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		grace := int64(30)
		at := metav1.NewTime(asked.Add(time.Duration(grace) * time.Second))
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &at, &grace
	}
}

func failed(reason, message string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.Phase, p.Status.Reason, p.Status.Message = corev1.PodFailed, reason, message
	}
}
