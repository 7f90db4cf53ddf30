package podlist

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// Which pods are in quarantine is asked for when the list is whole, and not before; those are marked, until they are not in it any more.
func TestPodsInQuarantine(t *testing.T) {
	a := kittest.NewHost(t)
	s := New(t.Context(), a.Kit, Options{Cluster: a.Cluster, Namespace: "shop", Memory: views{}})
	t.Cleanup(s.Close)
	a.Stack = []kit.Screen{s}
	rows := kittest.SomeRows()[:3]
	a.Do(t, s.Brings(lists.PodsUpdate{Reset: true, More: true, Rows: rows[:1]}))
	if s.quarantined.source != nil {
		t.Error("marks are asked for before the list is whole")
	}
	a.Do(t, s.Brings(lists.PodsUpdate{Rows: rows[1:]}))
	if s.quarantined.source == nil {
		t.Fatal("marks are not asked for")
	}
	const marked, counted = "●Q", "1 in quarantine"
	brings := func(u lists.PodsUpdate) {
		a.Do(t, quarantineMsg{s.quarantined.source, kit.Batch[lists.PodsUpdate]{Items: []lists.PodsUpdate{u}}})
	}
	brings(lists.PodsUpdate{Reset: true, Rows: []lists.PodRow{rows[0], {PodKey: kube.PodKey{Namespace: "shop", Name: "unlisted"}}}})
	if row := frameLine(a, "pod-0 "); !strings.Contains(row, marked) || !strings.Contains(a.Text(), counted) {
		t.Errorf("the row is %q of\n%s", row, a.Text())
	}
	if row := frameLine(a, "pod-1 "); strings.Contains(row, marked) || strings.Contains(row, "quarantine") {
		t.Errorf("the row of another is %q", row)
	}
	kittest.CheckEverySize(t, s)
	brings(lists.PodsUpdate{Trouble: &kube.Problem{Message: "no"}})
	if row := frameLine(a, "pod-0 "); !strings.Contains(row, marked) {
		t.Errorf("while there is no news the row is %q", row)
	}
	old := s.quarantined.source
	brings(lists.PodsUpdate{Gone: []kube.PodKey{rows[0].PodKey}})
	if strings.Contains(a.Text(), marked) || strings.Contains(a.Text(), counted) {
		t.Errorf("it is marked still:\n%s", a.Text())
	}
	s.Restart(a.Cluster)
	a.Do(t, quarantineMsg{old, kit.Batch[lists.PodsUpdate]{Items: []lists.PodsUpdate{{Reset: true, Rows: rows}}}})
	if strings.Contains(a.Text(), marked) || strings.Contains(a.Text(), counted) {
		t.Errorf("what was asked before counts:\n%s", a.Text())
	}
	if quarantine.Selector != "dayfly-k8s.github.io/quarantine=true" {
		t.Errorf("the label is another: %s", quarantine.Selector)
	}
}

// The word is in a column of its own where there is room for it and whole names; no other column goes for it, and the filter finds it.
func TestQuarantineIsFound(t *testing.T) {
	a := kittest.NewHost(t)
	s := New(t.Context(), a.Kit, Options{Cluster: a.Cluster, Namespace: "shop", Memory: views{}})
	t.Cleanup(s.Close)
	a.Stack = []kit.Screen{s}
	rows := kittest.SomeRows()[:3]
	for i := range rows {
		rows[i].Name += "-with-a-name-of-some-length"
	}
	a.Do(t, s.Brings(lists.PodsUpdate{Reset: true, Rows: rows}))
	titles := frameLine(a, "NAME ")
	mark := lists.PodsUpdate{Reset: true, Rows: rows[1:2]}
	a.Do(t, quarantineMsg{s.quarantined.source, kit.Batch[lists.PodsUpdate]{Items: []lists.PodsUpdate{mark}}})
	if now := frameLine(a, "NAME "); strings.Join(strings.Fields(now), " ") != strings.Join(strings.Fields(titles), " ") {
		t.Errorf("the columns are %q, and were %q", now, titles)
	}
	if row := frameLine(a, "pod-1-"); !strings.Contains(row, "✗Q") || strings.Contains(row, "quarantine") {
		t.Errorf("in 80 columns the row is %q", row)
	}
	if text := s.View(119, 10); strings.Count(text, "quarantine") != 1 {
		t.Errorf("in 119 columns the list is\n%s", text)
	}
	for _, text := range []string{"quarantine", "quar", "status:quarantine", "quarantine pod-1"} {
		a.Do(t, s.Brings(lists.PodsUpdate{Reset: true, Rows: rows})) // read again, they are marked still
		s.stay(func() { s.list.find(parsePodFilter(text)) })
		if s.list.len() != 1 || s.list.row(0).Name != rows[1].Name {
			t.Errorf("%q finds %d pods", text, s.list.len())
		}
	}
	s.stay(func() { s.list.find(parsePodFilter("name:quarantine")) })
	if s.list.len() != 0 {
		t.Errorf("by its name it is found, too")
	}
}

// The keys are for the pod under the cursor.
func TestKeysOfAPod(t *testing.T) {
	a := kittest.NewHost(t)
	s := New(t.Context(), a.Kit, Options{Cluster: a.Cluster, Namespace: "shop", Memory: views{}})
	t.Cleanup(s.Close)
	a.Stack = []kit.Screen{s}
	a.Do(t, kittest.Press("Q"))
	if len(a.Asked) > 0 || a.Flashed != "no pod is selected" {
		t.Errorf("without a pod %v is asked for, and it is said %q", a.Asked, a.Flashed)
	}
	a.Do(t, s.Brings(lists.PodsUpdate{Reset: true, Rows: kittest.SomeRows()[:1]}), kittest.Press("Q"), kittest.Press("E"))
	key := kube.PodKey{Namespace: "shop", Name: "pod-0"}
	if len(a.Asked) != 2 || a.Asked[0] != (kit.Quarantine{Cluster: a.Cluster, Pod: key}) || a.Asked[1] != (kit.Evict{Cluster: a.Cluster, Pod: key}) {
		t.Errorf("asked for is %v", a.Asked)
	}
}
