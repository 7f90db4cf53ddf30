package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// forgotten are two leftovers of a person, the first of which the cluster takes away.
func forgotten(now time.Time) []inventory.Item {
	return []inventory.Item{
		{Kind: inventory.Copy, UID: "1", Target: kube.Target{Namespace: "shop", Pod: "web-debug-1"}, Until: now.Add(12 * time.Minute)},
		{Kind: inventory.DebugContainer, UID: "2", Target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x"}},
	}
}

// What is left from earlier is told in a row until it is hidden, counts down, and comes back when there is more of it.
func TestReminder(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 100, 24
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	row := func() string { return strings.Split(ansi.Strip(a.draw()), "\n")[22] }
	if strings.Contains(row(), "still there") {
		t.Error("it is told of nothing")
	}
	items := forgotten(a.cluster.Now())
	a.do(t, earlierMsg{cluster: a.cluster, items: items})
	if got := row(); !strings.Contains(got, "still there: copy shop/web-debug-1 (ends in 1") || !strings.Contains(got, "and 1 more") || !strings.HasSuffix(got, "X clean up  x hides ") {
		t.Errorf("above the footer is %q", got)
	}
	a.do(t, press("x"))
	if got := row(); strings.Contains(got, "still there") {
		t.Errorf("it is not hidden: %q", got)
	}
	a.do(t, earlierMsg{cluster: a.cluster, items: items[:1]})
	if got := row(); strings.Contains(got, "still there") {
		t.Errorf("less of it is told anew: %q", got)
	}
	a.do(t, earlierMsg{cluster: a.cluster, items: append(items, items...)})
	if got := row(); !strings.Contains(got, "and 3 more") {
		t.Errorf("more of it is not told: %q", got)
	}
	a.do(t, earlierMsg{cluster: nil, items: items[:1]})
	if got := row(); !strings.Contains(got, "and 3 more") {
		t.Errorf("what is late of another cluster is told: %q", got)
	}
	a.do(t, press("X"))
	if !listsLeftovers(a.top()) || strings.Contains(row(), "still there") {
		t.Errorf("on the top is %T", a.top())
	}
}

// What is told of is looked for again now and then, and only then: somebody else may have removed it.
func TestReminderLooksAgain(t *testing.T) {
	a := testApp(t)
	a.stateFolder = t.TempDir()
	now := a.Now()
	a.Now = func() time.Time { return now }
	if a.earlierAgain() != nil {
		t.Error("it looks for what nobody was told of")
	}
	a.do(t, earlierMsg{cluster: a.cluster, items: forgotten(a.cluster.Now())})
	if a.earlierAgain() != nil {
		t.Error("it looks again at once")
	}
	now = now.Add(lookEarlierAgain)
	if a.earlierAgain() == nil {
		t.Error("it does not look again")
	}
	if a.earlierAgain() != nil {
		t.Error("it looks twice")
	}
	a.do(t, earlierMsg{cluster: a.cluster})
	if a.reminded() {
		t.Error("what has gone is told of")
	}
}

// On the way out it is told with its end, and how to take it away.
func TestExitLinesOfEarlier(t *testing.T) {
	a := testApp(t)
	e := earlier{cluster: a.cluster, items: forgotten(a.cluster.Now())}
	got := strings.Join(e.exitLines(), "\n")
	for _, want := range []string{"copy shop/web-debug-1, ends in 1", "debug container shop/web/debugger-x", "leftovers --mine"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not among\n%s", want, got)
		}
	}
	if none := (&earlier{}).exitLines(); none != nil {
		t.Errorf("of nothing it says %q", none)
	}
}
