package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// A list that is longer than the screen says which part of it is seen, and one that is not says nothing.
func TestPlaceInALongList(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	if header := firstLine(a); strings.Contains(header, " of ") {
		t.Errorf("of a short list: %q", header)
	}
	var rows []lists.PodRow
	for i := range 100 {
		rows = append(rows, lists.PodRow{PodKey: kube.PodKey{Namespace: "shop", Name: fmt.Sprintf("pod-%03d", i)}, Ready: "1/1", Status: "Running", Created: noon})
	}
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: rows})
	for key, want := range map[string]string{"g": " 1-21 of 100 ", "G": " 80-100 of 100 "} {
		a.do(t, press(key))
		if header := firstLine(a); !strings.Contains(header, want) {
			t.Errorf("%s: %q, want %q", key, header, want)
		}
	}
}

// Every screen that shows a part of something says which.
func TestPlaceOnEveryScreen(t *testing.T) {
	long := strings.Repeat("line\n", 100)
	a := testApp(t)
	a.width, a.height = 80, 12
	names := make([]kit.Choice, 50)
	for i := range names {
		names[i].Name = fmt.Sprint("name-", i)
	}
	list := kit.NewPicker(t.Context(), a.Kit, "namespace", "", nil, nil)
	list.Take(names, nil)
	for name, s := range map[string]kit.Screen{
		"text": kit.NewPager(a.Kit, kit.PagerOptions{Title: "text", Text: long}), "help": newHelpScreen(a.services, a.top()), "picker": list,
		"palette": newPalette(a.services, a.top(), a.globals()),
	} {
		a.stack = append(a.stack[:1], s)
		if header := firstLine(a); !strings.Contains(header, " 1-") {
			t.Errorf("%s: %q", name, header)
		}
	}
}

func firstLine(a *App) string {
	first, _, _ := strings.Cut(ansi.Strip(a.draw()), "\n")
	return first
}
