package launch

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

const debugger = "debugger-x2"

// launch is a plan being carried out, with the test in the place of the API server.
type launch struct {
	progress <-chan Progress
	stop     context.CancelFunc
	pods     *apitest.Exchange // the watch of the pod
	events   *apitest.Exchange // the watch of the container's events
	requests <-chan *apitest.Exchange
	version  int
}

// carryOut carries a plan out up to where the API server has accepted it and both watches are open.
func carryOut(t *testing.T) *launch {
	t.Helper()
	cluster, requests := kubetest.Converse(t)
	ctx, stop := context.WithCancel(t.Context())
	l := &launch{progress: CarryOut(ctx, cluster, debugPlan(t)), stop: stop, requests: requests, version: 101}
	patch := apitest.Receive(t, requests, "the patch")
	if patch.Method != http.MethodPatch || patch.URL.Path != "/api/v1/namespaces/shop/pods/web/ephemeralcontainers" {
		t.Fatalf("%s %s came instead of the patch", patch.Method, patch.URL)
	}
	patch.Reply(t, http.StatusOK, apitest.RunningPod(apitest.Version("101"), apitest.WithDebugger(debugger, nil)))
	for l.pods == nil || l.events == nil {
		switch x := apitest.Receive(t, requests, "a watch"); {
		case !strings.HasSuffix(x.URL.Path, "/events"):
			// The pod has just been seen: it is watched from there, without a list.
			if got := x.URL.Query().Get("resourceVersion"); !x.IsWatch() || got != "101" {
				t.Fatalf("%s came instead of a watch from the patch", x.URL)
			}
			x.Flush(t)
			l.pods = x
		case x.IsWatch():
			x.Flush(t)
			l.events = x
		default:
			want := kube.PodEventsSelector("web", string(apitest.RunningPod().UID))
			if got := x.URL.Query().Get("fieldSelector"); got != want {
				t.Errorf("events are asked for by %q, want %q", got, want)
			}
			x.Reply(t, http.StatusOK, eventsOf())
		}
	}
	l.want(t, Progress{Step: Accepted})
	return l
}

func debugPlan(t *testing.T) debug.Plan {
	t.Helper()
	plan, err := debug.NewPlan(kube.NewPod(apitest.RunningPod()), debug.Request{Name: debugger, Image: "busybox:1.37", Profile: kube.General, Target: "app"})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func eventsOf(items ...corev1.Event) *corev1.EventList {
	return &corev1.EventList{
		TypeMeta: metav1.TypeMeta{Kind: "EventList", APIVersion: "v1"}, ListMeta: metav1.ListMeta{ResourceVersion: "50"}, Items: items,
	}
}

func kubeletEvent(kind, reason, message string) corev1.Event {
	return corev1.Event{
		TypeMeta: metav1.TypeMeta{Kind: "Event", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{ResourceVersion: "51"},
		Type: kind, Reason: reason, Message: message,
		InvolvedObject: corev1.ObjectReference{FieldPath: "spec.ephemeralContainers{" + debugger + "}"},
	}
}

// happens sends an event of the kubelet.
func (l *launch) happens(t *testing.T, kind, reason, message string) {
	t.Helper()
	l.events.Event(t, "ADDED", kubeletEvent(kind, reason, message))
}

// becomes sends the pod with our container in a state.
func (l *launch) becomes(t *testing.T, state corev1.ContainerState, changes ...func(*corev1.Pod)) {
	t.Helper()
	l.version++
	changes = append(changes, apitest.WithDebugger(debugger, &state), apitest.Version(fmt.Sprint(l.version)))
	l.pods.Event(t, "MODIFIED", apitest.RunningPod(changes...))
}

func (l *launch) want(t *testing.T, want Progress) {
	t.Helper()
	got := apitest.Receive(t, l.progress, fmt.Sprintf("step %d", want.Step))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("progress (- want, + got):\n%s", diff)
	}
}

// wantFailed wants the last value to be a failure that begins like what.
func (l *launch) wantFailed(t *testing.T, what string) *kube.Problem {
	t.Helper()
	got := apitest.Receive(t, l.progress, "the failure")
	if got.Step != Failed {
		t.Fatalf("step %d came instead of the failure: %+v", got.Step, got)
	}
	p := kubetest.WantProblem(t, got.Err, what)
	l.over(t)
	return p
}

// over wants nothing more, and nothing left.
func (l *launch) over(t *testing.T) {
	t.Helper()
	select {
	case p, ok := <-l.progress:
		if ok {
			t.Fatalf("after the last word comes %+v", p)
		}
	case <-t.Context().Done():
	}
	apitest.GoroutinesEnd(t, "kube.Keep", "launch.(*follower)")
}

func TestCarryOut(t *testing.T) {
	l := carryOut(t)
	l.becomes(t, apitest.Waiting("ContainerCreating", ""))
	l.happens(t, "Normal", "Pulling", `Pulling image "busybox:1.37"`)
	l.want(t, Progress{Step: Pulling, Words: `Pulling image "busybox:1.37"`})
	l.happens(t, "Normal", "Pulled", "Successfully pulled image \"busybox:1.37\"\x1b[2J in 1.2s")
	l.want(t, Progress{Step: Pulled, Words: `Successfully pulled image "busybox:1.37"␛[2J in 1.2s`})
	l.happens(t, "Normal", "Pulling", "an event that comes late")
	l.happens(t, "Normal", "Created", "Created container: debugger-x2")
	l.want(t, Progress{Step: Created, Words: "Created container: debugger-x2"})
	l.happens(t, "Normal", "Unheard-of", "of no interest")
	l.becomes(t, apitest.Running())
	l.want(t, Progress{Step: Started})
	l.over(t)
}

// An image that is there already makes no pull, and the status may be faster than the events.
func TestCarryOutAtOnce(t *testing.T) {
	l := carryOut(t)
	l.becomes(t, apitest.Running())
	l.want(t, Progress{Step: Started})
	l.over(t)
}

// A program that has ended before anybody looked: there is still its log to read.
func TestCarryOutEnded(t *testing.T) {
	l := carryOut(t)
	state := apitest.Terminated(0, "Completed", "")
	l.becomes(t, state)
	l.want(t, Progress{Step: Ended, Exit: kube.ExitOf(state.Terminated)})
	l.over(t)
}

// What does not pass by waiting fails at once, with the kubelet's words and what to do.
func TestCarryOutHopeless(t *testing.T) {
	const (
		noTool   = "waiting does not help"
		noImage  = "there is no image busybox:1.37 where the node looks for it"
		notFound = `rpc error: code = NotFound desc = failed to pull and unpack image "registry.example/demo/missing:1": registry.example/demo/missing:1: not found`
	)
	tests := []struct {
		reason, message, hint string
	}{
		{"ErrImagePull", notFound, noImage},
		{"ErrImagePull", "manifest unknown: manifest unknown", noImage},
		{"ErrImagePull", "failed to authorize: failed to fetch anonymous token: 401 Unauthorized: authentication required", "the node may not pull that image"},
		{"ErrImagePull", "unexpected status from HEAD request: 403 Forbidden", "the node may not pull that image"},
		{"ErrImagePull", "no match for platform in manifest: not found", "the image is not built for the node's architecture"},
		{"ErrImagePull", "dial tcp: lookup registry.example on 10.0.0.10:53: no such host", "the node cannot reach that registry"},
		{"ErrImagePull", "dial tcp 10.1.2.3:443: i/o timeout", "the node cannot reach that registry"},
		{"ErrImagePull", "429 Too Many Requests", "the registry does not give the image to the node"},
		{"ImagePullBackOff", `Back-off pulling image "registry.example/demo/missing:1": ErrImagePull: ` + notFound, noImage},
		{"RegistryUnavailable", "connection refused", "the node cannot reach that registry"},
		{"InvalidImageName", "couldn't parse image name", "correct the name of the image"},
		{"ErrImageNeverPull", `Container image "busybox:1.37" is not present with pull policy of Never`, "the image is not on the node"},
		{"ImageInspectError", "Failed to inspect image", noTool},
		{"SignatureValidationFailed", "image pull failed because the signature validation failed", noTool},
		{
			"CreateContainerConfigError", "container has runAsNonRoot and image will run as root (pod: web, container: debugger-x2)",
			"the image runs as root, which the pod or the profile forbids",
		},
		{
			"CreateContainerConfigError", "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root",
			"the image runs as root, which the pod or the profile forbids",
		},
		{"CreateContainerConfigError", `unable to find target container app`, "container app is not running: debug without a target"},
		{"CreateContainerError", `container "app" is not running - in state CONTAINER_EXITED`, "container app is not running: debug without a target"},
		{"CreateContainerError", "context deadline exceeded", noTool},
		{"RunContainerError", `exec: "nosuch": executable file not found in $PATH`, "the image does not have that command"},
		{"PreCreateHookError", "hook failed", noTool},
	}
	covered := map[string]bool{}
	for _, tt := range tests {
		covered[tt.reason] = true
		t.Run(tt.reason+" "+tt.message, func(t *testing.T) {
			l := carryOut(t)
			l.becomes(t, apitest.Waiting(tt.reason, tt.message))
			p := l.wantFailed(t, "debugger-x2 does not start: "+tt.reason+": "+tt.message)
			if !strings.HasPrefix(p.Hint, tt.hint) {
				t.Errorf("the hint is %q, want %q", p.Hint, tt.hint)
			}
		})
	}
	for _, reason := range kube.TerminalWaitReasons() {
		if !covered[reason] {
			t.Errorf("no test has reason %s", reason)
		}
	}
}

// The runtime could make the container but not start its program.
func TestCarryOutStartError(t *testing.T) {
	for message, hint := range map[string]string{
		`exec: "zsh": executable file not found in $PATH: unknown`: "the image does not have that command",
		`exec: "/x": stat /x: no such file or directory`:           "the image does not have that command",
		`exec: "/etc/passwd": permission denied`:                   "the image's command may not be executed",
		`exec /bin/sh: exec format error`:                          "the image is built for another architecture",
		`something new`:                                            "waiting does not help",
	} {
		for _, reason := range []string{"StartError", "ContainerCannotRun"} {
			l := carryOut(t)
			l.becomes(t, apitest.Terminated(128, reason, "failed to create containerd task: "+message))
			p := l.wantFailed(t, "debugger-x2 does not start: "+reason+": failed to create containerd task: "+message)
			if !strings.HasPrefix(p.Hint, hint) {
				t.Errorf("the hint is %q, want %q", p.Hint, hint)
			}
		}
	}
}

// A back-off whose status does not say why: an event does, before or after it. The events that only repeat the reason
// do not replace the one that says why.
func TestCarryOutCauseFromEvent(t *testing.T) {
	const cause = `rpc error: busybox:1.37: not found`
	failed := func(t *testing.T, l *launch) {
		l.happens(t, "Warning", "Failed", `Failed to pull image "busybox:1.37": `+cause)
	}
	// Nothing can be sent after it: it is the last word, and the watch is closed.
	consequence := func(t *testing.T, l *launch) { l.happens(t, "Warning", "Failed", "Error: ErrImagePull") }
	backOff := func(t *testing.T, l *launch) {
		l.becomes(t, apitest.Waiting("ImagePullBackOff", `Back-off pulling image "busybox:1.37"`))
	}
	// The kubelet tells in an event at once what it puts into the status ten seconds later.
	for name, test := range map[string]struct {
		order  []func(*testing.T, *launch)
		reason string
	}{
		"events alone": {[]func(*testing.T, *launch){failed, consequence}, "ErrImagePull"},
		"status first": {[]func(*testing.T, *launch){backOff, failed}, "ImagePullBackOff"},
	} {
		t.Run(name, func(t *testing.T) {
			l := carryOut(t)
			for _, step := range test.order {
				step(t, l)
			}
			p := l.wantFailed(t, "debugger-x2 does not start: "+test.reason+": "+cause)
			if !strings.HasPrefix(p.Hint, "there is no image busybox:1.37") {
				t.Errorf("the hint is %q", p.Hint)
			}
		})
	}
}

// All other failures to start are told in one event too, with the cause in it.
func TestCarryOutFailsOnTheEventsWord(t *testing.T) {
	for words, hint := range map[string]string{
		"container has runAsNonRoot and image will run as root":                                      "the image runs as root",
		`unable to find target container "app"`:                                                      "container app is not running: debug without a target",
		`failed to create containerd task: exec: "zsh": executable file not found in $PATH: unknown`: "the image does not have that command",
		`failed to create containerd task: exec: "/x": stat /x: no such file or directory: unknown`:  "the image does not have that command",
		`failed to create containerd task: mount /data: no such file or directory`:                   "waiting does not help",
	} {
		l := carryOut(t)
		l.happens(t, "Warning", "Failed", "Error: "+words)
		reason := "CreateContainerError"
		if strings.HasPrefix(words, "failed to create containerd task") {
			reason = "StartError" // as the status will say
		}
		p := l.wantFailed(t, "debugger-x2 does not start: "+reason+": "+words)
		if !strings.HasPrefix(p.Hint, hint) {
			t.Errorf("the hint is %q, want %q", p.Hint, hint)
		}
	}
}

// Without any event the reason alone has to do, soon.
func TestCarryOutCauseUnknown(t *testing.T) {
	l := carryOut(t)
	l.becomes(t, apitest.Waiting("ImagePullBackOff", `Back-off pulling image "busybox:1.37"`))
	l.wantFailed(t, `debugger-x2 does not start: ImagePullBackOff: Back-off pulling image "busybox:1.37"`)
}

// The pod goes while the image is being pulled.
func TestCarryOutPodGoes(t *testing.T) {
	creating := apitest.Waiting("ContainerCreating", "")
	tests := []struct {
		name string
		goes func(*testing.T, *launch)
		want string
	}{
		{"deleted", func(t *testing.T, l *launch) {
			l.pods.Event(t, "DELETED", apitest.RunningPod(apitest.Version("102"), apitest.WithDebugger(debugger, &creating)))
		}, "pod web was deleted before debugger-x2 started"},
		{"replaced", func(t *testing.T, l *launch) {
			l.pods.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("102")))
		}, "pod web was replaced by another of the same name before debugger-x2 started"},
		{"evicted", func(t *testing.T, l *launch) {
			l.becomes(t, creating, func(p *corev1.Pod) { p.Status.Phase, p.Status.Reason = corev1.PodFailed, "Evicted" })
		}, "pod web has failed (Evicted)"},
		{"completed", func(t *testing.T, l *launch) {
			l.becomes(t, creating, func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded })
		}, "pod web has completed"},
		{"deleting", func(t *testing.T, l *launch) {
			l.becomes(t, creating, func(p *corev1.Pod) { p.DeletionTimestamp = new(metav1.Now()) })
		}, "pod web is being deleted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := carryOut(t)
			tt.goes(t, l)
			l.wantFailed(t, tt.want)
		})
	}
}

// A container that runs in a pod that is being deleted can still be attached to.
func TestCarryOutStartedInDeletingPod(t *testing.T) {
	l := carryOut(t)
	l.becomes(t, apitest.Running(), func(p *corev1.Pod) { p.DeletionTimestamp = new(metav1.Now()) })
	l.want(t, Progress{Step: Started})
}

// A watch that breaks while the container starts is taken up again.
func TestCarryOutSurvivesBrokenWatch(t *testing.T) {
	l := carryOut(t)
	l.pods.Event(t, "ERROR", apitest.RefusalStatus(http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is unwell", nil))
	l.pods.Finish(t)
	if p := apitest.Receive(t, l.progress, "the trouble"); p.Trouble == nil || p.Step != Accepted {
		t.Errorf("the broken watch is told as %+v", p)
	}
	apitest.TakePods(t, l.requests, apitest.PodsOf("200", apitest.RunningPod(apitest.WithDebugger(debugger, new(apitest.Running())))))
	l.want(t, Progress{Step: Started})
	l.over(t)
}

// Who may not read events is told less, but as surely.
func TestCarryOutWithoutEvents(t *testing.T) {
	cluster, requests := kubetest.Converse(t)
	l := &launch{progress: CarryOut(t.Context(), cluster, debugPlan(t)), version: 101}
	apitest.Receive(t, requests, "the patch").Reply(t, http.StatusOK, apitest.RunningPod(apitest.Version("101"), apitest.WithDebugger(debugger, nil)))
	for forbidden := 0; forbidden < 3 || l.pods == nil; {
		x := apitest.Receive(t, requests, "a request")
		if strings.HasSuffix(x.URL.Path, "/events") {
			x.Reply(t, http.StatusForbidden, apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, "no events", nil))
			forbidden++
			continue
		}
		x.Flush(t)
		l.pods = x
	}
	l.want(t, Progress{Step: Accepted})
	l.becomes(t, apitest.Waiting("ContainerCreating", ""))
	l.becomes(t, apitest.Running())
	l.want(t, Progress{Step: Started})
	l.over(t)
}

// Who stops waiting ends the following, wherever it is.
func TestCarryOutIsStopped(t *testing.T) {
	l := carryOut(t)
	l.becomes(t, apitest.Waiting("ContainerCreating", ""))
	l.stop()
	apitest.Drained(t, l.progress)
	apitest.GoroutinesEnd(t, "kube.Keep", "launch.(*follower)")
}

// However many events a server has of a pod, the newest of them are kept, and not more.
func TestFollowerKeepsFewEvents(t *testing.T) {
	f := &follower{}
	for i := range 1000 {
		at := metav1.Unix(1_700_000_000+int64(i), 0)
		f.event(t.Context(), containerEvent{object: &corev1.Event{ObjectMeta: metav1.ObjectMeta{UID: types.UID(fmt.Sprint(i))}, LastTimestamp: at}})
	}
	if n := len(f.reported); n != 100 || f.reported[0].UID != "900" || f.reported[n-1].UID != "999" {
		t.Errorf("%d are kept, from %s to %s", n, f.reported[0].UID, f.reported[n-1].UID)
	}
}

// Of causes that a kubelet reports within a second, which is the smallest unit of its events, the one that came last is the newest, each time.
func TestFollowerKeepsTheOrderOfEvents(t *testing.T) {
	at := metav1.Unix(1_700_000_000, 0)
	reports := []string{"FailedMount", "FailedCreatePodSandBox", "FailedAttachVolume", "FailedMount"}
	for range 20 {
		f := &follower{}
		for _, reason := range reports {
			e := kubeletEvent(corev1.EventTypeWarning, reason, "x")
			e.UID, e.InvolvedObject.FieldPath, e.LastTimestamp = types.UID(reason), "", at
			f.event(t.Context(), containerEvent{object: &e})
			if cause, _ := kube.NewPod(apitest.CreatingPod()).StartCause(kube.PodEventsOf(f.reported)); cause.Reason != reason {
				t.Fatalf("behind %s of %v the cause is %+v", reason, reports, cause)
			}
		}
	}
}

// podEvent sends an event about the pod as a whole.
func (l *launch) podEvent(t *testing.T, uid, reason, message string) {
	t.Helper()
	e := kubeletEvent(corev1.EventTypeWarning, reason, message)
	e.InvolvedObject.FieldPath, e.UID, e.Count = "", types.UID(uid), 2
	l.events.Event(t, "ADDED", e)
}

// While a debug container waits, the pod's own cause is told as soon as the kubelet has, once; and that it has gone.
func TestCarryOutTellsWhatKeepsThePod(t *testing.T) {
	l := carryOut(t)
	blocked := func(p *corev1.Pod) { p.Status = apitest.CreatingPod().Status }
	l.becomes(t, apitest.Waiting("PodInitializing", ""), blocked)
	l.podEvent(t, "1", "MissingClusterDNS", "pod does not have ClusterDNS IP configured")
	l.podEvent(t, "2", "FailedMount", `configmap "nope" not found`)
	got := apitest.Receive(t, l.progress, "the cause")
	want := `debugger-x2 cannot start yet, because nothing starts in pod web: a volume cannot be mounted: configmap "nope" not found`
	if got.Cause == nil || got.Cause.Message != want || !strings.Contains(got.Cause.Hint, "create what is missing") || got.Step != Accepted {
		t.Fatalf("progress %+v, want cause %q", got, want)
	}
	l.podEvent(t, "2", "FailedMount", `configmap "nope" not found`) // the same again is no news
	l.podEvent(t, "3", "FailedCreatePodSandBox", "rpc error: code = Unknown desc = no room")
	if got := apitest.Receive(t, l.progress, "another cause"); got.Cause == nil || !strings.Contains(got.Cause.Message, "sandbox cannot be created: no room") {
		t.Fatalf("progress %+v, want the newest cause", got)
	}
	l.becomes(t, apitest.Waiting("PodInitializing", ""))
	l.want(t, Progress{Step: Accepted}) // it has gone
	l.becomes(t, apitest.Running())
	if got := apitest.Receive(t, l.progress, "the start"); got.Step != Started {
		t.Fatalf("step %d, want that it has started", got.Step)
	}
	l.over(t)
}

// A mount that failed before the pod ran is not told of a pod that runs.
func TestCarryOutKeepsOldCausesToItself(t *testing.T) {
	l := carryOut(t)
	l.podEvent(t, "2", "FailedMount", `configmap "nope" not found`)
	l.becomes(t, apitest.Waiting("PodInitializing", ""))
	l.becomes(t, apitest.Running())
	if got := apitest.Receive(t, l.progress, "the start"); got.Step != Started {
		t.Fatalf("progress %+v, want that it has started", got)
	}
	l.over(t)
}
