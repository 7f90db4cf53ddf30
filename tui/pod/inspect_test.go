package pod

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// inspected opens the pod screen on a server and waits for all that it reads.
func inspected(t *testing.T, server *kittest.PodServer) (*kittest.Host, *Inspection) {
	t.Helper()
	listener := httptest.NewServer(servers.During(t, server))
	t.Cleanup(listener.Close)
	t.Cleanup(listener.CloseClientConnections)
	a := kittest.NewHost(t)
	a.Cluster = kittest.Cluster(t, listener.URL)
	a.Width, a.Height = 80, 24
	s := NewInspection(t.Context(), a.Kit, a.Cluster, shopPod("web"))
	t.Cleanup(s.Close)
	a.Stack = append(a.Stack, s)
	for s.Pod == nil && !s.Gone {
		a.Do(t, s.Init()())
	}
	for s.why.source != nil {
		a.Do(t, s.why.listen()())
	}
	return a, s
}

func TestInspectShowsWhatAnIncidentAsksFor(t *testing.T) {
	a, _ := inspected(t, &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff, Log: "boom\n"})
	a.Height = 90
	frame := a.Text()
	for _, want := range []string{
		"container app exited with code 3 (Error) after 2s; restarted 14 times", "last exit  exit 3: application-defined exit code (Error), 2m ago",
		"PASSWORD ← secret db, key password", "GET http://:http/ready", "/data ← data", "command    /web --flag", "A = b c",
		"debugger-a · ended: exit 42 Error", "debugger-b  running 30s · a attaches", "BackOff ×12", "│ boom",
		"disk=nvme", "web␛[31m", "data  emptyDir", "! Ready", "✓ PodScheduled",
	} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
}

func TestInspectAsYAML(t *testing.T) {
	a, s := inspected(t, &kittest.PodServer{Pod: kittest.CrashingPod})
	a.Do(t, kittest.Press("down"), kittest.Press("v"))
	a.Height = 200
	frame := a.Text()
	for _, want := range []string{"apiVersion: v1", "kind: Pod", "restartCount: 14"} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	for _, bad := range []string{"managedFields:", "\u202e"} {
		if strings.Contains(frame, bad) {
			t.Errorf("%q is in\n%s", bad, frame)
		}
	}
	a.Height = 24
	if frame := a.Text(); !strings.Contains(frame, "managedFields and what the") {
		t.Errorf("it is not said what is hidden:\n%s", frame)
	}
	a.Do(t, kittest.Press("v"))
	if s.view.YAML || !strings.Contains(a.Text(), "Containers ──") {
		t.Errorf("there is no way back:\n%s", a.Text())
	}
}

func TestInspectSearches(t *testing.T) {
	a, s := inspected(t, &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff})
	a.Draw()
	a.Do(t, kittest.Press("/"), kittest.Press("n"), kittest.Press("v"), kittest.Press("m"), kittest.Press("e"), kittest.Press("enter"))
	if frame := a.Text(); s.Typing() || !strings.Contains(frame, "disk=nvme") || !strings.Contains(frame, "1 of 1 line") {
		t.Errorf("frame:\n%s", frame)
	}
	a.Do(t, kittest.Press("n"))
	if len(a.Stack) != 2 || !s.view.Searching() {
		t.Error("n is not the next match")
	}
	a.Do(t, kittest.Press("esc"))
	if len(a.Stack) != 2 || s.view.Searching() {
		t.Error("esc does not end the search first")
	}
	a.Do(t, kittest.Press("esc"))
	if len(a.Stack) != 1 {
		t.Error("esc does not go back")
	}
}

func TestInspectAttachesToTheNewestDebugContainer(t *testing.T) {
	a, s := inspected(t, &kittest.PodServer{Pod: kittest.CrashingPod})
	s.press(kittest.Press("a"))
	request, _ := a.Requested()
	asked, ok := request.(kit.Attach)
	if _, more := a.Requested(); !ok || more {
		t.Fatalf("a asks for %+v, and more: %v", request, more)
	}
	if c := asked.Container; asked.Target.Container != "debugger-b" || c.Name != "debugger-b" || !c.TTY {
		t.Errorf("asked for %+v", asked)
	}
}

func TestInspectOfNoPod(t *testing.T) {
	a, s := inspected(t, &kittest.PodServer{})
	if frame := a.Text(); !strings.Contains(frame, "pod web does not exist in shop") {
		t.Errorf("frame:\n%s", frame)
	}
	for _, key := range []string{"v", "a", "l", "d", "G", "/"} {
		s.Update(kittest.Press(key))
		a.Draw()
	}
}

func TestInspectAtEverySize(t *testing.T) {
	t.Parallel()
	server := &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff, Log: strings.Repeat("長い 🙂", 900) + "\n"}
	for _, keys := range []string{"", "v", "/a", "G\t"} {
		a, _ := inspected(t, server)
		a.Draw()
		for _, key := range keys {
			a.Do(t, tea.KeyPressMsg{Code: key, Text: string(key)})
		}
		for a.Width = 1; a.Width <= 160; a.Width++ {
			for _, a.Height = range []int{1, 7, 8, 9, 10, 12, 16, 24, 36, 50} {
				kittest.CheckFrame(t, a.Draw(), a.Width, a.Height)
			}
		}
	}
}

func TestInspectKeepsWhatIsKnownOfADeletedPod(t *testing.T) {
	server := &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff, Log: "boom\n"}
	a, s := inspected(t, server)
	a.Height = 90
	s.Update(s.Brings(kube.PodNews{Gone: true}))
	frame := a.Text()
	if !strings.Contains(frame, "pod web has been deleted") || !strings.Contains(frame, "│ boom") || !strings.Contains(frame, "BackOff ×12") {
		t.Errorf("what was known has gone with the pod:\n%s", frame)
	}
	if strings.Contains(frame, "restarted 14 times") {
		t.Errorf("the headline speaks of a pod that is no more:\n%s", frame)
	}
	if s.why.appointment != nil || s.why.source != nil {
		t.Error("a pod that is no more is read again: its log would be lost from the screen")
	}
}

func TestInspectShowsNothingOfAPredecessor(t *testing.T) {
	a, s := inspected(t, &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff, Log: "boom\n"})
	a.Height = 90
	cluster := kittest.Cluster(t, kittest.ServePod(t, strings.ReplaceAll(strings.Replace(kittest.CrashingPod, `"u-1"`, `"u-2"`, 1), `"7"`, `"9"`)))
	next, err := cluster.Pod(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	s.Update(s.Brings(kube.PodNews{Pod: next}))
	if frame := a.Text(); strings.Contains(frame, "boom") || strings.Contains(frame, "BackOff ×") {
		t.Errorf("events or the log of the pod that had the name before:\n%s", frame)
	}
}

func TestInspectSaysOfOneDebugContainerThatItAttaches(t *testing.T) {
	both := strings.Replace(kittest.CrashingPod, `"state": {"terminated": {"exitCode": 42, "reason": "Error", "finishedAt": "2026-03-04T11:59:00Z"}}`,
		`"state": {"running": {"startedAt": "2026-03-04T11:59:00Z"}}`, 1)
	a, s := inspected(t, &kittest.PodServer{Pod: both})
	a.Height = 90
	if c, _ := s.Pod.Container("debugger-a"); !c.Running || strings.Count(a.Text(), "a attaches") != 1 {
		t.Errorf("a cannot attach to two:\n%s", a.Text())
	}
}

func TestInspectShowsTheStateOfALongName(t *testing.T) {
	long := strings.Repeat("long-name-", 6)
	a, _ := inspected(t, &kittest.PodServer{Pod: strings.ReplaceAll(kittest.CrashingPod, `"name": "app"`, `"name": "`+long+`"`)})
	a.Width, a.Height = 60, 90
	if frame := a.Text(); !strings.Contains(frame, "waiting: CrashLoopBackOff · 14 restarts") {
		t.Errorf("the state is cut off:\n%s", frame)
	}
}

func TestInspectSearchThatIsGivenUpGoesBack(t *testing.T) {
	a, s := inspected(t, &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff})
	a.Draw()
	a.Do(t, kittest.Press("down"), kittest.Press("/"), kittest.Press("n"), kittest.Press("v"), kittest.Press("m"))
	if a.Draw(); s.view.Top() < 2 {
		t.Fatalf("what was found is not shown: %d", s.view.Top())
	}
	a.Do(t, kittest.Press("esc"))
	if a.Draw(); s.view.Top() != 1 || s.view.Searching() {
		t.Errorf("esc leaves one at line %d", s.view.Top())
	}
}

// The inspection has a line for a debug container that has ended, the newest first, and all that is known of one that runs.
func TestInspectFoldsEndedDebugContainers(t *testing.T) {
	st := kittest.NewHost(t).Styles
	ended := func(name string, ago time.Duration) kube.Container {
		return kube.Container{Name: name, Kind: kube.DebugContainer, State: "ended: exit 127", Image: "busybox:1.37", Exit: &kube.Exit{Code: 127, Finished: kittest.Noon().Add(-ago)}}
	}
	pod := &kube.Pod{Containers: []kube.Container{
		ended("debugger-1", time.Hour), {Name: "debugger-2", Kind: kube.DebugContainer, State: "running", Running: true, Image: "alpine:3"}, ended("debugger-3", time.Minute),
	}}
	for width := 1; width <= 120; width++ {
		var doc document.Document
		w := inspectWriter{document.Writer{Document: &doc, Styles: &st, Now: kittest.Noon(), Width: width}}
		w.containers(pod, &detail.Detail{Containers: make([]detail.Container, 3)}, true)
		text := ansi.Strip(strings.Join(doc.Lines, "\n"))
		if width < 80 {
			continue
		}
		newest, oldest := strings.Index(text, "· debugger-3 · ended: exit 127 · 60s ago · busybox:1.37\n"), strings.Index(text, "· debugger-1 · ended: exit 127 · 60m ago · busybox:1.37")
		running := strings.Index(text, "debugger-2")
		if running < 0 || newest < running || oldest < newest || strings.Contains(text, "last exit") || len(doc.Sections) != 1 {
			t.Fatalf("in %d columns, %d sections:\n%s", width, len(doc.Sections), text)
		}
	}
}

// Whatever a screen has asked the cluster for ends with it.
func TestInspectEndsWhatItReads(t *testing.T) {
	var open atomic.Int32
	ends := make(chan struct{}, 100)
	inner := &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff}
	server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer func() {
			open.Add(-1)
			ends <- struct{}{}
		}()
		inner.ServeHTTP(w, r)
	})))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	k := kittest.NewHost(t).Kit
	cluster := kittest.Cluster(t, server.URL)
	inspect := NewInspection(t.Context(), k, cluster, shopPod("web"))
	for inspect.Pod == nil {
		inspect.Update(inspect.Init()())
	}
	inspect.Close()
	for range inspect.news { // closed with the watch
	}
	for open.Load() > 0 {
		select {
		case <-ends:
		case <-time.After(time.Minute):
			t.Fatalf("%d requests go on for screens that are no more", open.Load())
		}
	}
}
