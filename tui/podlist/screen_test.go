package podlist

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// views is a memory of how lists were looked at.
type views map[string]View

func (v views) View(context string) View          { return v[context] }
func (v views) KeepView(context string, one View) { v[context] = one }

// listing is a list of pods that has not read anything yet.
func listing(t *testing.T) (*kittest.Host, *Screen) {
	t.Helper()
	h := kittest.NewHost(t)
	s := New(t.Context(), h.Kit, Options{Cluster: h.Cluster, Namespace: "shop", Memory: views{}})
	t.Cleanup(s.Close)
	h.Stack = []kit.Screen{s}
	return h, s
}

// feed brings news of the list.
func feed(h *kittest.Host, s *Screen, news lists.PodsUpdate) {
	s.Update(s.Brings(news))
	h.Serve()
}

func typeText(t *testing.T, h *kittest.Host, text string) {
	t.Helper()
	for _, r := range text {
		h.Do(t, kittest.Press(string(r)))
	}
}

// A selector that the API server would refuse stays in the line to be corrected, with the place. It is not asked for.
func TestSelectorToBeCorrected(t *testing.T) {
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
	a.Do(t, kittest.Press("/"))
	typeText(t, a, "-l app in (b")
	a.Do(t, kittest.Press("enter"))
	if !s.Typing() || s.query.Selector != "" {
		t.Errorf("typing %v, asks for %+v", s.Typing(), s.query)
	}
	frame := ansi.Strip(a.Draw())
	lines := strings.Split(frame, "\n")
	if len(lines) != 24 || !strings.HasPrefix(lines[20], " / -l app in (b") || strings.TrimRight(lines[21], " ") != "               ^" || !strings.Contains(lines[22], `✗ ")" is missing: close the list`) {
		t.Errorf("not told:\n%s", frame)
	}
	typeText(t, a, ")") // goes on where it was
	if frame := ansi.Strip(a.Draw()); strings.Contains(frame, "is missing") {
		t.Errorf("still told:\n%s", frame)
	}
	a.Do(t, kittest.Press("enter"))
	if s.Typing() || s.query.Selector != "app in (b)" {
		t.Errorf("typing %v, asks for %+v", s.Typing(), s.query)
	}
}

// The key that filters takes a new filter: text replaces what stands there, and the keys for editing edit it.
func TestFilterReplacesOrEdits(t *testing.T) {
	for keys, want := range map[string]string{
		"n e w": "new", "left x": "webx1", "backspace": "web", "end x": "web1x", "space": " ", "enter": "web1", "esc": "", "home x": "xweb1", "ctrl+w": "",
	} {
		a, s := listing(t)
		a.Width, a.Height = 80, 24
		feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
		a.Do(t, kittest.Press("/"))
		typeText(t, a, "web1")
		a.Do(t, kittest.Press("enter"), kittest.Press("/"))
		for name := range strings.FieldsSeq(keys) {
			a.Do(t, kittest.Press(name))
		}
		if got := s.filter.Text(); got != want {
			t.Errorf("/ and %s: %q, want %q", keys, got, want)
		}
	}
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
	a.Do(t, kittest.Press("/"))
	typeText(t, a, "web")
	a.Do(t, kittest.Press("enter"), kittest.Press("/"), tea.PasteMsg{Content: "cart"})
	if got := s.filter.Text(); got != "cart" {
		t.Errorf("a paste makes %q", got)
	}
}

// That a list is narrowed, and how much, is told in every terminal, with the key that ends it.
func TestNarrowedIsTold(t *testing.T) {
	for _, width := range []int{36, 40, 80} {
		a, s := listing(t)
		a.Width, a.Height = width, 12
		feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
		a.Do(t, kittest.Press("/"))
		typeText(t, a, "pod- status:back node:node-1 ns:shop")
		a.Do(t, kittest.Press("enter"), kittest.Press("!"))
		lines := strings.Split(ansi.Strip(a.Draw()), "\n")
		if told := lines[len(lines)-2]; !strings.HasPrefix(told, " only sick · / pod-") || !strings.HasSuffix(told, "  1 of 7 ") {
			t.Errorf("%d wide: %q", width, told)
		}
		if keys := lines[len(lines)-1]; !strings.Contains(keys, "esc clear") {
			t.Errorf("%d wide: the footer is %q", width, keys)
		}
		a.Do(t, kittest.Press("esc"))
		if s.list.len() != 7 || strings.Contains(ansi.Strip(a.Draw()), "only sick ·") {
			t.Errorf("%d wide: %d pods after esc", width, s.list.len())
		}
	}
}

// While a list is read once more, the old one is shown: the cursor does not leave its pod because that comes late.
func TestListReadOnceMore(t *testing.T) {
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	var rows []lists.PodRow
	for i := range 200 {
		rows = append(rows, lists.PodRow{PodKey: kube.PodKey{Namespace: "shop", Name: fmt.Sprintf("pod-%03d", i)}, Ready: "1/1", Status: "Running", Created: kittest.Noon()})
	}
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: rows})
	a.Do(t, kittest.Press("G"))
	a.Do(t, kittest.Press("r"))
	s.Restart(a.Cluster)
	feed(a, s, lists.PodsUpdate{Reset: true, More: true, Rows: rows[:100]})
	if len(s.list.all) != 200 || s.chosen.Name != "pod-199" {
		t.Errorf("halfway there are %d pods, the cursor is on %s", len(s.list.all), s.chosen.Name)
	}
	feed(a, s, lists.PodsUpdate{Trouble: errors.New("broke off")})
	if len(s.list.all) != 200 || s.trouble == nil {
		t.Errorf("broken off, there are %d pods, trouble %v", len(s.list.all), s.trouble)
	}
	feed(a, s, lists.PodsUpdate{Reset: true, More: true, Rows: rows[50:100]})
	feed(a, s, lists.PodsUpdate{Rows: rows[100:]})
	if len(s.list.all) != 150 || s.chosen.Name != "pod-199" || s.partial || s.trouble != nil {
		t.Errorf("whole, there are %d pods, the cursor is on %s; partial %v, trouble %v", len(s.list.all), s.chosen.Name, s.partial, s.trouble)
	}
}

// A server that does not answer is not the same as one that has just been asked.
func TestSlowServerIsTold(t *testing.T) {
	a, _ := listing(t)
	a.Width, a.Height = 80, 24
	if frame := ansi.Strip(a.Draw()); !strings.Contains(frame, "Reading the pods…") {
		t.Errorf("at first:\n%s", frame)
	}
	a.Now = func() time.Time { return kittest.Noon().Add(12 * time.Second) }
	a.Do(t, kit.Tick{})
	if frame := ansi.Strip(a.Draw()); !strings.Contains(frame, "Reading the pods for 12s…") {
		t.Errorf("later:\n%s", frame)
	}
}

func TestCursorStaysOnItsPodWhileRowsMove(t *testing.T) {
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
	a.Do(t, kittest.Press("down"), kittest.Press("down"), kittest.Press("down"))
	before := s.chosen
	rows := kittest.SomeRows()
	sick := rows[0]
	sick.Status = "Error"
	feed(a, s, lists.PodsUpdate{Rows: []lists.PodRow{sick}})
	if s.chosen != before || s.list.row(s.cursor.At).PodKey != before {
		t.Errorf("the cursor went from %v to %v", before, s.list.row(s.cursor.At).PodKey)
	}
	feed(a, s, lists.PodsUpdate{Gone: []kube.PodKey{before}})
	if s.chosen == before || s.list.len() != len(rows)-1 {
		t.Errorf("the cursor is on %v, which is gone", s.chosen)
	}
}

func TestFilterPutsTheCursorOnTheBestMatch(t *testing.T) {
	a, s := listing(t)
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
	a.Do(t, kittest.Press("/"), kittest.Press("p"), kittest.Press("o"), kittest.Press("d"), kittest.Press("-"), kittest.Press("4"))
	if s.chosen.Name != "pod-4" {
		t.Errorf("the cursor is on %q", s.chosen.Name)
	}
	a.Do(t, kittest.Press("enter"))
	if s.Typing() || s.filter.Text() != "pod-4" {
		t.Errorf("enter does not keep the filter: typing %v, text %q", s.Typing(), s.filter.Text())
	}
	a.Do(t, kittest.Press("esc"))
	if s.list.len() != len(kittest.SomeRows()) || s.chosen.Name != "pod-4" {
		t.Errorf("esc shows %d pods with the cursor on %q", s.list.len(), s.chosen.Name)
	}
}

func TestTroubleKeepsTheListAndSaysSince(t *testing.T) {
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
	feed(a, s, lists.PodsUpdate{Trouble: &kube.Problem{Message: "nothing answers"}})
	a.Now = func() time.Time { return kittest.Noon().Add(70 * time.Second) }
	if frame := ansi.Strip(a.Draw()); !strings.Contains(frame, "stale for 70s: nothing answers") || !strings.Contains(frame, "pod-1") {
		t.Errorf("frame:\n%s", frame)
	}
	feed(a, s, lists.PodsUpdate{})
	if frame := ansi.Strip(a.Draw()); strings.Contains(frame, "stale") {
		t.Errorf("still stale:\n%s", frame)
	}
}

// What was typed to filter a list is for this list: another namespace, another context and another start show all. How the list is
// ordered, and whether only sick pods are shown, stays.
func TestFilterIsForOneList(t *testing.T) {
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()})
	for _, line := range []string{"web", "-l app=web", "status:crash"} {
		a.Do(t, kittest.Press("/"))
		typeText(t, a, line)
		a.Do(t, kittest.Press("enter"))
	}
	a.Do(t, kittest.Press("o"))
	other := func() *Screen {
		s := New(t.Context(), a.Kit, Options{Cluster: a.Cluster, Namespace: "other", Memory: s.memory})
		t.Cleanup(s.Close)
		return s
	}
	for _, s := range []*Screen{other(), other()} {
		if s.filter.Text() != "" || s.query != (lists.PodQuery{Namespace: "other"}) || len(s.list.filter.terms) > 0 {
			t.Errorf("it is filtered by %q, and asked for %+v", s.filter.Text(), s.query)
		}
		if s.list.sort == byNeed {
			t.Error("the order is forgotten")
		}
	}
}

// A change that is seen stands out once, for a second; what the list was like when it was read is no change.
func TestChangeFlashesOnce(t *testing.T) {
	a, s := listing(t)
	a.Width, a.Height = 80, 24
	now := kittest.Noon()
	a.Now = func() time.Time { return now }
	rows := kittest.SomeRows()
	feed(a, s, lists.PodsUpdate{Reset: true, Rows: rows})
	stands := func(name string) bool { return strings.Contains(a.Draw(), a.Styles.Accent.Bold().Open+name) }
	if stands("pod-0") {
		t.Error("a pod stands out although nothing has changed")
	}
	rows[0].Status = "Error"
	feed(a, s, lists.PodsUpdate{Rows: rows[:1]})
	if !stands("pod-0") || stands("pod-3") {
		t.Errorf("the changed pod stands out: %t, another: %t", stands("pod-0"), stands("pod-3"))
	}
	feed(a, s, lists.PodsUpdate{Rows: rows[:1]}) // the same again
	now = now.Add(2 * time.Second)
	if stands("pod-0") {
		t.Error("it stands out for ever")
	}
}
