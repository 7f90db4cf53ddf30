package batch

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// order is by what the lines of a matrix are sorted.
type order int

const (
	byOutcome order = iota // failures first, then what runs, then what has succeeded
	byName
	byTime  // the longest first
	byBytes // the most first
	orders  // how many there are
)

func (o order) String() string { return [...]string{"outcome", "name", "time", "bytes"}[o] }

// line is a line of a matrix: a group of equal results, or one pod or node.
type line struct {
	name  string // by which it is found again: that of the pod, or of the group's first
	group int    // in the folded results; -1: none
	head  bool   // the group itself
	in    bool   // a member below its group
	row   int    // of the batch; of a group its first member
}

// arrangement is what the lines of a matrix are made of.
type arrangement struct {
	rows   []batchrun.Row
	place  map[string]int // of the rows, by name
	folded *folding
	by     order
	flat   bool // nothing is folded
	open   func(group int) bool
}

// lines makes the lines of a batch, of which as much is folded as is known.
func (a arrangement) lines() []line {
	var tops []line
	done := map[int]bool{}
	for i := range a.rows {
		name := a.rows[i].Item.Name()
		g, known := a.folded.of(name)
		switch {
		case !known:
			tops = append(tops, line{name: name, group: -1, row: i})
		case a.flat || len(a.folded.Groups[g].Members) == 1:
			tops = append(tops, line{name: name, group: g, row: i})
		case !done[g]:
			done[g] = true
			first := a.folded.Groups[g].Members[0].Name
			tops = append(tops, line{name: first, group: g, head: true, row: a.place[first]})
		}
	}
	slices.SortStableFunc(tops, a.compare)
	all := make([]line, 0, len(tops))
	for _, top := range tops {
		all = append(all, top)
		if !top.head || !a.open(top.group) {
			continue
		}
		for _, m := range a.folded.Groups[top.group].Members {
			all = append(all, line{name: m.Name, group: top.group, in: true, row: a.place[m.Name]})
		}
	}
	return all
}

// compare puts what is worth more first; of equal outcomes the larger group.
func (a arrangement) compare(x, y line) int {
	first := compare(a.by, &a.rows[x.row], &a.rows[y.row])
	switch a.by {
	case byOutcome:
		first = cmp.Or(first, cmp.Compare(a.size(y), a.size(x)))
	case byTime:
		first = cmp.Compare(a.longest(y), a.longest(x))
	case byName, byBytes, orders:
	}
	return cmp.Or(first, strings.Compare(x.name, y.name))
}

// longest is how long a line took, of a group the one that took longest.
func (a arrangement) longest(l line) time.Duration {
	longest := lasted(&a.rows[l.row])
	if l.head {
		for _, m := range a.folded.Groups[l.group].Members {
			longest = max(longest, lasted(&a.rows[a.place[m.Name]]))
		}
	}
	return longest
}

// size is for how many a line stands.
func (a arrangement) size(l line) int {
	if l.head {
		return len(a.folded.Groups[l.group].Members)
	}
	return 1
}

func compare(by order, a, b *batchrun.Row) int {
	switch by {
	case byOutcome:
		return cmp.Compare(rank(a), rank(b))
	case byBytes:
		return cmp.Compare(b.Bytes, a.Bytes)
	case byName, byTime, orders:
	}
	return 0
}

// rank is how much a row wants to be seen: what has failed most.
func rank(r *batchrun.Row) int {
	const (
		unknown = iota // it has no exit code
		failed
		running
		succeeded
		waiting
		notBegun
	)
	switch {
	case r.State == batchrun.Running:
		return running
	case r.State == batchrun.Waiting:
		return waiting
	case r.Result.OK():
		return succeeded
	case r.Result.NotBegun:
		return notBegun
	case r.Result.Exit == nil:
		return unknown
	}
	return failed
}

// lasted is how long a row has taken, if it is over.
func lasted(r *batchrun.Row) time.Duration {
	if r.Result == nil || r.Result.NotBegun {
		return 0
	}
	return r.Result.Ended.Sub(r.Result.Began)
}
