package tui

import (
	"net/http/httptest"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// inspected opens the pod screen on a server and waits for all that it reads.
func inspected(t *testing.T, server *whyServer) (*App, *inspectScreen) {
	t.Helper()
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	t.Cleanup(listener.CloseClientConnections)
	a := testApp(t)
	_, a.cluster = testCluster(t, listener.URL)
	a.width, a.height = 80, 24
	s := newInspectScreen(t.Context(), a.kit, a.cluster, shopPod("web"))
	t.Cleanup(s.Close)
	a.stack = append(a.stack, s)
	for s.pod == nil && !s.gone {
		a.do(t, s.Init()())
	}
	for s.why.source != nil {
		a.do(t, s.why.listen()())
	}
	return a, s
}

func (a *App) frame() string { return ansi.Strip(a.draw()) }

func TestInspectShowsWhatAnIncidentAsksFor(t *testing.T) {
	a, _ := inspected(t, &whyServer{pod: crashing, events: backOff, log: "boom\n"})
	a.height = 90
	frame := a.frame()
	for _, want := range []string{
		"container app exited with 3 (Error) after 2s; restarted 14 times", "last end   exit 3: the program's own error code (Error), 2m ago",
		"PASSWORD ← secret db, key password", "GET http://:http/ready", "/data ← data", "command    /web --flag", "A = b c",
		"debugger-a  ended: exit 42 Error", "debugger-b  running 30s · a attaches", "BackOff ×12", "│ boom",
		"disk=nvme", "web␛[31m", "empty at first", "! Ready", "✓ PodScheduled",
	} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
}

func TestInspectAsYAML(t *testing.T) {
	a, s := inspected(t, &whyServer{pod: crashing})
	a.do(t, press("down"), press("v"))
	a.height = 200
	frame := a.frame()
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
	a.height = 24
	if frame := a.frame(); !strings.Contains(frame, "managedFields and what the") {
		t.Errorf("it is not said what is hidden:\n%s", frame)
	}
	a.do(t, press("v"))
	if s.yaml || !strings.Contains(a.frame(), "Containers ──") {
		t.Errorf("there is no way back:\n%s", a.frame())
	}
}

func TestInspectSearches(t *testing.T) {
	a, s := inspected(t, &whyServer{pod: crashing, events: backOff})
	a.draw()
	a.do(t, press("/"), press("n"), press("v"), press("m"), press("e"), press("enter"))
	if frame := a.frame(); s.Typing() || !strings.Contains(frame, "disk=nvme") || !strings.Contains(frame, "1 of 1 line") {
		t.Errorf("frame:\n%s", frame)
	}
	a.do(t, press("n"))
	if len(a.stack) != 2 || !s.search.on() {
		t.Error("n is not the next match")
	}
	a.do(t, press("esc"))
	if len(a.stack) != 2 || s.search.on() {
		t.Error("esc does not end the search first")
	}
	a.do(t, press("esc"))
	if len(a.stack) != 1 {
		t.Error("esc does not go back")
	}
}

func TestInspectAttachesToTheNewestDebugContainer(t *testing.T) {
	a, s := inspected(t, &whyServer{pod: crashing})
	s.press(press("a"))
	if len(a.wishes) != 1 {
		t.Fatal("a asks for nothing")
	}
	attach, ok := a.wishes[0].(attachMsg)
	if !ok || attach.target.Container != "debugger-b" || !attach.tty || !attach.again {
		t.Errorf("asked for %+v", a.wishes[0])
	}
}

func TestInspectOfNoPod(t *testing.T) {
	a, s := inspected(t, &whyServer{})
	if frame := a.frame(); !strings.Contains(frame, "pod web does not exist in shop") {
		t.Errorf("frame:\n%s", frame)
	}
	for _, key := range []string{"v", "a", "l", "d", "G", "/"} {
		s.Update(press(key))
		a.draw()
	}
}

func TestInspectAtEverySize(t *testing.T) {
	t.Parallel()
	server := &whyServer{pod: crashing, events: backOff, log: strings.Repeat("長い 🙂", 900) + "\n"}
	for _, keys := range []string{"", "v", "/a", "G\t"} {
		a, _ := inspected(t, server)
		a.draw()
		for _, key := range keys {
			a.do(t, tea.KeyPressMsg{Code: key, Text: string(key)})
		}
		for a.width = 1; a.width <= 160; a.width++ {
			for _, a.height = range []int{1, 7, 8, 9, 10, 12, 16, 24, 36, 50} {
				checkFrame(t, a.draw(), a.width, a.height)
			}
		}
	}
}
