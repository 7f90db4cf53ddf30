package kube

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// creating is a pod on a node, in which nothing has started yet.
func creating(changes ...func(*corev1.Pod)) *Pod {
	return newPod(runningPod(append([]func(*corev1.Pod){
		stateOf(waiting("ContainerCreating", ""), nil, 0),
		func(p *corev1.Pod) {
			p.Status.Phase, p.Status.PodIP, p.Status.ContainerStatuses[0].ImageID = corev1.PodPending, "", ""
			p.CreationTimestamp = metav1.NewTime(whyNow().Add(-time.Minute))
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReadyToStartContainers, Status: corev1.ConditionFalse}}
		},
	}, changes...)...))
}

func warning(reason, message string, count int, ago time.Duration) PodEvent {
	return PodEvent{Reason: reason, Message: message, Warns: true, Count: count, First: whyNow().Add(-ago), Last: whyNow().Add(-ago)}
}

func TestStartCause(t *testing.T) {
	noCondition := func(p *corev1.Pod) { p.Status.Conditions = nil }
	for name, c := range map[string]struct {
		pod    *Pod
		events []PodEvent
		want   string
		weight Weight
	}{
		"mount": {creating(), []PodEvent{warning("FailedMount", `MountVolume.SetUp failed for volume "cfg": configmap "nope" not found`, 6, 0)},
			`a volume cannot be mounted: MountVolume.SetUp failed for volume "cfg": configmap "nope" not found`, Stops},
		"mount, once": {creating(), []PodEvent{warning("FailedMount", "failed to sync configmap cache: timed out waiting for the condition", 1, 0)},
			"a volume cannot be mounted: failed to sync configmap cache: timed out waiting for the condition", Warns},
		"the sentence that says why, not the one that only says how long": {creating(), []PodEvent{
			warning("FailedMount", "Unable to attach or mount volumes: unmounted volumes=[cfg]: timed out waiting for the condition", 2, 0),
			warning("FailedMount", `configmap "nope" not found`, 9, time.Minute),
		}, `a volume cannot be mounted: configmap "nope" not found`, Stops},
		"sandbox": {creating(), []PodEvent{warning("FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = user namespaces are not supported", 3, 0)},
			"the pod sandbox cannot be created: user namespaces are not supported", Stops},
		"a harmless warning that repeats, and is newer": {creating(), []PodEvent{
			warning("MissingClusterDNS", "pod does not have ClusterDNS IP configured", 600, 0), warning("DNSConfigForming", "Nameserver limits were exceeded", 600, 0),
			warning("FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (x)", 600, 0),
			warning("FailedAttachVolume", "Multi-Attach error for volume \"data\"", 2, time.Minute),
		}, `a volume cannot be attached to the node: Multi-Attach error for volume "data"`, Stops},
		"nothing but harmless ones":         {creating(), []PodEvent{warning("MissingClusterDNS", "x", 600, 0), warning("Unhealthy", "x", 9, 0)}, "", 0},
		"of an earlier time":                {creating(), []PodEvent{warning("FailedScheduling", "0/3 nodes are available", 72, 0)}, "", 0},
		"a failure that is not known here":  {creating(), []PodEvent{warning("FailedDeviceSetup", "no such device", 2, 0)}, "FailedDeviceSetup: no such device", Stops},
		"network":                           {creating(noCondition), []PodEvent{warning("NetworkNotReady", "cni plugin not initialized", 4, 0)}, "the node's network is not ready: cni plugin not initialized", Stops},
		"over: the sandbox is there":        {creating(noCondition, withCondition(corev1.PodReadyToStartContainers, corev1.ConditionTrue, "")), []PodEvent{warning("FailedMount", "x", 6, 0)}, "", 0},
		"over: it runs":                     {newPod(runningPod()), []PodEvent{warning("FailedMount", "x", 6, 0)}, "", 0},
		"over: an image is pulled in it":    {creating(noCondition, stateOf(waiting("ImagePullBackOff", ""), nil, 0)), []PodEvent{warning("FailedMount", "x", 6, 0)}, "", 0},
		"about one container, not the pod":  {creating(), []PodEvent{{Reason: "Failed", Message: "x", Warns: true, Container: "app", Count: 3}}, "", 0},
		"normal events":                     {creating(), []PodEvent{{Reason: "FailedMount", Message: "x", Count: 3}}, "", 0},
		"the sandbox was lost":              {newPod(runningPod(withCondition(corev1.PodReadyToStartContainers, corev1.ConditionFalse, ""))), []PodEvent{warning("FailedCreatePodSandBox", "x", 3, 0)}, "the pod sandbox cannot be created: x", Stops},
		"without a right to read any event": {creating(), nil, "", 0},
	} {
		cause, ok := c.pod.StartCause(c.events)
		if cause.Text != c.want || ok != (c.want != "") {
			t.Errorf("%s: the cause is %q, want %q", name, cause.Text, c.want)
		}
		found := checkStart(Plan{}, Facts{Pod: c.pod, Events: c.events})
		switch {
		case !ok && len(found) > 0:
			t.Errorf("%s: found %v without a cause", name, found)
		case ok && (len(found) != 1 || found[0].Weight != c.weight || !strings.Contains(found[0].Text, c.want)):
			t.Errorf("%s: found %v, want weight %d of %q", name, found, c.weight, c.want)
		}
		if why := c.pod.Why(c.events, whyNow()); ok && why.Text != "cannot start: "+c.want {
			t.Errorf("%s: why is %q", name, why.Text)
		}
	}
}

// What keeps a pod from being scheduled is told by the pod, with what helps; nobody is sent to events that do not exist.
func TestUnscheduledPods(t *testing.T) {
	nowhere := func(p *corev1.Pod) {
		p.Spec.NodeName, p.Status.ContainerStatuses, p.Status.Phase = "", nil, corev1.PodPending
	}
	for name, c := range map[string]struct {
		change     func(*corev1.Pod)
		what, hint string
	}{
		"gate": {func(p *corev1.Pod) {
			p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "example.com/quota"}, {Name: "b"}}
		}, "held back by scheduling gate example.com/quota, b", "remove it"},
		"no node":         {withCondition(corev1.PodScheduled, corev1.ConditionFalse, "0/3 nodes are available: 3 Insufficient cpu."), "no node fits: 0/3 nodes", "less"},
		"no scheduler":    {func(p *corev1.Pod) { p.Spec.SchedulerName = "gpu-scheduler" }, "not scheduled", "gpu-scheduler"},
		"nothing is said": {func(*corev1.Pod) {}, "not scheduled", "check that it runs"},
	} {
		p := newPod(runningPod(nowhere, c.change)).Refusal
		if p == nil || !strings.Contains(p.What, c.what) || !strings.Contains(p.Hint, c.hint) || strings.Contains(p.Hint, "events") {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// podEvent sends an event about the pod as a whole.
func (l *launch) podEvent(t *testing.T, uid, reason, message string) {
	t.Helper()
	e := kubeletEvent(corev1.EventTypeWarning, reason, message)
	e.InvolvedObject.FieldPath, e.UID, e.Count = "", types.UID(uid), 2
	l.events.event(t, "ADDED", e)
}

// While a debug container waits, the pod's own cause is told as soon as the kubelet has, once; and that it has gone.
func TestCarryOutTellsWhatKeepsThePod(t *testing.T) {
	l := carryOut(t)
	blocked := func(p *corev1.Pod) { p.Status = creating().object.Status }
	l.becomes(t, waiting("PodInitializing", ""), blocked)
	l.podEvent(t, "1", "MissingClusterDNS", "pod does not have ClusterDNS IP configured")
	l.podEvent(t, "2", "FailedMount", `configmap "nope" not found`)
	got := receive(t, l.progress, "the cause")
	want := `debugger-x2 cannot start yet, because nothing starts in pod web: a volume cannot be mounted: configmap "nope" not found`
	if got.Cause == nil || got.Cause.What != want || !strings.Contains(got.Cause.Hint, "create what is missing") || got.Step != Accepted {
		t.Fatalf("progress %+v, want cause %q", got, want)
	}
	l.podEvent(t, "2", "FailedMount", `configmap "nope" not found`) // the same again is no news
	l.podEvent(t, "3", "FailedCreatePodSandBox", "rpc error: code = Unknown desc = no room")
	if got := receive(t, l.progress, "another cause"); got.Cause == nil || !strings.Contains(got.Cause.What, "sandbox cannot be created: no room") {
		t.Fatalf("progress %+v, want the newest cause", got)
	}
	l.becomes(t, waiting("PodInitializing", ""))
	l.want(t, Progress{Step: Accepted}) // it has gone
	l.becomes(t, running())
	if got := receive(t, l.progress, "the start"); got.Step != Started {
		t.Fatalf("step %d, want that it has started", got.Step)
	}
	l.over(t)
}

// A mount that failed before the pod ran is not told of a pod that runs.
func TestCarryOutKeepsOldCausesToItself(t *testing.T) {
	l := carryOut(t)
	l.podEvent(t, "2", "FailedMount", `configmap "nope" not found`)
	l.becomes(t, waiting("PodInitializing", ""))
	l.becomes(t, running())
	if got := receive(t, l.progress, "the start"); got.Step != Started {
		t.Fatalf("progress %+v, want that it has started", got)
	}
	l.over(t)
}

func TestNodeLost(t *testing.T) {
	both := func(ready, containers corev1.ConditionStatus) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			withCondition(corev1.PodReady, ready, "")(p)
			withCondition(corev1.ContainersReady, containers, "")(p)
		}
	}
	lost := both(corev1.ConditionFalse, corev1.ConditionTrue)
	deleting := func(p *corev1.Pod) {
		grace := int64(30)
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &metav1.Time{Time: whyNow().Add(-10 * time.Minute)}, &grace
	}
	gate := func(p *corev1.Pod) {
		p.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "example.com/lb"}}
	}
	for name, c := range map[string]struct {
		pod      *corev1.Pod
		severity Severity
		want     string
	}{
		"its node is lost":      {runningPod(lost), NodeLost, "node node-1 is not responding, for 47m"},
		"and it is deleted":     {runningPod(lost, deleting), NodeLost, "its node node-1 is not responding"},
		"old clusters":          {runningPod(deleting, func(p *corev1.Pod) { p.Status.Reason = "NodeLost" }), NodeLost, "its node node-1 is not responding"},
		"a readiness gate":      {runningPod(lost, gate), Unready, "readiness gate example.com/lb has not passed"},
		"its own probe":         {runningPod(both(corev1.ConditionFalse, corev1.ConditionFalse)), Unready, "not ready for 47m"},
		"it is well":            {runningPod(both(corev1.ConditionTrue, corev1.ConditionTrue)), Healthy, "container ready for 47m"},
		"deleted from its node": {runningPod(deleting), SlowEnd, "the node has not confirmed the end"},
	} {
		if got := newPod(c.pod).Why(nil, whyNow()); got.Severity != c.severity || !strings.Contains(got.Text, c.want) {
			t.Errorf("%s: %d %q, want %d with %q", name, got.Severity, got.Text, c.severity, c.want)
		}
	}
	if !NodeLost.Sick() {
		t.Error("a pod whose node is lost is not sick")
	}
}

// The exit code of a container that a restart has swallowed is not the program's.
func TestLostContainersHaveNoExitCode(t *testing.T) {
	unknown := terminated(255, "Unknown", "")
	pod := newPod(runningPod(stateOf(running(), &unknown, 1), withCondition(corev1.PodReady, corev1.ConditionTrue, "")))
	c, _ := pod.Container("app")
	if words := c.Exit.Words(); !strings.Contains(words, "node or container runtime restarted") {
		t.Errorf("its words are %q", words)
	}
	if why := pod.Why(nil, whyNow()); why.Severity == CrashLoop || strings.Contains(why.Text, "exited with") {
		t.Errorf("why: %d %q", why.Severity, why.Text)
	}
	if words := (&Exit{Code: 255, Reason: "Error"}).Words(); words != "application-defined exit code" {
		t.Errorf("255 of a program itself: %q", words)
	}
	if words := (&Exit{Code: 137, Reason: "ContainerStatusUnknown"}).Words(); !strings.Contains(words, "lost by its node") {
		t.Errorf("a container that its node has lost: %q", words)
	}
}
