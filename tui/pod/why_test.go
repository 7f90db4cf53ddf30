package pod

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// due is a message that comes at a time.
type due struct {
	at  time.Time
	msg tea.Msg
}

// whyWorld is a pane at a server, with a clock that the test moves.
type whyWorld struct {
	*testing.T
	pane    *Why
	cluster *kube.Cluster
	now     time.Time
	timers  []due
}

func newWhyWorld(t *testing.T, server http.Handler) *whyWorld {
	t.Helper()
	listener := httptest.NewServer(servers.During(t, server))
	t.Cleanup(listener.Close)
	cluster := kittest.Cluster(t, listener.URL)
	w := &whyWorld{T: t, cluster: cluster, now: kittest.Noon()}
	k := *kittest.NewHost(t).Kit
	k.Now = func() time.Time { return w.now }
	k.After = func(d time.Duration, msg tea.Msg) tea.Cmd {
		w.timers = append(w.timers, due{w.now.Add(d), msg})
		return nil
	}
	w.pane = NewWhy(t.Context(), &k)
	t.Cleanup(w.pane.Close)
	return w
}

// do runs a command and those that come of it, one after the other.
func (w *whyWorld) do(cmd tea.Cmd) {
	for cmd != nil {
		msg := cmd()
		if all, ok := msg.(tea.BatchMsg); ok {
			for _, one := range all {
				w.do(one)
			}
			return
		}
		cmd = w.pane.Update(msg)
	}
}

// pass lets time pass.
func (w *whyWorld) pass(d time.Duration) {
	w.now = w.now.Add(d)
	timers := w.timers
	w.timers = nil
	for _, timer := range timers {
		if timer.at.After(w.now) {
			w.timers = append(w.timers, timer)
			continue
		}
		w.do(w.pane.Update(timer.msg))
	}
}

// look lets time pass while somebody looks: the screen is drawn every second.
func (w *whyWorld) look(d time.Duration) {
	for ; d > 0; d -= time.Second {
		w.text(40, 20)
		w.pass(min(d, time.Second))
	}
}

func shopPod(name string) kube.PodKey { return kube.PodKey{Namespace: "shop", Name: name} }

func (w *whyWorld) text(width, height int) string {
	w.Helper()
	frame := w.pane.View(width, height)
	kittest.CheckFrame(w.T, frame, width, height)
	return ansi.Strip(frame)
}

func TestWhyReadsOnlyWhereTheCursorRests(t *testing.T) {
	server := &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff, Log: "boom\n"}
	w := newWhyWorld(t, server)
	for i := range 20 {
		w.do(w.pane.Follow(w.cluster, shopPod(fmt.Sprint("web-", i)), "1"))
		w.pass(whyRest / 2)
	}
	if asked := server.Requests(); len(asked) > 0 {
		t.Errorf("while the cursor moves the cluster is asked for %q", asked)
	}
	w.pass(whyRest)
	asked := server.Requests()
	slices.Sort(asked)
	if want := []string{"events", "web-19", "web-19/log previous"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	text := w.text(40, 24)
	for _, want := range []string{"web-19", "exited with code 3", "restarted 14 times", "│ boom", "BackOff ×12", "Ready false"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(w.pane.View(40, 24), "\x1b[2J") || strings.Contains(w.pane.View(40, 24), "\x1b[31mfailed") {
		t.Error("an escape of the cluster is drawn")
	}
}

func TestWhyReadsAChangedPodAgainButNotTooOften(t *testing.T) {
	server := &kittest.PodServer{Pod: kittest.CrashingPod, Log: "boom\n"}
	w := newWhyWorld(t, server)
	w.do(w.pane.Follow(w.cluster, shopPod("web"), "1"))
	w.pass(whyRest)
	first := len(server.Requests())
	w.text(40, 20)
	for version := range 10 {
		w.do(w.pane.Follow(w.cluster, shopPod("web"), fmt.Sprint("v", version)))
		w.pass(whyRest)
		if text := w.text(40, 20); !strings.Contains(text, "boom") {
			t.Fatalf("what was known is gone:\n%s", text)
		}
	}
	if n := len(server.Requests()); n != first {
		t.Errorf("%d more requests within two seconds", n-first)
	}
	w.look(whyLeast)
	if n := len(server.Requests()); n != 2*first {
		t.Errorf("%d requests after the change, want %d", n, 2*first)
	}
	w.do(w.pane.Follow(w.cluster, shopPod("web"), "v9"))
	if n := len(server.Requests()); n != 2*first {
		t.Error("a row that has not changed is read again")
	}
}

func TestWhyReadsOnOnlyWhenSomebodyLooks(t *testing.T) {
	server := &kittest.PodServer{Pod: kittest.CrashingPod}
	w := newWhyWorld(t, server)
	w.do(w.pane.Follow(w.cluster, shopPod("web"), "1"))
	w.pass(whyRest)
	once := len(server.Requests())
	for range 5 {
		w.pass(whyAgain)
	}
	if n := len(server.Requests()); n != once {
		t.Errorf("%d requests for a pane that nobody sees", n-once)
	}
	w.look(whyAgain)
	if n := len(server.Requests()); n != 2*once {
		t.Errorf("%d requests after it was looked at, want %d", n, 2*once)
	}
}

func TestWhyDropsWhatComesLate(t *testing.T) {
	w := newWhyWorld(t, &kittest.PodServer{Pod: kittest.CrashingPod})
	w.do(w.pane.Follow(w.cluster, shopPod("old"), "1"))
	w.now = w.now.Add(whyRest)
	late := w.pane.Update(w.timers[0].msg) // the reading of the old pod begins
	w.do(w.pane.Follow(w.cluster, shopPod("new"), "1"))
	if cmd := w.pane.Update(late()); cmd != nil || w.pane.shown.Pod != nil {
		t.Error("news of another pod are taken")
	}
	if text := w.text(40, 10); strings.Contains(text, "old") || !strings.Contains(text, "new") {
		t.Errorf("the pane shows\n%s", text)
	}
}

func TestWhySaysWhatItMayNotRead(t *testing.T) {
	for refused, want := range map[string]string{
		"/log": "you may not read logs in shop", "/events": `User "viewer" cannot get it`, "/pods/web": `User "viewer" cannot get it`,
	} {
		w := newWhyWorld(t, &kittest.PodServer{Pod: kittest.CrashingPod, Events: kittest.BackOff, Log: "boom\n", Refuse: refused})
		w.do(w.pane.Follow(w.cluster, shopPod("web"), "1"))
		w.pass(whyRest)
		if text := strings.Join(strings.Fields(w.text(60, 30)), " "); !strings.Contains(text, want) {
			t.Errorf("without %s there is no %q in\n%s", refused, want, w.text(60, 30))
		}
	}
	gone := newWhyWorld(t, &kittest.PodServer{})
	gone.do(gone.pane.Follow(gone.cluster, shopPod("web"), "1"))
	gone.pass(whyRest)
	if text := gone.text(40, 8); !strings.Contains(text, "pod web has been deleted") {
		t.Errorf("of a deleted pod:\n%s", text)
	}
}

func TestWhyAtEverySize(t *testing.T) {
	t.Parallel()
	containers := make([]string, 40)
	for i := range containers {
		containers[i] = fmt.Sprintf(`{"name": "very-long-container-name-%d"}`, i)
	}
	crowd := strings.Replace(kittest.CrashingPod, `"containers": [`, `"containers": [`+strings.Join(containers, ",")+",", 1)
	w := newWhyWorld(t, &kittest.PodServer{Pod: crowd, Events: kittest.BackOff, Log: strings.Repeat("a 長い line 🙂 \x1b[31m\u202e ", 200) + "\n"})
	w.do(w.pane.Follow(w.cluster, shopPod(strings.Repeat("x", 253)), "1"))
	w.pass(whyRest)
	for width := 1; width <= 160; width++ {
		for height := 1; height <= 50; height++ {
			w.text(width, height)
		}
	}
	text := strings.Join(strings.Fields(w.text(40, 12)), " ")
	for _, want := range []string{"exited with code 3", "CrashLoopBackOff", "last lines of"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in 40×12:\n%s", want, w.text(40, 12))
		}
	}
}

func TestShare(t *testing.T) {
	part := func(title string, n, least int, tail bool) document.Part {
		p := document.Part{Title: title, Least: least, Tail: tail}
		for i := range n {
			p.Lines = append(p.Lines, fmt.Sprint(title, i))
		}
		return p
	}
	parts := []document.Part{part("", 2, 2, false), part("log", 5, 2, true), part("empty", 0, 1, false), part("events", 9, 2, false)}
	for height, want := range map[int]string{
		30: "0 1  log log0 log1 log2 log3 log4  events events0 events1 events2 events3 events4 events5 events6 events7 events8",
		14: "0 1  log log0 log1 log2 log3 log4  events · i shows all events0 events1 events2",
		10: "0 1  log log3 log4  events · i shows all events0 events1",
		6:  "0 1 log log2 log3 log4",
		1:  "0",
	} {
		if got := strings.Join(document.Share(parts, height, kit.Style{}), " "); got != want {
			t.Errorf("in %d lines:\n got %q\nwant %q", height, got, want)
		}
	}
}

// Twelve lines of 16 KB without a space took a second to wrap, in each frame.
func TestAtMostDoesNotLookAtWhatItDoesNotShow(t *testing.T) {
	for _, letter := range []string{"x", "日", "ab ", " "} {
		short, long := strings.Repeat(letter, 1<<9), strings.Repeat(letter, 1<<13)
		if a, b := kit.Clip(short, 38, 3, kit.Style{}), kit.Clip(long, 38, 3, kit.Style{}); a != b {
			t.Errorf("%q: what is shown depends on what is not:\n%s\n%s", letter, a, b)
		}
		work := func(text string) float64 {
			return testing.AllocsPerRun(3, func() { kit.Clip(text, 38, 3, kit.Style{}) })
		}
		if a, b := work(short), work(long); b > a {
			t.Errorf("%q: %v allocations for what is long, %v for what is short", letter, b, a)
		}
	}
	for text, want := range map[string]string{"one two three": "one\ntwo…", "one two": "one\ntwo", "日本語日本語": "日本\n語…"} {
		if got := kit.Clip(text, 5, 2, kit.Style{}); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
