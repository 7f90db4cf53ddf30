package podlist

import (
	"cmp"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyOf is the pod of a line.
func (s *Screen) keyOf(line int) kube.PodKey { return s.list.row(line).PodKey }

// hiddenMarks is how many of the marked pods the list does not show.
func (s *Screen) hiddenMarks() int {
	if s.marks.Len() == 0 || !s.narrowed() {
		return 0
	}
	n := 0
	for _, e := range s.list.shown {
		if s.marks.Has(e.PodKey) {
			n++
		}
	}
	return s.marks.Len() - n
}

// marked are the marked pods: those of the list in its order, and then those that it does not have as long as a label selector narrows it.
func (l *podList) marked(marks *kit.Marks[kube.PodKey]) []kube.PodKey {
	var keys, others []kube.PodKey
	for _, e := range l.rows {
		if marks.Has(e.PodKey) {
			keys = append(keys, e.PodKey)
		}
	}
	for key := range marks.All() {
		if l.all[key] == nil {
			others = append(others, key)
		}
	}
	slices.SortFunc(others, func(a, b kube.PodKey) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return append(keys, others...)
}

// keepMarks takes the marks from pods that are gone. While a label selector narrows the list, nobody knows.
func (s *Screen) keepMarks() {
	if s.listed && !s.partial && s.query.Selector == "" && s.query.Workload.Kind == "" {
		s.marks.Keep(func(key kube.PodKey) bool { return s.list.all[key] != nil })
	}
}
