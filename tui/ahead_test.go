package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Keys that are about pods wait until there are some, in their order, and are seen meanwhile; those that are not about pods do not wait.
func TestKeysWaitForTheList(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.do(t, press("j"), press("enter"), press("d"))
	if footer := footerOf(a); !strings.HasPrefix(footer, " waiting for the cluster: j ↵ d ") || !strings.HasSuffix(footer, "esc discard ") {
		t.Errorf("the footer is %q", footer)
	}
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	s := a.top()
	if second := someRows()[6].Name; titleOf(s) != "shop › "+second || a.stack[0].(kit.Copier).CopyName() != second || len(a.ahead.keys) != 1 {
		t.Fatalf("on top is %s, the list is at %s, %d keys wait", titleOf(s), a.stack[0].(kit.Copier).CopyName(), len(a.ahead.keys))
	}
	a.do(t, press("esc"))
	if len(a.ahead.keys) != 0 || a.top() != s || !strings.Contains(footerOf(a), "discarded: d") {
		t.Errorf("esc leaves %d keys, on top is a %T: %q", len(a.ahead.keys), a.top(), footerOf(a))
	}
	a.do(t, press("esc"))
	if len(a.stack) != 1 {
		t.Error("the second esc does not go back")
	}
}

// Only so many keys wait, and those that end dayfly do not.
func TestKeysThatWaitAreBounded(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	for range mostAhead + 5 {
		a.do(t, press("j"))
	}
	if len(a.ahead.keys) != mostAhead || !strings.Contains(footerOf(a), "too many keys, the last are ignored") {
		t.Errorf("%d keys wait: %q", len(a.ahead.keys), footerOf(a))
	}
	list := a.top()
	if a.do(t, press("?")); a.top() != list || len(a.ahead.keys) != mostAhead {
		t.Errorf("a key for which there is no room overtakes those that wait: on top is a %T", a.top())
	}
	_, cmd := a.Update(press("q"))
	if len(a.ahead.keys) != 0 || cmd == nil {
		t.Errorf("q waits behind %d keys", len(a.ahead.keys))
	}
}

// Keys are not given to a screen that came between by itself.
func TestKeysThatWaitAreNotMisdirected(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.do(t, press("d"), tea.PasteMsg{Content: "x"})
	a.do(t, kit.Show{Screen: kit.NewPager(a.Kit, kit.PagerOptions{Title: "between", Text: "text"})})
	if len(a.ahead.keys) != 0 || !strings.Contains(footerOf(a), "not done, the screen has changed: d a paste") {
		t.Errorf("%d keys wait: %q", len(a.ahead.keys), footerOf(a))
	}
}

// A list that cannot be read lets no key wait for it: the key is answered.
func TestKeysWithoutPodsAreAnswered(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.do(t, press("d"))
	a.feed(t, lists.PodsUpdate{Reset: true})
	if len(a.ahead.keys) != 0 || !strings.Contains(footerOf(a), "no pod is selected") {
		t.Errorf("%d keys wait: %q", len(a.ahead.keys), footerOf(a))
	}
}

func footerOf(a *App) string {
	lines := strings.Split(ansi.Strip(a.draw()), "\n")
	return lines[len(lines)-1]
}
