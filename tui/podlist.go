package tui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// order is by what the list of pods is sorted.
type order int

const (
	byNeed order = iota // the sickest first
	byName
	byRestarts
	byAge // the youngest first
	byNode
	orders // how many there are
)

func (o order) String() string {
	return [...]string{"need", "name", "restarts", "age", "node"}[o]
}

// podList is the list of pods as it is shown: pure, without a cluster and without a screen.
type podList struct {
	all     map[kube.PodKey]kube.PodRow
	rows    []kube.PodRow // in order
	names   []string      // what the filter looks at, in the order of rows
	rest    []string      // and what it looks for as it is: status, namespace, node
	passed  []match       // the rows that the filter lets through
	sort    order
	pattern string
	sick    int
}

// apply takes news of the cluster in.
func (l *podList) apply(u kube.PodsUpdate) {
	if u.Reset || l.all == nil {
		l.all = make(map[kube.PodKey]kube.PodRow, len(u.Rows))
	}
	for _, row := range u.Rows {
		l.all[row.PodKey] = row
	}
	for _, key := range u.Gone {
		delete(l.all, key)
	}
}

// arrange sorts and filters anew.
func (l *podList) arrange() {
	l.rows = l.rows[:0]
	l.sick = 0
	for _, row := range l.all {
		l.rows = append(l.rows, row)
		if row.Condition() == kube.Sick {
			l.sick++
		}
	}
	slices.SortFunc(l.rows, func(a, b kube.PodRow) int { return compare(l.sort, &a, &b) })
	l.names, l.rest = l.names[:0], l.rest[:0]
	for i := range l.rows {
		l.names = append(l.names, l.rows[i].Name)
		l.rest = append(l.rest, l.rows[i].Status+" "+l.rows[i].Namespace+" "+l.rows[i].Node)
	}
	l.refilter()
}

func (l *podList) refilter() { l.passed = matches(l.pattern, l.names, l.rest) }

func (l *podList) len() int { return len(l.passed) }

// row is the i-th row that is shown.
func (l *podList) row(i int) *kube.PodRow { return &l.rows[l.passed[i].index] }

// find is the place of a pod among the shown; -1 when it is not.
func (l *podList) find(key kube.PodKey) int {
	return slices.IndexFunc(l.passed, func(m match) bool { return l.rows[m.index].PodKey == key })
}

func compare(by order, a, b *kube.PodRow) int {
	first := 0
	switch by {
	case byNeed:
		first = cmp.Compare(b.Condition(), a.Condition())
	case byRestarts:
		first = cmp.Compare(number(b.Restarts), number(a.Restarts))
	case byAge:
		first = b.Created.Compare(a.Created)
	case byNode:
		first = strings.Compare(a.Node, b.Node)
	case byName, orders:
	}
	return cmp.Or(first, strings.Compare(a.Name, b.Name), strings.Compare(a.Namespace, b.Namespace))
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
