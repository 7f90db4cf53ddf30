package nodes

import (
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// viewPane draws what is known of the node under the cursor, the most important first; what does not fit is counted.
func (s *Screen) viewPane(width, height int) string {
	st := &s.Styles
	s.reading.drawn = s.Now()
	e := s.list.shown[s.cursor.At]
	room := max(width-2, 1)
	out := []string{st.Title.Render(kit.Fit(e.Name, room))}
	evidence := nodes.Evidence{}
	if s.reading.name == e.Name {
		evidence = s.reading.shown
	}
	row := e.Row
	if row.Facts == nil && evidence.Node != nil {
		row.Facts = evidence.Node.Facts // it was read before its turn in the list
	}
	parts := []document.Part{whyPart(st, &row, s.list.server, s.Now(), room)}
	if p := evidence.Absent; p != nil {
		parts = append(parts, document.Part{Lines: kit.Lines(kit.Clip(p.Message, room, 3, st.Muted)), Least: 1})
	}
	parts = append(parts, usePart(st, &row, &evidence, room), taintsPart(st, &row, room), eventsPart(st, &evidence, s.Now(), room), machinePart(st, &row, s.list.otherVersion(e), room))
	return kit.Box(kit.Indent(kit.Join(append(out, document.Share(parts, height-1, st.Muted)...)), 1), width, height)
}
