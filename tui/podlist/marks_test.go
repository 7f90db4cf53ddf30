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
	if s.marks.source != nil {
		t.Error("marks are asked for before the list is whole")
	}
	a.Do(t, s.Brings(lists.PodsUpdate{Rows: rows[1:]}))
	if s.marks.source == nil {
		t.Fatal("marks are not asked for")
	}
	const marked = "Running, quarantine "
	brings := func(u lists.PodsUpdate) {
		a.Do(t, marksMsg{s.marks.source, kit.Batch[lists.PodsUpdate]{Items: []lists.PodsUpdate{u}}})
	}
	brings(lists.PodsUpdate{Reset: true, Rows: rows[:1]})
	if row := frameLine(a, "pod-0 "); !strings.Contains(row, marked) {
		t.Errorf("the row is %q", row)
	}
	if row := frameLine(a, "pod-1 "); strings.Contains(row, "quarantine") {
		t.Errorf("the row of another is %q", row)
	}
	kittest.CheckEverySize(t, s)
	brings(lists.PodsUpdate{Trouble: &kube.Problem{Message: "no"}})
	if row := frameLine(a, "pod-0 "); !strings.Contains(row, marked) {
		t.Errorf("while there is no news the row is %q", row)
	}
	old := s.marks.source
	brings(lists.PodsUpdate{Gone: []kube.PodKey{rows[0].PodKey}})
	if strings.Contains(a.Text(), "quarantine ") {
		t.Errorf("it is marked still:\n%s", a.Text())
	}
	s.Restart(a.Cluster)
	a.Do(t, marksMsg{old, kit.Batch[lists.PodsUpdate]{Items: []lists.PodsUpdate{{Reset: true, Rows: rows}}}})
	if strings.Contains(a.Text(), "quarantine ") {
		t.Errorf("what was asked before counts:\n%s", a.Text())
	}
	if quarantine.Selector != "dayfly-k8s.github.io/quarantine=true" {
		t.Errorf("the label is another: %s", quarantine.Selector)
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
