package debug

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// creating is a pod on a node, in which nothing has started yet.
func creating(changes ...func(*corev1.Pod)) *kube.Pod {
	return kube.NewPod(apitest.CreatingPod(changes...))
}

func warning(reason, message string, count int, ago time.Duration) kube.PodEvent {
	return kube.PodEvent{Reason: reason, Message: message, Warns: true, Count: count, First: apitest.WhyNow().Add(-ago), Last: apitest.WhyNow().Add(-ago)}
}

func TestStartCause(t *testing.T) {
	noCondition := func(p *corev1.Pod) { p.Status.Conditions = nil }
	for name, c := range map[string]struct {
		pod    *kube.Pod
		events []kube.PodEvent
		want   string
		weight Severity
	}{
		"mount": {creating(), []kube.PodEvent{warning("FailedMount", `MountVolume.SetUp failed for volume "cfg": configmap "nope" not found`, 6, 0)},
			`a volume cannot be mounted: MountVolume.SetUp failed for volume "cfg": configmap "nope" not found`, Blocking},
		"mount, once": {creating(), []kube.PodEvent{warning("FailedMount", "failed to sync configmap cache: timed out waiting for the condition", 1, 0)},
			"a volume cannot be mounted: failed to sync configmap cache: timed out waiting for the condition", Warning},
		"the sentence that says why, not the one that only says how long": {creating(), []kube.PodEvent{
			warning("FailedMount", "Unable to attach or mount volumes: unmounted volumes=[cfg]: timed out waiting for the condition", 2, 0),
			warning("FailedMount", `configmap "nope" not found`, 9, time.Minute),
		}, `a volume cannot be mounted: configmap "nope" not found`, Blocking},
		"sandbox": {creating(), []kube.PodEvent{warning("FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = user namespaces are not supported", 3, 0)},
			"the pod sandbox cannot be created: user namespaces are not supported", Blocking},
		"a harmless warning that repeats, and is newer": {creating(), []kube.PodEvent{
			warning("MissingClusterDNS", "pod does not have ClusterDNS IP configured", 600, 0), warning("DNSConfigForming", "Nameserver limits were exceeded", 600, 0),
			warning("FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (x)", 600, 0),
			warning("FailedAttachVolume", "Multi-Attach error for volume \"data\"", 2, time.Minute),
		}, `a volume cannot be attached to the node: Multi-Attach error for volume "data"`, Blocking},
		"nothing but harmless ones":         {creating(), []kube.PodEvent{warning("MissingClusterDNS", "x", 600, 0), warning("Unhealthy", "x", 9, 0)}, "", 0},
		"of an earlier time":                {creating(), []kube.PodEvent{warning("FailedScheduling", "0/3 nodes are available", 72, 0)}, "", 0},
		"a failure that is not known here":  {creating(), []kube.PodEvent{warning("FailedDeviceSetup", "no such device", 2, 0)}, "FailedDeviceSetup: no such device", Blocking},
		"network":                           {creating(noCondition), []kube.PodEvent{warning("NetworkNotReady", "cni plugin not initialized", 4, 0)}, "the node's network is not ready: cni plugin not initialized", Blocking},
		"over: the sandbox is there":        {creating(noCondition, apitest.WithCondition(corev1.PodReadyToStartContainers, corev1.ConditionTrue, "")), []kube.PodEvent{warning("FailedMount", "x", 6, 0)}, "", 0},
		"over: it runs":                     {kube.NewPod(apitest.RunningPod()), []kube.PodEvent{warning("FailedMount", "x", 6, 0)}, "", 0},
		"over: an image is pulled in it":    {creating(noCondition, apitest.StateOf(apitest.Waiting("ImagePullBackOff", ""), nil, 0)), []kube.PodEvent{warning("FailedMount", "x", 6, 0)}, "", 0},
		"about one container, not the pod":  {creating(), []kube.PodEvent{{Reason: "Failed", Message: "x", Warns: true, Container: "app", Count: 3}}, "", 0},
		"normal events":                     {creating(), []kube.PodEvent{{Reason: "FailedMount", Message: "x", Count: 3}}, "", 0},
		"the sandbox was lost":              {kube.NewPod(apitest.RunningPod(apitest.WithCondition(corev1.PodReadyToStartContainers, corev1.ConditionFalse, ""))), []kube.PodEvent{warning("FailedCreatePodSandBox", "x", 3, 0)}, "the pod sandbox cannot be created: x", Blocking},
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
		case ok && (len(found) != 1 || found[0].Severity != c.weight || !strings.Contains(found[0].Text, c.want)):
			t.Errorf("%s: found %v, want weight %d of %q", name, found, c.weight, c.want)
		}
		if why := detail.Diagnose(c.pod, c.events, apitest.WhyNow()); ok && why.Text != "cannot start: "+c.want {
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
		"no node":         {apitest.WithCondition(corev1.PodScheduled, corev1.ConditionFalse, "0/3 nodes are available: 3 Insufficient cpu."), "no node fits: 0/3 nodes", "lower its requests"},
		"no scheduler":    {func(p *corev1.Pod) { p.Spec.SchedulerName = "gpu-scheduler" }, "not scheduled", "gpu-scheduler"},
		"nothing is said": {func(*corev1.Pod) {}, "not scheduled", "check that it is running"},
	} {
		p := kube.NewPod(apitest.RunningPod(nowhere, c.change)).Refusal
		if p == nil || !strings.Contains(p.Message, c.what) || !strings.Contains(p.Hint, c.hint) || strings.Contains(p.Hint, "events") {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestNodeLost(t *testing.T) {
	both := func(ready, containers corev1.ConditionStatus) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			apitest.WithCondition(corev1.PodReady, ready, "")(p)
			apitest.WithCondition(corev1.ContainersReady, containers, "")(p)
		}
	}
	lost := both(corev1.ConditionFalse, corev1.ConditionTrue)
	deleting := func(p *corev1.Pod) {
		grace := int64(30)
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &metav1.Time{Time: apitest.WhyNow().Add(-10 * time.Minute)}, &grace
	}
	gate := func(p *corev1.Pod) {
		p.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "example.com/lb"}}
	}
	for name, c := range map[string]struct {
		pod      *corev1.Pod
		severity lists.Severity
		want     string
	}{
		"its node is lost":      {apitest.RunningPod(lost), lists.NodeLost, "node node-1 is not responding, for 47m"},
		"and it is deleted":     {apitest.RunningPod(lost, deleting), lists.NodeLost, "its node node-1 is not responding"},
		"old clusters":          {apitest.RunningPod(deleting, func(p *corev1.Pod) { p.Status.Reason = "NodeLost" }), lists.NodeLost, "its node node-1 is not responding"},
		"a readiness gate":      {apitest.RunningPod(lost, gate), lists.Unready, "readiness gate example.com/lb has not passed"},
		"its own probe":         {apitest.RunningPod(both(corev1.ConditionFalse, corev1.ConditionFalse)), lists.Unready, "not ready for 47m"},
		"it is well":            {apitest.RunningPod(both(corev1.ConditionTrue, corev1.ConditionTrue)), lists.Healthy, "container ready for 47m"},
		"deleted from its node": {apitest.RunningPod(deleting), lists.SlowEnd, "the node has not confirmed the end"},
	} {
		if got := detail.Diagnose(kube.NewPod(c.pod), nil, apitest.WhyNow()); got.Severity != c.severity || !strings.Contains(got.Text, c.want) {
			t.Errorf("%s: %d %q, want %d with %q", name, got.Severity, got.Text, c.severity, c.want)
		}
	}
	if !lists.NodeLost.Sick() {
		t.Error("a pod whose node is lost is not sick")
	}
}

// The exit code of a container that a restart has swallowed is not the program's.
func TestLostContainersHaveNoExitCode(t *testing.T) {
	unknown := apitest.Terminated(255, "Unknown", "")
	pod := kube.NewPod(apitest.RunningPod(apitest.StateOf(apitest.Running(), &unknown, 1), apitest.WithCondition(corev1.PodReady, corev1.ConditionTrue, "")))
	c, _ := pod.Container("app")
	if words := c.Exit.Words(); !strings.Contains(words, "node or container runtime restarted") {
		t.Errorf("its words are %q", words)
	}
	if why := detail.Diagnose(pod, nil, apitest.WhyNow()); why.Severity == lists.CrashLoop || strings.Contains(why.Text, "exited with") {
		t.Errorf("why: %d %q", why.Severity, why.Text)
	}
	if words := (&kube.Exit{Code: 255, Reason: "Error"}).Words(); words != "application-defined exit code" {
		t.Errorf("255 of a program itself: %q", words)
	}
	if words := (&kube.Exit{Code: 137, Reason: "ContainerStatusUnknown"}).Words(); !strings.Contains(words, "lost by its node") {
		t.Errorf("a container that its node has lost: %q", words)
	}
}
