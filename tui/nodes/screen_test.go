package nodes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// someRows are nodes in every condition, one of them with a long name, and one whose object is not read yet.
func someRows() []nodes.Row {
	made := kittest.Noon().Add(-48 * time.Hour)
	row := func(name, status string, facts nodes.Facts) nodes.Row {
		return nodes.Row{
			Name: name, Status: status, Version: "v1.34.4", System: "Debian GNU/Linux 12 (bookworm)", Kernel: "6.1.0-40-amd64", Runtime: "containerd://1.6.20",
			Address: "10.0.0.1", Created: made, Facts: &facts,
		}
	}
	ready := nodes.Condition{Name: "Ready", Is: "true", Good: true, Since: made}
	silent := nodes.Condition{Name: "Ready", Is: "unknown", Message: "Kubelet stopped posting node status.", Since: made}
	disk := nodes.Condition{Name: "DiskPressure", Is: "true", Message: "kubelet has disk pressure", Since: made}
	rows := []nodes.Row{
		row("n-1", "Ready", nodes.Facts{Conditions: []nodes.Condition{ready}, Allocatable: nodes.Amounts{CPU: 4000, Memory: 16 << 30, Pods: 110}}),
		row("n-2", "Ready", nodes.Facts{Conditions: []nodes.Condition{disk, ready}, Node: kube.Node{Pressure: []string{"DiskPressure"}}}),
		row("n-3", "Ready,SchedulingDisabled", nodes.Facts{Conditions: []nodes.Condition{ready}, Cordoned: true, Taints: []nodes.Taint{{Name: "node.kubernetes.io/unschedulable", Effect: "NoSchedule", Own: true}}}),
		row("n-4", "NotReady", nodes.Facts{Conditions: []nodes.Condition{silent}, Node: kube.Node{Silent: true, Reason: "Kubelet stopped posting node status."}}),
		row(strings.Repeat("very-long-name-", 16), "Ready", nodes.Facts{Host: nodes.Virtual, Conditions: []nodes.Condition{ready}}),
		row("n-6", "Ready", nodes.Facts{}),
	}
	rows[0].Roles, rows[0].Version = "control-plane", "v1.30.9"
	rows[5].Facts = nil
	return rows
}

// shown is a screen with some rows in a terminal.
func shown(t testing.TB, rows ...nodes.Row) (*kittest.Host, *Screen) {
	t.Helper()
	h := kittest.NewHost(t)
	h.Requests = func(msg tea.Msg) bool {
		_, ok := msg.(Reconnect)
		return ok
	}
	s := New(t.Context(), h.Kit, h.Cluster)
	t.Cleanup(s.Close)
	h.Stack = append(h.Stack, s)
	if rows != nil {
		h.Do(t, s.Brings(nodes.Update{Reset: true, Rows: rows}))
	}
	h.Draw()
	return h, s
}

// order of what is on the screen.
func names(s *Screen) string {
	var all []string
	for _, e := range s.list.shown {
		all = append(all, e.Name[:3])
	}
	return strings.Join(all, " ")
}

func TestEverySize(t *testing.T) {
	problem := &kube.Problem{Message: "list nodes: " + strings.Repeat("it is so. ", 30), Hint: "do this", RequiredRBAC: nodes.Role}
	evidence := nodes.Evidence{
		Use: &nodes.Use{Requests: nodes.Amounts{CPU: 4100, Memory: 15 << 30, Pods: 110}, Limits: nodes.Amounts{CPU: 90_000}}, EventsRead: true,
		Events: []kube.PodEvent{{Reason: "EvictionThresholdMet", Message: strings.Repeat("reclaim ", 30), Warns: true, Count: 157, Last: kittest.Noon()}},
	}
	for name, prepare := range map[string]func(*kittest.Host, *Screen){
		"list":    func(*kittest.Host, *Screen) {},
		"pods":    func(_ *kittest.Host, s *Screen) { s.list.pods = map[string]int{"n-1": 110}; s.list.gather() },
		"filter":  func(h *kittest.Host, _ *Screen) { h.Do(t, kittest.Press("/"), kittest.Press("n")) },
		"no rows": func(h *kittest.Host, s *Screen) { h.Do(t, s.Brings(nodes.Update{Reset: true})) },
		"none":    func(h *kittest.Host, _ *Screen) { h.Do(t, kittest.Press("/"), kittest.Press("x")) },
		"stale":   func(h *kittest.Host, s *Screen) { h.Do(t, s.Brings(nodes.Update{Trouble: problem})) },
		"refused": func(h *kittest.Host, s *Screen) {
			s.listed = false
			s.list = nodeList{}
			h.Do(t, s.Brings(nodes.Update{Trouble: problem}))
		},
		"pane": func(_ *kittest.Host, s *Screen) { s.reading.name, s.reading.shown = s.chosen, evidence },
		"pane, gone": func(_ *kittest.Host, s *Screen) {
			s.reading.name, s.reading.shown = s.chosen, nodes.Evidence{Absent: problem, NoUse: problem, NoEvents: problem}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, s := shown(t, someRows()...)
			prepare(h, s)
			kittest.CheckEverySize(t, s)
			h.Do(t, kittest.Press("end"))
			kittest.CheckEverySize(t, s)
		})
	}
}

// The sickest are first, and in whatever order or filter the cursor stays on its node while rows move.
func TestTheCursorStaysOnItsNode(t *testing.T) {
	h, s := shown(t, someRows()...)
	if got, want := names(s), "n-4 n-2 n-3 n-1 n-6 ver"; got != want {
		t.Fatalf("in order: %s, want %s", got, want)
	}
	h.Do(t, kittest.Press("j"), kittest.Press("j"))
	if s.chosen != "n-3" {
		t.Fatalf("the cursor is on %s", s.chosen)
	}
	h.Do(t, serverMsg{h.Cluster, nodes.Version{Major: 1, Minor: 34}})
	row := someRows()[0]
	row.Status = "NotReady"
	h.Do(t, s.Brings(nodes.Update{Rows: []nodes.Row{row}}))
	if got := names(s); got != "n-1 n-4 n-2 n-3 n-6 ver" || s.chosen != "n-3" || s.cursor.At != 3 {
		t.Errorf("in order: %s, the cursor on %s", got, s.chosen)
	}
	for range orders {
		if h.Do(t, kittest.Press("o")); s.chosen != "n-3" || s.list.shown[s.cursor.At].Name != "n-3" {
			t.Errorf("order %d puts the cursor on %s", s.list.sort, s.chosen)
		}
	}
	h.Do(t, kittest.Press("!"))
	if got := names(s); got != "n-1 n-4 n-2 n-3" || s.chosen != "n-3" {
		t.Errorf("only the sick: %s, the cursor on %s", got, s.chosen)
	}
	h.Do(t, s.Brings(nodes.Update{Gone: []string{"n-3"}}))
	if s.chosen != "n-2" {
		t.Errorf("after its node has gone the cursor is on %s", s.chosen)
	}
	h.Do(t, kittest.Press("esc"))
	if len(h.Stack) != 2 || s.list.onlySick {
		t.Error("esc does not show all nodes first")
	}
	if h.Do(t, kittest.Press("esc")); len(h.Stack) != 1 {
		t.Error("esc does not leave then")
	}
}

func TestFilter(t *testing.T) {
	rows := someRows()
	rows[1].Facts.Taints = []nodes.Taint{{Name: "dedicated=gpu", Effect: "NoSchedule"}}
	for line, want := range map[string]string{
		"": "n-4 n-2 n-3 n-1 n-6 ver", "n-": "n-4 n-2 n-3 n-1 n-6", "notready": "n-4", "status:cordoned": "n-3", "STATUS:NotReady": "n-4", "role:control": "n-1",
		"version:1.30": "n-1", "taint:gpu": "n-2", "virtual": "ver", "n- disk": "n-2", "n-2 gpu": "n-2", "name:n-6": "n-6", "name:debian": "", "nonsense:n-1": "", "status:": "n-4 n-2 n-3 n-1 n-6 ver",
	} {
		h, s := shown(t, rows...)
		h.Do(t, kittest.Press("/"), tea.PasteMsg{Content: line}, kittest.Press("enter"))
		if got := names(s); got != want {
			t.Errorf("%q shows %q, want %q", line, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	for name, want := range map[string]func(*kittest.Host) tea.Msg{
		"enter": func(h *kittest.Host) tea.Msg { return kit.OpenNodePods{Cluster: h.Cluster, Node: "n-4"} },
		"i":     func(h *kittest.Host) tea.Msg { return kit.InspectNode{Cluster: h.Cluster, Node: "n-4"} },
		"d":     func(h *kittest.Host) tea.Msg { return kit.OpenNodeTools{Cluster: h.Cluster, Node: "n-4"} },
	} {
		h, _ := shown(t, someRows()...)
		h.Do(t, kittest.Press(name))
		if len(h.Asked) != 1 || h.Asked[0] != want(h) {
			t.Errorf("%s asks for %+v", name, h.Asked)
		}
		h, _ = shown(t, []nodes.Row{}...)
		h.Do(t, kittest.Press(name))
		if len(h.Asked) != 0 {
			t.Errorf("without nodes %s asks for %+v", name, h.Asked)
		}
	}
	h, s := shown(t, someRows()...)
	h.Do(t, kittest.Press("r"))
	if len(h.Asked) != 1 || h.Asked[0] != (Reconnect{s}) {
		t.Errorf("r asks for %+v", h.Asked)
	}
	kittest.CheckPresses(t, newKeyMap(kit.NewKeyMap()))
}

// What is summed up in the header is what is shown.
func TestSummary(t *testing.T) {
	h, s := shown(t, someRows()...)
	h.Do(t, serverMsg{h.Cluster, nodes.Version{Major: 1, Minor: 34}})
	if got, want := s.Summary(), "6 nodes · 1 not ready · 1 under pressure · 1 cordoned · 1 skewed"; got != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
	h.Do(t, s.Brings(nodes.Update{Trouble: &kube.Problem{Message: "gone"}}))
	if got := s.Summary(); !strings.HasSuffix(got, "stale for 0s") {
		t.Errorf("the summary is %q", got)
	}
}

// What was read of another node does not stand under the name of this one.
func TestLateEvidenceIsDropped(t *testing.T) {
	h, s := shown(t, someRows()...)
	h.Width = 140
	h.Draw()
	h.After = func(time.Duration, tea.Msg) tea.Cmd { return nil }
	h.Do(t, kittest.Press("j"))
	s.reading.read()
	source := s.reading.source
	late := evidenceMsg{source, kit.Batch[nodes.Evidence]{Items: []nodes.Evidence{{Use: &nodes.Use{Requests: nodes.Amounts{Pods: 77}}}}}}
	h.Do(t, kittest.Press("k"))
	s.reading.read() // of the other
	h.Do(t, late)
	if s.reading.name != s.chosen || s.reading.shown.Use != nil {
		t.Errorf("of %s it is said %+v", s.reading.name, s.reading.shown)
	}
	h.Do(t, kittest.Press("j"))
	s.reading.read()
	late.source = s.reading.source
	if h.Do(t, late); s.reading.shown.Use == nil {
		t.Error("what was read of the node is dropped")
	}
}

// manyRows are as many as large clusters have.
func manyRows(n int) []nodes.Row {
	rows := make([]nodes.Row, n)
	for i := range rows {
		rows[i] = someRows()[i%4]
		rows[i].Name = fmt.Sprintf("pool-%c-%05d", 'a'+i%4, i)
	}
	return rows
}

func BenchmarkNodes(b *testing.B) {
	rows := manyRows(5000)
	b.Run("first list", func(b *testing.B) {
		for b.Loop() {
			var l nodeList
			l.apply([]nodes.Update{{Reset: true, Rows: rows}}, kittest.Noon())
		}
	})
	h, s := shown(b, rows...)
	h.Width, h.Height = 140, 40
	b.Run("change and frame", func(b *testing.B) {
		for b.Loop() {
			h.Do(b, s.Brings(nodes.Update{Rows: rows[:1]}))
			h.Draw()
		}
	})
	b.Run("cursor and frame", func(b *testing.B) {
		for b.Loop() {
			h.Do(b, kittest.Press("j"))
			h.Draw()
		}
	})
	b.Run("filter and frame", func(b *testing.B) {
		for b.Loop() {
			s.find("pool-a 9")
			h.Draw()
			s.find("")
		}
	})
}
