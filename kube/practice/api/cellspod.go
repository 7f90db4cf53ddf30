package api

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// podCells follows the printer of the real server:
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/printers/internalversion/printers.go (printPod).
func podCells(pod *corev1.Pod, now time.Time) []any {
	sum := summaryOf(pod)
	restarts := strconv.Itoa(sum.restarts)
	if sum.restarts != 0 && !sum.restarted.IsZero() {
		restarts += " (" + since(sum.restarted, now) + " ago)"
	}
	ip := ""
	if len(pod.Status.PodIPs) > 0 {
		ip = pod.Status.PodIPs[0].IP
	}
	return []any{
		pod.Name, fmt.Sprintf("%d/%d", sum.ready, sum.containers), sum.status, restarts, age(pod, now),
		cmp.Or(ip, "<none>"), cmp.Or(pod.Spec.NodeName, "<none>"), cmp.Or(pod.Status.NominatedNodeName, "<none>"), gates(pod),
	}
}

// summary is a pod in four cells.
type summary struct {
	status            string
	ready, containers int
	restarts          int
	restarted         time.Time // the last time; zero: unknown
}

func summaryOf(pod *corev1.Pod) summary {
	sum := summary{status: cmp.Or(pod.Status.Reason, string(pod.Status.Phase)), containers: len(pod.Spec.Containers)}
	initialized := false
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			sum.status = corev1.PodReasonSchedulingGated
		}
		initialized = initialized || c.Type == corev1.PodInitialized && c.Status == corev1.ConditionTrue
	}
	sidecars := summary{}
	if initializing := sum.addInit(pod, &sidecars); !initializing || initialized {
		sum.restarts, sum.restarted = sidecars.restarts, sidecars.restarted
		sum.addContainers(pod)
	}
	terminal := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	if pod.DeletionTimestamp != nil && pod.Status.Reason == "NodeLost" {
		sum.status = "Unknown"
	} else if pod.DeletionTimestamp != nil && !terminal {
		sum.status = "Terminating"
	}
	return sum
}

// addInit goes through the init containers up to the first that has not done its work, and tells whether there is one.
// The restarts of those that go on beside the containers are also counted apart.
func (s *summary) addInit(pod *corev1.Pod, sidecars *summary) (initializing bool) {
	always := map[string]bool{}
	for _, c := range pod.Spec.InitContainers {
		if ptr.Deref(c.RestartPolicy, "") == corev1.ContainerRestartPolicyAlways {
			always[c.Name] = true
			s.containers++
		}
	}
	for i, c := range pod.Status.InitContainerStatuses {
		s.addRestarts(c)
		if always[c.Name] {
			sidecars.addRestarts(c)
		}
		terminated, waiting := c.State.Terminated, c.State.Waiting
		switch {
		case terminated != nil && terminated.ExitCode == 0:
			continue
		case always[c.Name] && ptr.Deref(c.Started, false):
			if c.Ready {
				s.ready++
			}
			continue
		case terminated != nil:
			s.status = "Init:" + ended(terminated)
		case waiting != nil && waiting.Reason != "" && waiting.Reason != "PodInitializing":
			s.status = "Init:" + waiting.Reason
		default:
			s.status = fmt.Sprintf("Init:%d/%d", i, len(pod.Spec.InitContainers))
		}
		return true
	}
	return false
}

func (s *summary) addContainers(pod *corev1.Pod) {
	running := false
	for i := len(pod.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := pod.Status.ContainerStatuses[i]
		s.addRestarts(c)
		switch {
		case c.State.Waiting != nil && c.State.Waiting.Reason != "":
			s.status = c.State.Waiting.Reason
		case c.State.Terminated != nil:
			s.status = ended(c.State.Terminated)
		case c.Ready && c.State.Running != nil:
			running = true
			s.ready++
		}
	}
	if s.status == "Completed" && running {
		s.status = "NotReady"
		if isReady(pod) {
			s.status = "Running"
		}
	}
}

func (s *summary) addRestarts(c corev1.ContainerStatus) {
	s.restarts += int(c.RestartCount)
	if last := c.LastTerminationState.Terminated; last != nil && last.FinishedAt.After(s.restarted) {
		s.restarted = last.FinishedAt.Time
	}
}

func ended(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}

func isReady(pod *corev1.Pod) bool { return podCondition(pod, corev1.PodReady) }

func podCondition(pod *corev1.Pod, kind corev1.PodConditionType) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == kind {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

func gates(pod *corev1.Pod) string {
	if len(pod.Spec.ReadinessGates) == 0 {
		return "<none>"
	}
	open := 0
	for _, gate := range pod.Spec.ReadinessGates {
		if podCondition(pod, gate.ConditionType) {
			open++
		}
	}
	return fmt.Sprintf("%d/%d", open, len(pod.Spec.ReadinessGates))
}

// rowConditions tells clients that a pod has come to its end.
func rowConditions(phase corev1.PodPhase) []metav1.TableRowCondition {
	condition := metav1.TableRowCondition{Type: metav1.RowCompleted, Status: metav1.ConditionTrue, Reason: string(phase)}
	switch phase {
	case corev1.PodSucceeded:
		condition.Message = "The pod has completed successfully."
	case corev1.PodFailed:
		condition.Message = "The pod failed."
	default:
		return nil
	}
	return []metav1.TableRowCondition{condition}
}
