package podlist

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// namesOf are the names of pods that something is to run in.
func namesOf(t *testing.T, h *kittest.Host) []string {
	t.Helper()
	if len(h.Asked) == 0 {
		t.Fatal("nothing was asked for")
	}
	many, ok := h.Asked[len(h.Asked)-1].(kit.OpenMany)
	if !ok {
		t.Fatalf("asked for %T", h.Asked[len(h.Asked)-1])
	}
	var names []string
	for _, key := range many.Pods {
		names = append(names, key.Name)
	}
	return names
}

// Pods that are marked stay marked whatever the filter shows, d is about them, and they are counted; esc shows all pods first, and then takes the marks.
func TestMarkedPods(t *testing.T) {
	h, s := listing(t)
	h.Width = 110
	feed(h, s, lists.PodsUpdate{Reset: true, Rows: kittest.ManyRows(30)})
	var all []string
	for i := range s.list.len() {
		all = append(all, s.list.row(i).Name)
	}
	press := func(names ...string) {
		for _, name := range names {
			h.Do(t, kittest.Press(name))
		}
	}
	press("space", "j", "V", "j", "j")
	if text := h.Text(); !strings.Contains(text, "marking a range") || strings.Count(text, kit.MarkSymbol) != 4 {
		t.Errorf("while a range is marked:\n%s", text)
	}
	press("d") // ends the range
	if got, want := namesOf(t, h), []string{all[0], all[2], all[3], all[4]}; !slices.Equal(got, want) {
		t.Errorf("d is about %q, want %q", got, want)
	}
	if text := h.Text(); !strings.Contains(text, "4 marked") || !strings.Contains(text, "d run in 4") {
		t.Errorf("marks are not counted:\n%s", text)
	}
	kittest.CheckEverySize(t, s)
	press("/")
	typeText(t, h, all[9])
	press("enter", "*")
	if text := h.Text(); !strings.Contains(text, "5 marked, 4 of them not shown") {
		t.Errorf("through a filter:\n%s", text)
	}
	press("esc")
	if s.narrowed() || s.marks.Len() != 5 {
		t.Errorf("esc keeps the filter, or takes marks: %d are left", s.marks.Len())
	}
	press("esc")
	if h.Asked = nil; s.marks.Len() != 0 || h.Flashed != "5 unmarked" || strings.Contains(h.Text(), "5 marked") {
		t.Errorf("%d marks are left:\n%s", s.marks.Len(), h.Text())
	}
	press("d")
	if _, one := h.Asked[0].(kit.OpenTools); !one {
		t.Errorf("without marks d asks for %T", h.Asked[0])
	}
}

// A pod that goes is not marked any more; one that is only hidden by what the API server has been asked for is.
func TestMarksOfPodsThatGo(t *testing.T) {
	h, s := listing(t)
	rows := kittest.SomeRows()[:4]
	feed(h, s, lists.PodsUpdate{Reset: true, Rows: rows})
	h.Do(t, kittest.Press("*"))
	feed(h, s, lists.PodsUpdate{Gone: []kube.PodKey{rows[1].PodKey}})
	if s.marks.Len() != 3 || s.marks.Has(rows[1].PodKey) {
		t.Errorf("%d are marked", s.marks.Len())
	}
	h.Do(t, kittest.Press("/"))
	typeText(t, h, "-l app=web")
	h.Do(t, kittest.Press("enter"))
	if s.query.Selector != "app=web" {
		t.Fatalf("asked for %+v", s.query)
	}
	feed(h, s, lists.PodsUpdate{Reset: true, Rows: rows[3:]})
	h.Do(t, kittest.Press("d"))
	if names := namesOf(t, h); fmt.Sprint(names) != fmt.Sprint([]string{rows[3].Name, rows[0].Name, rows[2].Name}) {
		t.Errorf("d is about %q", names)
	}
	kittest.CheckEverySize(t, s)
}
