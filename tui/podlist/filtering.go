package podlist

import (
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
)

// find narrows the list to what passes a filter.
func (l *podList) find(f podFilter) {
	narrows := f.narrows(l.filter)
	l.filter = f
	if narrows {
		l.filterFrom(l.shown, l.exact)
		return
	}
	l.refilter()
}

func (l *podList) refilter() { l.filterFrom(l.rows, len(l.rows)) }

// filterFrom shows those of the entries that pass. The exact matches come first: a loose one may be a surprise. From is in order up to a
// place, and again behind it.
func (l *podList) filterFrom(from []*podEntry, turn int) {
	l.score(from)
	shown := slices.Grow(l.spared[:0], len(from))
	loose := &l.parts
	loose[0], loose[1] = loose[0][:0], loose[1][:0]
	for i, e := range from {
		switch l.weight[i] {
		case exactly:
			shown = append(shown, e)
		case loosely:
			part := 0
			if i >= turn {
				part = 1
			}
			loose[part] = append(loose[part], e)
		}
	}
	l.spared, l.exact = l.shown, len(shown)
	l.shown = l.merge(shown, loose[0], loose[1])
}

// score finds out how well each of the entries passes, on all processors: with fifty thousand it is most of the time between a key and
// its frame.
func (l *podList) score(from []*podEntry) {
	for _, w := range l.words {
		w.learn(l.filter.terms)
	}
	l.weight = slices.Grow(l.weight[:0], len(from))[:len(from)]
	const worthwhile = 4096 // fewer are done before another processor has been woken
	share := max(worthwhile, (len(from)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for start := share; start < len(from); start += share {
		end := min(start+share, len(from))
		all.Go(func() { l.scoreSome(from[start:end], l.weight[start:end]) })
	}
	share = min(share, len(from))
	l.scoreSome(from[:share], l.weight[:share])
	all.Wait()
}

func (l *podList) scoreSome(from []*podEntry, weight []int8) {
	for i, e := range from {
		weight[i] = missed
		if !l.onlySick || e.severity.Sick() {
			weight[i] = int8(l.filter.passes(e))
		}
	}
}

// isolate says which pods are in quarantine, and looks at them through the filter again.
func (l *podList) isolate(pods map[kube.PodKey]bool) {
	for key := range l.isolated {
		if e := l.all[key]; e != nil {
			e.quarantined = false
		}
	}
	l.isolated = maps.Clone(pods)
	for key := range pods {
		if e := l.all[key]; e != nil {
			e.quarantined = true
		}
	}
	l.refilter()
}

// inQuarantine is how many pods of the list are.
func (l *podList) inQuarantine() int {
	n := 0
	for key := range l.isolated {
		if l.all[key] != nil {
			n++
		}
	}
	return n
}
