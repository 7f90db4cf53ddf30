package nodes

import (
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// Nodes that are marked are counted, d is about them in the order of the list, a node that goes has no mark, and esc takes them.
func TestMarkedNodes(t *testing.T) {
	t.Parallel()
	h, s := shown(t, someRows()...)
	first, second := s.nameOf(0), s.nameOf(1)
	h.Do(t, kittest.Press("j"), kittest.Press("space"), kittest.Press("g"), kittest.Press("V"), kittest.Press("d"))
	many, ok := h.Asked[len(h.Asked)-1].(kit.OpenMany)
	if !ok || !slices.Equal(many.Nodes, []string{first, second}) || len(many.Pods) > 0 {
		t.Errorf("d asks for %+v", h.Asked)
	}
	if text := h.Text(); !strings.Contains(text, "2 marked") || strings.Count(text, kit.MarkSymbol) != 2 {
		t.Errorf("marks are not shown:\n%s", text)
	}
	kittest.CheckEverySize(t, s)
	h.Do(t, s.Brings(nodes.Update{Gone: []string{first}}))
	if s.marks.Len() != 1 || !s.HoldsBack() {
		t.Errorf("%d are marked", s.marks.Len())
	}
	h.Do(t, kittest.Press("esc"))
	if s.marks.Len() != 0 || s.HoldsBack() {
		t.Errorf("%d are marked after esc", s.marks.Len())
	}
}
