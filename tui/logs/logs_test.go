package logs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// logsPod is a pod with two containers.
func logsPod() *kube.Pod {
	return &kube.Pod{Namespace: "shop", Name: "web", Phase: "Running", Created: kittest.Noon(), Default: "app", Containers: []kube.Container{
		{Name: "proxy", Kind: kube.AppContainer, State: "running", Running: true, Ready: true, Since: kittest.Noon().Add(-time.Hour)},
		{Name: "app", Kind: kube.AppContainer, State: "running", Running: true, Ready: true, Since: kittest.Noon().Add(-time.Hour)},
	}}
}

// logsApp is an App with a log screen on top, which reads nothing: tests give it the news.
func logsApp(t *testing.T, lines ...string) (*kittest.Host, *Screen) {
	t.Helper()
	a := kittest.NewHost(t)
	a.Width, a.Height = 80, 24
	s := New(t.Context(), a.Kit, kit.OpenLogs{Cluster: a.Cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Container: "app"})
	a.Stack = append(a.Stack, s)
	s.Init()
	t.Cleanup(s.Close)
	s.Pod = logsPod()
	s.comes(t, lines...)
	a.Draw()
	return a, s
}

// comes is news of lines, a second apart.
func (s *Screen) comes(t *testing.T, texts ...string) {
	t.Helper()
	var lines []kubelogs.Line
	for i, text := range texts {
		at := kittest.Noon().Add(time.Duration(s.ring.end()+i) * time.Second)
		lines = append(lines, kubelogs.Line{Container: "app", Time: at, Text: kube.Sanitize(text), Raw: text})
	}
	s.hears(t, kubelogs.News{Lines: lines, States: []kubelogs.State{{Container: "app"}}})
}

func (s *Screen) hears(t *testing.T, news kubelogs.News) {
	t.Helper()
	b := kit.Batch[kubelogs.News]{Items: []kubelogs.News{news}}
	if s.feed.news == nil { // a screen that is only drawn
		s.takeLogs(b)
		return
	}
	s.Update(newsMsg{s.feed.news, b})
}

func numbered(from, to int) []string {
	var lines []string
	for i := from; i < to; i++ {
		lines = append(lines, fmt.Sprintf("line %d", i))
	}
	return lines
}

// seen are the lines of the log that are on the screen.
func seen(a *kittest.Host) []string {
	var out []string
	for _, row := range strings.Split(ansi.Strip(a.Draw()), "\n")[2:] {
		if row = strings.Trim(row, " ▸"); strings.HasPrefix(row, "line ") {
			out = append(out, strings.TrimPrefix(row, "line "))
		}
	}
	return out
}

func firstLast(a *kittest.Host) string {
	lines := seen(a)
	if len(lines) == 0 {
		return ""
	}
	return lines[0] + "-" + lines[len(lines)-1]
}

func presses(names ...string) []tea.Msg {
	var msgs []tea.Msg
	for _, name := range names {
		msgs = append(msgs, kittest.Press(name))
	}
	return msgs
}

func TestLogsFollowUntilOneScrollsUp(t *testing.T) {
	a, s := logsApp(t, numbered(0, 100)...)
	if got := firstLast(a); got != "79-99" {
		t.Fatalf("the end is %s", got)
	}
	a.Do(t, presses("up", "up", "up")...)
	if got := firstLast(a); got != "76-95" || !strings.Contains(a.Text(), "paused") {
		t.Fatalf("three up is %s:\n%s", got, a.Text())
	}
	s.comes(t, numbered(100, 1340)...)
	if got := firstLast(a); got != "76-95" || !strings.Contains(a.Text(), "↓ 1,240 new lines") {
		t.Errorf("what comes moves it: %s\n%s", got, a.Text())
	}
	a.Do(t, presses("G")...)
	if got := firstLast(a); got != "1319-1339" || !strings.Contains(a.Text(), "● following") {
		t.Errorf("the end is %s", got)
	}
	a.Do(t, presses("g")...)
	if got := firstLast(a); got != "0-19" {
		t.Errorf("the top is %s", got)
	}
	a.Do(t, presses("pgdown", "down", "f")...)
	if got := firstLast(a); got != "1319-1339" {
		t.Errorf("f goes to %s", got)
	}
	a.Do(t, presses("f")...)
	s.comes(t, "line 1340")
	if got := firstLast(a); got != "1319-1338" { // the notice takes a row
		t.Errorf("it follows still: %s", got)
	}
	a.Do(t, presses("down", "down")...)
	s.comes(t, "line 1341")
	if got := firstLast(a); got != "1321-1341" {
		t.Errorf("who scrolls to the end follows again: %s\n%s", got, a.Text())
	}
}

func TestLogsThatAreDroppedDoNotMoveWhatIsRead(t *testing.T) {
	a, s := logsApp(t)
	s.ring.mostLines = 100
	s.comes(t, numbered(0, 100)...)
	a.Do(t, presses("up")...)
	before := firstLast(a)
	s.comes(t, numbered(100, 150)...)
	if got := firstLast(a); got != before || !strings.Contains(a.Text(), "50 older ones dropped") {
		t.Errorf("%s becomes %s:\n%s", before, got, a.Text())
	}
	s.comes(t, numbered(150, 400)...)
	if got := firstLast(a); got != "300-319" {
		t.Errorf("what is not there any more is shown: %s", got)
	}
}

func TestLogsSearch(t *testing.T) {
	lines := numbered(0, 30_000)
	for _, i := range []int{10, 15_000, 29_950} {
		lines[i] += " Needle in it"
	}
	a, s := logsApp(t, lines...)
	play := func(keys ...string) {
		a.Do(t, presses(keys...)...)
		for s.search.more(&s.ring) { // as the commands would
			a.Do(t, searchMsg{s, s.search.needle})
		}
	}
	at := func() int { return s.search.at }
	play("/", "n", "e", "e", "d")
	if at() != 29_950 || !strings.Contains(a.Text(), "3 of 3") || !slices.Contains(seen(a), "29950 Needle in it") {
		t.Fatalf("at %d:\n%s", at(), a.Text())
	}
	play("l", "x")
	if !strings.Contains(a.Text(), "not found") || firstLast(a) != "29980-29999" {
		t.Errorf("nothing is found, and the place is %s:\n%s", firstLast(a), a.Text())
	}
	play("backspace", "enter")
	if s.Typing() || at() != 29_950 {
		t.Fatalf("at %d, typing %v", at(), s.Typing())
	}
	play("n")
	if at() != 15_000 || !slices.Contains(seen(a), "15000 Needle in it") || !strings.Contains(a.Text(), "2 of 3") {
		t.Errorf("n goes to %d:\n%s", at(), a.Text())
	}
	play("n", "n")
	if at() != 10 {
		t.Errorf("there is one at 10, not %d", at())
	}
	if !strings.Contains(a.Text(), "no older line") {
		t.Error("the oldest is not said to be it")
	}
	s.comes(t, "line 30000 needle")
	play("N", "N", "N")
	if at() != 30_000 {
		t.Errorf("the one that has just come is not found: %d", at())
	}
	play("esc")
	if s.search.on() || a.Top() != kit.Screen(s) {
		t.Error("esc does not end the search, or leaves")
	}
	play("esc")
	if a.Top() == kit.Screen(s) {
		t.Error("esc does not leave")
	}
}

func TestLogsSearchLooksAtSomeLinesAKey(t *testing.T) {
	a, s := logsApp(t, numbered(0, 60_000)...)
	a.Do(t, presses("/", "z")...)
	if looked := s.ring.end() - s.search.searched; looked > logSearchStep {
		t.Errorf("one key has looked at %d lines", looked)
	}
	if !strings.Contains(a.Text(), "searching…") {
		t.Errorf("it is not said to go on:\n%s", a.Text())
	}
	a.Do(t, presses("esc")...)
	if s.search.on() || !s.pager.follow {
		t.Error("esc does not go back to where the search began")
	}
}

func TestLogsKeysThatMeanSomethingElseHere(t *testing.T) {
	a, s := logsApp(t, strings.Repeat("0123456789", 40), "short")
	a.Do(t, presses("w", "right", "right", "left")...)
	if s.pager.side != sideStep || a.Top() != kit.Screen(s) {
		t.Errorf("moved by %d, or left", s.pager.side)
	}
	if rows := strings.Split(a.Text(), "\n"); !strings.HasPrefix(rows[2], " 678901") || !strings.HasSuffix(rows[2], "›") {
		t.Errorf("the row is %q", rows[2])
	}
	a.Do(t, presses("left", "left", "left")...)
	if s.pager.side != 0 || a.Top() != kit.Screen(s) {
		t.Error("← leaves at the left edge")
	}
	a.Do(t, presses("w", "left")...)
	if a.Top() == kit.Screen(s) {
		t.Error("← does not go back where it has nothing to scroll")
	}
	a, s = logsApp(t, "a")
	a.Do(t, presses("n")...)
	if a.Top() == kit.Screen(s) {
		t.Error("n is not the namespace's key while there is no search")
	}
}

func TestLogsAreSavedAsTheyCame(t *testing.T) {
	a, s := logsApp(t)
	s.folder = t.TempDir()
	s.comes(t, "\x1b[31mred\x1b[0m", "plain")
	saved := func() string {
		msg, ok := s.save()().(savedMsg)
		if !ok || !strings.HasPrefix(msg.words, "saved 2 lines with their escape sequences") {
			t.Fatalf("it says %+v", msg)
		}
		a.Do(t, msg)
		_, path, _ := strings.Cut(msg.words, ": ")
		if shown := strings.ReplaceAll(strings.ReplaceAll(a.Text(), "\n", ""), " ", ""); !strings.Contains(shown, path) {
			t.Errorf("%s is not on the screen:\n%s", path, a.Text())
		}
		return path
	}
	first := saved()
	if want := filepath.Join(s.folder, "web-app-20260304T120000Z.log"); first != want {
		t.Errorf("it is %s, want %s", first, want)
	}
	s.times, s.all = true, true
	second := saved()
	for path, want := range map[string]string{
		first:  "\x1b[31mred\x1b[0m\nplain\n",
		second: "[app] 2026-03-04T12:00:00Z \x1b[31mred\x1b[0m\n[app] 2026-03-04T12:00:01Z plain\n",
	} {
		text, err := os.ReadFile(path)
		if err != nil || string(text) != want {
			t.Errorf("%s has %q, %v", path, text, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", path, info.Mode(), err)
		}
	}
	if third := saved(); third == second {
		t.Error("a file is written over")
	}
	s.folder = filepath.Join(s.folder, "nowhere")
	if msg, ok := s.save()().(savedMsg); !ok || !strings.HasPrefix(msg.words, "not saved: ") {
		t.Errorf("it says %+v", msg)
	}
}

// Names of a hostile server lead nowhere but into the folder.
func TestLogsAreSavedInTheFolder(t *testing.T) {
	for _, name := range []string{"../../../x", "/etc/x", `..\x`, "..", "a/b", "x\x00y"} {
		a, s := logsApp(t)
		s.folder = filepath.Join(t.TempDir(), "folder")
		if err := os.Mkdir(s.folder, 0o700); err != nil {
			t.Fatal(err)
		}
		s.comes(t, "line")
		s.container, s.Key.Name = name, name
		msg, ok := s.save()().(savedMsg)
		if !ok || !strings.HasPrefix(msg.words, "saved 1 line") {
			t.Fatalf("%q: it says %+v", name, msg)
		}
		a.Do(t, msg)
		in, err := os.ReadDir(s.folder)
		beside, _ := os.ReadDir(filepath.Dir(s.folder))
		if err != nil || len(in) != 1 || len(beside) != 1 {
			t.Errorf("%q: in the folder is %v, beside it %v, %v", name, in, beside, err)
		}
	}
}

func TestLogsSayWhyThereAreNone(t *testing.T) {
	for name, tt := range map[string]struct {
		state kubelogs.State
		want  []string
	}{
		"nothing yet": {kubelogs.State{}, []string{"No lines yet."}},
		"not started": {kubelogs.State{Words: "app has not started yet: ContainerCreating"}, []string{"has not started yet: ContainerCreating", "as soon as there is one"}},
		"forbidden": {
			kubelogs.State{Ended: true, Trouble: &kube.Problem{Message: "you may not", Hint: `ask for "get" on "pods/log"`, RequiredRBAC: "kind: Role"}},
			[]string{"✗ you may not", `→ ask for "get" on "pods/log"`, "kind: Role"},
		},
		"no answer": {kubelogs.State{Trouble: errors.New("no answer")}, []string{"✗ no answer", "Retrying."}},
		"deleted":   {kubelogs.State{Ended: true, Words: "pod web has been deleted"}, []string{"pod web has been deleted. There are no lines"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, s := logsApp(t)
			tt.state.Container = "app"
			s.feed.states = map[string]kubelogs.State{}
			s.hears(t, kubelogs.News{States: []kubelogs.State{tt.state}})
			for _, want := range tt.want {
				if !strings.Contains(a.Text(), want) {
					t.Errorf("%q is not on the screen:\n%s", want, a.Text())
				}
			}
		})
	}
}

func TestLogsSayHowLongNothingHasBeenHeard(t *testing.T) {
	a, s := logsApp(t)
	s.feed.states = map[string]kubelogs.State{}
	if !strings.Contains(a.Text(), "Opening the log…") {
		t.Errorf("it says:\n%s", a.Text())
	}
	s.Now = func() time.Time { return kittest.Noon().Add(12 * time.Second) }
	if !strings.Contains(a.Text(), "after 12s: there are no lines yet, or the API server") {
		t.Errorf("it says:\n%s", a.Text())
	}
}

func TestLogsOfAnotherChoiceDropWhatComesLate(t *testing.T) {
	a, s := logsApp(t, "line of app")
	late := s.feed.news
	a.Do(t, presses("tab")...)
	if s.container != "proxy" || s.ring.n != 0 {
		t.Fatalf("tab goes to %s with %d lines", s.container, s.ring.n)
	}
	s.Update(newsMsg{late, kit.Batch[kubelogs.News]{Items: []kubelogs.News{{Lines: []kubelogs.Line{{Text: "late"}}}}}})
	if s.ring.n != 0 {
		t.Error("a late line is shown")
	}
	a.Do(t, presses("a")...)
	if r := s.feed.request; len(r.Containers) != 2 || r.Tail != logTail/2 || !r.Follow {
		t.Errorf("all is %+v", r)
	}
	a.Do(t, presses("p")...)
	if r := s.feed.request; !r.Previous || r.Follow {
		t.Errorf("previous is %+v", r)
	}
}

func TestOlderLogsStayAtTheLineThatIsRead(t *testing.T) {
	a, s := logsApp(t, numbered(0, logTail)...)
	if !strings.Contains(a.Text(), "last 5,000 lines") {
		t.Errorf("it is not said that there may be more:\n%s", a.Text())
	}
	a.Do(t, presses("g", "o")...)
	if s.feed.request.Tail != logMostLines || s.ring.n != 0 {
		t.Fatalf("%+v", s.feed.request)
	}
	var lines []kubelogs.Line
	for i := -3000; i < logTail; i++ {
		text := fmt.Sprintf("line %d", i)
		lines = append(lines, kubelogs.Line{Container: "app", Time: kittest.Noon().Add(time.Duration(i) * time.Second), Text: text, Raw: text})
	}
	s.hears(t, kubelogs.News{Lines: lines})
	if got := firstLast(a); got != "0-19" {
		t.Errorf("it is at %s", got)
	}
	a.Do(t, presses("up")...)
	if got := firstLast(a); got != "-1-18" {
		t.Errorf("it is at %s", got)
	}
}

// The log is drawn in every state at every size.
func TestLogsAtEverySize(t *testing.T) {
	host := kittest.NewHost(t)
	k, cluster := host.Kit, host.Cluster
	make1 := func(change func(*Screen)) *Screen {
		s := &Screen{
			Kit: k, keys: newKeyMap(k.Bindings), Watch: watched(t, cluster),
			container: "app", tail: logTail, wrap: true, entry: kit.NewFilter("/ "), ring: newRing(),
			pager: pager{follow: true, page: 1, rows: func(int) int { return 1 }}, search: search{at: -1},
			feed: feed{
				states:  map[string]kubelogs.State{"app": {Container: "app", Words: "app ended: " + strings.Repeat("so it is ", 20)}},
				request: kubelogs.Request{Containers: []string{"proxy", "app", strings.Repeat("c", 63)}},
			},
		}
		s.comes(t, "", "short", strings.Repeat("a long line ", 200), strings.Repeat("日本語", 90), "👩‍👩‍👧 ␛[31m", strings.Repeat("e\u0301", 100))
		s.comes(t, numbered(0, 60)...)
		change(s)
		return s
	}
	for name, s := range map[string]kit.Screen{
		"logs": make1(func(*Screen) {}),
		"logs of all": make1(func(s *Screen) {
			s.all, s.times, s.previous = true, true, true
			s.pager.scroll(-50)
		}),
		"logs unwrapped": make1(func(s *Screen) {
			s.wrap, s.pager.side, s.times = false, 40, true
			s.search.begin("line", s.ring.end(), s.ring.end())
			s.searchOn()
			s.pager.toTop()
		}),
		"logs none": make1(func(s *Screen) { s.ring = newRing() }),
	} {
		t.Run(name, func(t *testing.T) { kittest.CheckEverySize(t, s) })
	}
}

// watched is the pod of the logs, as it is read.
func watched(t testing.TB, cluster *kube.Cluster) pod.Watch {
	t.Helper()
	w := pod.NewWatch(t.Context(), cluster, kube.PodKey{Namespace: "shop", Name: "web"})
	w.Pod = logsPod()
	return w
}
