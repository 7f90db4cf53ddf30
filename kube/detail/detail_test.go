package detail

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

func withInit(name string, state corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: name})
		p.Status.InitContainerStatuses = append(p.Status.InitContainerStatuses, corev1.ContainerStatus{Name: name, State: state})
	}
}

func edit(change func(*corev1.Pod)) func(*corev1.Pod) { return change }

func TestWhy(t *testing.T) {
	failed, killed, well := apitest.Terminated(3, "Error", ""), apitest.Terminated(137, "OOMKilled", ""), apitest.Terminated(0, "Completed", "")
	started := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(apitest.WhyNow().Add(-47 * time.Minute))}}
	back := apitest.Waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=app")
	ready := apitest.WithCondition(corev1.PodReady, corev1.ConditionTrue, "")
	unready := apitest.WithCondition(corev1.PodReady, corev1.ConditionFalse, "x")
	memory := edit(func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("48Mi")}
	})
	nowhere := edit(func(p *corev1.Pod) {
		p.Spec.NodeName, p.Status.ContainerStatuses, p.Status.Phase = "", nil, corev1.PodPending
		p.CreationTimestamp = metav1.NewTime(apitest.WhyNow().Add(-time.Hour))
	})
	deleted := edit(func(p *corev1.Pod) {
		grace := int64(30)
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &metav1.Time{Time: apitest.WhyNow().Add(-10 * time.Minute)}, &grace
	})
	phase := func(phase corev1.PodPhase, reason, message string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Status.Phase, p.Status.Reason, p.Status.Message = phase, reason, message }
	}
	unhealthy := []kube.PodEvent{{Reason: "Unhealthy", Message: "Readiness probe failed: HTTP probe failed with statuscode: 503", Warns: true, Container: "app"}}
	for name, c := range map[string]struct {
		changes  []func(*corev1.Pod)
		events   []kube.PodEvent
		severity lists.Severity
		want     string
	}{
		"well":          {[]func(*corev1.Pod){ready}, nil, lists.Healthy, "container ready for 47m"},
		"crash":         {[]func(*corev1.Pod){apitest.StateOf(back, &failed, 14)}, nil, lists.CrashLoop, "container app exited with code 3 (Error) after 60s; restarted 14 times"},
		"about to wait": {[]func(*corev1.Pod){apitest.StateOf(failed, nil, 1)}, nil, lists.CrashLoop, "container app exited with code 3 (Error) after 60s; restarted once"},
		"ends well":     {[]func(*corev1.Pod){apitest.StateOf(back, &well, 4)}, nil, lists.CrashLoop, "container app exits with code 0 after 60s, but is expected to keep running; restarted 4 times"},
		"memory":        {[]func(*corev1.Pod){memory, apitest.StateOf(back, &killed, 9)}, nil, lists.OutOfMemory, "container app was killed: out of memory (limit 48Mi) after 60s; restarted 9 times"},
		"image": {[]func(*corev1.Pod){apitest.StateOf(apitest.Waiting("ImagePullBackOff", `Back-off pulling image "x": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "x": failed to resolve reference "x": x: not found`), nil, 0)}, nil, lists.ImageError,
			"cannot pull image shop/web:1 of container app: x: not found"},
		"config": {[]func(*corev1.Pod){apitest.StateOf(apitest.Waiting("CreateContainerConfigError", `secret "db" not found`), nil, 0)}, nil, lists.ConfigError,
			`container app cannot be created: CreateContainerConfigError: secret "db" not found`},
		"init":         {[]func(*corev1.Pod){withInit("wait-for-db", started), apitest.StateOf(apitest.Waiting("PodInitializing", ""), nil, 0)}, nil, lists.StuckInit, "waiting for init container wait-for-db (started 47m ago)"},
		"init crashes": {[]func(*corev1.Pod){withInit("migrate", failed), apitest.StateOf(apitest.Waiting("PodInitializing", ""), nil, 0)}, nil, lists.PodFailed, "init container migrate exited with code 3 (Error) after 60s; not restarted"},
		"probe":        {[]func(*corev1.Pod){apitest.StateOf(started, nil, 0)}, unhealthy, lists.Unready, "container app not ready for 47m: readiness probe failed: HTTP probe failed with statuscode: 503"},
		"no probe":     {[]func(*corev1.Pod){apitest.StateOf(started, nil, 0)}, nil, lists.Unready, "container app not ready for 47m: its node gives no reason"},
		"gate": {[]func(*corev1.Pod){unready, func(p *corev1.Pod) {
			p.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "example.com/lb"}}
		}}, nil, lists.Unready,
			"not ready for 47m: readiness gate example.com/lb has not passed"},
		"no node":  {[]func(*corev1.Pod){nowhere, apitest.WithCondition(corev1.PodScheduled, corev1.ConditionFalse, "0/3 nodes are available")}, nil, lists.SlowStart, "no node fits: 0/3 nodes are available"},
		"no words": {[]func(*corev1.Pod){nowhere}, nil, lists.SlowStart, "not scheduled to a node for 60m"},
		"gated":    {[]func(*corev1.Pod){nowhere, func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "quota"}} }}, nil, lists.SlowStart, "held back by scheduling gate quota"},
		"mount": {[]func(*corev1.Pod){apitest.StateOf(apitest.Waiting("ContainerCreating", ""), nil, 0), func(p *corev1.Pod) { p.CreationTimestamp = metav1.NewTime(apitest.WhyNow().Add(-time.Minute)) }},
			[]kube.PodEvent{{Reason: "FailedMount", Message: `secret "tls" not found`, Warns: true}}, lists.Changing, `cannot start: a volume cannot be mounted: secret "tls" not found`},
		"held": {[]func(*corev1.Pod){deleted, func(p *corev1.Pod) { p.Finalizers = []string{"example.com/guard"} }}, nil, lists.SlowEnd,
			"terminating for 10m: waiting for finalizer example.com/guard"},
		"evicted":   {[]func(*corev1.Pod){phase(corev1.PodFailed, "Evicted", "The node was low on\x1b[2J memory.")}, nil, lists.PodFailed, "failed: Evicted: The node was low on␛[2J memory."},
		"failed":    {[]func(*corev1.Pod){apitest.StateOf(failed, nil, 0), phase(corev1.PodFailed, "", "")}, nil, lists.PodFailed, "failed: container app exited with code 3 (Error) after 60s"},
		"completed": {[]func(*corev1.Pod){phase(corev1.PodSucceeded, "", "")}, nil, lists.Finished, "completed: all containers exited with code 0"},
		"lost":      {[]func(*corev1.Pod){phase(corev1.PodUnknown, "NodeLost", "Node node-1 is unresponsive")}, nil, lists.NodeLost, "node node-1 is not responding: the state of its containers is not known: Node node-1 is unresponsive"},
		"again": {[]func(*corev1.Pod){ready, func(p *corev1.Pod) {
			s := &p.Status.ContainerStatuses[0]
			s.State.Running.StartedAt = metav1.NewTime(apitest.WhyNow().Add(-90 * time.Second))
			s.LastTerminationState, s.RestartCount = failed, 2
		}}, nil, lists.Restarted, "ready again, but container app exited with code 3 (Error) after 60s, 2m ago; restarted 2 times"},
		"a debug container does not count": {[]func(*corev1.Pod){ready, apitest.WithDebugger("debugger-x", &failed)}, nil, lists.Healthy, "container ready for 47m"},
	} {
		pod := kube.NewPod(apitest.RunningPod(c.changes...))
		if got := Diagnose(pod, c.events, apitest.WhyNow()); got.Text != c.want || got.Severity != c.severity {
			t.Errorf("%s:\n got %d %q\nwant %d %q", name, got.Severity, got.Text, c.severity, c.want)
		}
	}
	if got := Diagnose((&kube.Pod{Phase: "Running"}), nil, apitest.WhyNow()); got.Text != "running" {
		t.Errorf("without an object: %q", got.Text)
	}
}

func TestHurts(t *testing.T) {
	now := apitest.WhyNow()
	bad, good := &kube.Exit{Code: 3, Finished: now.Add(-time.Minute)}, &kube.Exit{Code: 0}
	running := kube.Container{Name: "well", Kind: kube.AppContainer, State: "running", Running: true, Ready: true, Since: now.Add(-time.Hour)}
	for want, list := range map[string][]kube.Container{
		"{ false false} false":            {running, {Name: "i", Kind: kube.InitContainer, State: "ended: exit 0", Exit: good}, {Name: "d", Kind: kube.DebugContainer, State: "ended: exit 3", Exit: bad}},
		"{crash true false} true":         {running, {Name: "slow", Kind: kube.AppContainer, State: "running", Running: true, Since: now.Add(-time.Hour)}, {Name: "crash", Kind: kube.AppContainer, State: "waiting: CrashLoopBackOff", Exit: bad}},
		"{ended false false} true":        {{Name: "ended", Kind: kube.AppContainer, State: "ended: exit 3", Exit: bad}},
		"{image false true} true":         {{Name: "image", Kind: kube.AppContainer, State: "waiting: ImagePullBackOff"}},
		"{init false false} true":         {{Name: "init", Kind: kube.InitContainer, State: "running", Running: true, Since: now}, {Name: "app", Kind: kube.AppContainer, State: "waiting: PodInitializing"}},
		"{slow false false} true":         {running, {Name: "slow", Kind: kube.AppContainer, State: "running", Running: true, Since: now.Add(-time.Hour), Exit: bad}},
		"{just back true false} true":     {{Name: "just back", Kind: kube.AppContainer, State: "running", Running: true, Since: now.Add(-time.Second), Exit: bad}},
		"{recent true false} true":        {{Name: "recent", Kind: kube.AppContainer, State: "running", Running: true, Ready: true, Since: now.Add(-50 * time.Second), Exit: bad}},
		"{never started false true} true": {{Name: "never started", Kind: kube.AppContainer, State: "ended: exit 128 StartError", Exit: &kube.Exit{Code: 128, Reason: "StartError"}}},
	} {
		hurt, ok := Hurts((&kube.Pod{Containers: list}), now)
		if got := fmt.Sprint(hurt, ok); got != want {
			t.Errorf("%+v:\n got %s\nwant %s", list, got, want)
		}
	}
}

// The cursor, the log and a debugging session begin at the pod's default container, or at the one that keeps it from starting.
func TestFocus(t *testing.T) {
	now := apitest.WhyNow()
	bad, good := &kube.Exit{Code: 3, Finished: now.Add(-time.Minute)}, &kube.Exit{Code: 0}
	waits := kube.Container{Name: "app", Kind: kube.AppContainer, State: "waiting: PodInitializing"}
	running := kube.Container{Name: "app", Kind: kube.AppContainer, State: "running", Running: true, Ready: true, Since: now.Add(-time.Hour)}
	done := kube.Container{Name: "first", Kind: kube.InitContainer, State: "ended: exit 0", Exit: good}
	for name, tt := range map[string]struct {
		want string
		list []kube.Container
	}{
		"an init container runs on":           {"second", []kube.Container{done, {Name: "second", Kind: kube.InitContainer, State: "running", Running: true, Since: now.Add(-time.Hour)}, waits}},
		"an init container crashes":           {"second", []kube.Container{done, {Name: "second", Kind: kube.InitContainer, State: "waiting: CrashLoopBackOff", Exit: bad}, waits}},
		"an init container has no image":      {"first", []kube.Container{{Name: "first", Kind: kube.InitContainer, State: "waiting: ImagePullBackOff"}, waits}},
		"the init containers have not begun":  {"app", []kube.Container{{Name: "first", Kind: kube.InitContainer, State: "waiting: PodInitializing"}, waits}},
		"all are done":                        {"app", []kube.Container{done, waits}},
		"all is well":                         {"app", []kube.Container{done, running}},
		"another one crashes":                 {"app", []kube.Container{{Name: "side", Kind: kube.AppContainer, State: "waiting: CrashLoopBackOff", Exit: bad}, running}},
		"it crashes itself, beside another":   {"app", []kube.Container{{Name: "side", Kind: kube.AppContainer, State: "ended: exit 3", Exit: bad}, {Name: "app", Kind: kube.AppContainer, State: "waiting: CrashLoopBackOff", Exit: bad}}},
		"its own image is missing":            {"app", []kube.Container{done, {Name: "app", Kind: kube.AppContainer, State: "waiting: ImagePullBackOff"}}},
		"a debug container has failed before": {"app", []kube.Container{waits, {Name: "debugger", Kind: kube.DebugContainer, State: "ended: exit 3", Exit: bad}}},
	} {
		if got := Focus((&kube.Pod{Default: "app", Containers: tt.list}), now); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestPodEventsAreJoinedTheNewestFirst(t *testing.T) {
	at := func(s int64) metav1.Time { return metav1.Unix(1_700_000_000+s, 0) }
	list := kube.PodEventsOf([]corev1.Event{
		{Reason: "Scheduled", FirstTimestamp: at(0), LastTimestamp: at(0)},
		{Reason: "Started", FirstTimestamp: at(0), LastTimestamp: at(0)},
		{Reason: "BackOff", Message: "again", Type: "Warning", Count: 3, FirstTimestamp: at(10), LastTimestamp: at(20), InvolvedObject: corev1.ObjectReference{FieldPath: "spec.containers{app}"}},
		{Reason: "BackOff", Message: "again", Type: "Warning", Count: 4, FirstTimestamp: at(5), LastTimestamp: at(50), InvolvedObject: corev1.ObjectReference{FieldPath: "spec.containers{app}"}},
		{Reason: "FailedScheduling", Message: "\x1b[31mno\nnode", Type: "Warning", EventTime: metav1.NewMicroTime(at(1).Time),
			Series: &corev1.EventSeries{Count: 9, LastObservedTime: metav1.NewMicroTime(at(90).Time)}},
		{Reason: "Timeless"},
	})
	var got []string
	for _, e := range list {
		last := int64(-1)
		if !e.Last.IsZero() {
			last = e.Last.Unix() - 1_700_000_000
		}
		got = append(got, fmt.Sprintf("%s %q %s ×%d %v %d", e.Reason, e.Message, e.Container, e.Count, e.Warns, last))
	}
	want := []string{
		`FailedScheduling "␛[31mno node"  ×9 true 90`, `BackOff "again" app ×7 true 50`, `Started ""  ×1 false 0`, `Scheduled ""  ×1 false 0`, `Timeless ""  ×1 false -1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEvidenceComesInParts(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	failed := apitest.Terminated(3, "Error", "")
	news := Gather(t.Context(), cluster, kube.PodKey{Namespace: "shop", Name: "web"})
	apitest.Receive(t, requests, "the pod").Reply(t, 200, apitest.RunningPod(apitest.StateOf(apitest.Waiting("CrashLoopBackOff", ""), &failed, 14)))
	if e := apitest.Receive(t, news, "the pod"); e.Pod == nil || e.EventsRead || e.Log.Read || e.Log.Container != "app" || !e.Log.Previous {
		t.Errorf("at first %+v", e)
	}
	first, second := apitest.Receive(t, requests, "a request"), apitest.Receive(t, requests, "another at the same time")
	if strings.HasSuffix(first.URL.Path, "/events") {
		first, second = second, first
	}
	if q := first.URL.Query(); !strings.HasSuffix(first.URL.Path, "/web/log") || q.Get("previous") != "true" || q.Get("tailLines") == "" {
		t.Errorf("the log is asked for with %s", first.URL)
	}
	if q := second.URL.Query().Get("fieldSelector"); !strings.Contains(q, "involvedObject.uid=0f1e2d3c") {
		t.Errorf("the events are asked for with %s", q)
	}
	first.Line(t, "\x1b[32mstarting\x1b[0m\nboom \x1b]0;x\a\n")
	first.Finish(t)
	if e := apitest.Receive(t, news, "the log"); !slices.Equal(e.Log.Lines, []string{"starting", "boom ␛]0;x\ufffd"}) || e.EventsRead {
		t.Errorf("the log is %q", e.Log.Lines)
	}
	apitest.Refuse(second.W, 403, metav1.StatusReasonForbidden, `events is forbidden: User "viewer" cannot list resource "events"`, nil)
	second.Finish(t)
	if e := apitest.Receive(t, news, "the events"); e.NoEvents == nil || !e.EventsRead || !e.Log.Read || len(e.Log.Lines) != 2 {
		t.Errorf("at last %+v", e)
	}
	apitest.Drained(t, news)
}

func TestLogTailSaysWhyThereIsNone(t *testing.T) {
	for want, answers := range map[string]http.HandlerFunc{
		`you may not read logs in shop (verb "get" on "pods/log")`: func(w http.ResponseWriter, _ *http.Request) {
			apitest.Refuse(w, 403, metav1.StatusReasonForbidden, `pods "web" is forbidden`, nil)
		},
		"its node no longer has the log of the previous instance": func(w http.ResponseWriter, _ *http.Request) {
			apitest.Refuse(w, 400, metav1.StatusReasonBadRequest, `previous terminated container "app" in pod "web" not found`, nil)
		},
		"app has no log output": func(http.ResponseWriter, *http.Request) {},
	} {
		tail := logTail(t.Context(), kubetest.Serve(t, answers), kube.Target{Namespace: "shop", Pod: "web", Container: "app"}, Hurt{Container: "app"})
		if tail.None != want || !tail.Read || len(tail.Lines) > 0 {
			t.Errorf("got %+v, want %q", tail, want)
		}
	}
	endless := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 64 {
			_, _ = w.Write([]byte(strings.Repeat("x", 64<<10)))
		}
	}))
	tail := logTail(t.Context(), endless, kube.Target{Namespace: "shop", Pod: "web", Container: "app"}, Hurt{Container: "app"})
	if len(tail.Lines) != 2 || len(tail.Lines[0]) > logs.LineMost+100 {
		t.Fatalf("of a line without an end %d lines are kept", len(tail.Lines))
	}
	if strings.Contains(tail.Lines[0], "bytes cut") || !strings.Contains(tail.Lines[1], "more in the log") {
		t.Errorf("it is said how long a line is that has not been read: %.40q … %q", tail.Lines[0][logs.LineMost:], tail.Lines[1])
	}
}

func TestDetailReadsNoSecret(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		c := &p.Spec.Containers[0]
		c.EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "db"}}}}
		c.Env = []corev1.EnvVar{{Name: "A", Value: strings.Repeat("é", 4000)}, {Name: "B", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}}}}
		p.Labels = map[string]string{"b": "2", "a": "\x1b[31m1"}
		p.Spec.Tolerations = []corev1.Toleration{{Key: corev1.TaintNodeNotReady}, {Key: "gpu", Value: "yes", Effect: "NoSchedule"}}
		p.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Glusterfs: &corev1.GlusterfsVolumeSource{}}}}
		p.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}
		p.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: strings.Repeat("x", 999)}
	}))
	d := Of(pod)
	if got := fmt.Sprint(d.Labels, d.Placement, d.Volumes); got != "[{a ␛[31m1} {b 2}] [{tolerates gpu=yes NoSchedule}] [{v glusterfs}]" {
		t.Errorf("detail %s", got)
	}
	env := d.Containers[0].Env
	if env[0] != (Fact{"*", "← all of secret db"}) || env[2] != (Fact{"B", "← field status.podIP"}) || !strings.HasSuffix(env[1].Text, "… (8000 bytes in all)") {
		t.Errorf("environment %q", env)
	}
	text, hidden := YAML(pod)
	if strings.Contains(text, "manager: kubectl") || !strings.Contains(text, "999 bytes, hidden") || !strings.Contains(hidden, "managedFields") {
		t.Errorf("hidden %q in\n%s", hidden, text)
	}
	if len(pod.Object().ManagedFields) != 1 {
		t.Error("the pod itself has been changed")
	}
}

func TestSameIsOnePodNotOneName(t *testing.T) {
	first, second := apitest.RunningPod(), apitest.RunningPod()
	first.UID, second.UID = "u-1", "u-2"
	changed := first.DeepCopy()
	changed.ResourceVersion = "99"
	if !kube.NewPod(first).Same(kube.NewPod(changed)) || kube.NewPod(first).Same(kube.NewPod(second)) {
		t.Error("pods are told apart by something else than their UIDs")
	}
}
