package sessions

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// refilter makes the lines anew. The cursor stays with what it is on.
func (s *List) refilter() {
	before, had := s.chosen()
	own := s.Runner.Sessions()
	rows := make([]row, 0, len(own)+len(s.found))
	for _, r := range own {
		rows = append(rows, row{own: r})
	}
	for _, d := range s.found {
		if !s.Runner.Has(runner.Container{Cluster: s.cluster, Target: d.Target}) {
			rows = append(rows, row{found: d})
		}
	}
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].target().String()
	}
	s.rows = s.rows[:0]
	for _, m := range kit.Matches(s.filter.Text(), names, nil) {
		row := rows[m.Index]
		row.marks = m.Marks
		s.rows = append(s.rows, row)
	}
	s.place(before, had)
}

// place puts the cursor on the row that it was on; at first, on the session that had the terminal before the last, because that is where one
// wants to go back to.
func (s *List) place(before row, had bool) {
	if !s.placed {
		if i := slices.IndexFunc(s.rows, func(r row) bool { return r.own != nil && r.own == s.Last }); i >= 0 {
			s.cursor.At = i
		}
		return
	}
	if i := slices.IndexFunc(s.rows, func(r row) bool { return had && r.own == before.own && r.target() == before.target() }); i >= 0 {
		s.cursor.At = i
	}
}

// owns is how many of the lines are sessions.
func (s *List) owns() int {
	n := slices.IndexFunc(s.rows, func(r row) bool { return r.own == nil })
	if n < 0 {
		return len(s.rows)
	}
	return n
}
