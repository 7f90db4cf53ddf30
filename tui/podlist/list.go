package podlist

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// order is by what the list of pods is sorted.
type order int

const (
	byNeed order = iota // the sickest first
	byName
	byAge // the youngest first
	byRestarts
	byNode
	orders // how many there are
)

func (o order) String() string {
	return [...]string{"need", "name", "age", "restarts", "node"}[o]
}

// parseOrder reads what String writes; anything else is by need.
func parseOrder(s string) order {
	for o := range orders {
		if o.String() == s {
			return o
		}
	}
	return byNeed
}

// podEntry is a pod in the list, with what the list has made of it.
type podEntry struct {
	// The filter looks at these, of fifty thousand entries: they are beside each other, and beside the name.
	namespace, status, node *word
	severity                lists.Severity

	lists.PodRow
	reason  string
	since   time.Time // when it was first seen as it is; zero: it was so when the list was read
	changed time.Time // when a change was seen; zero: none
	loose   bool      // not in its place among the rows

	quarantined bool
}

// podList is the list of pods as it is shown: pure, without a cluster and without a screen. It is made for fifty thousand: a change
// touches what has changed, and a letter of the filter only what the letters before it have let through.
type podList struct {
	sort     order
	onlySick bool
	filter   podFilter

	all      map[kube.PodKey]*podEntry
	isolated map[kube.PodKey]bool // those in quarantine
	lost     map[string]bool      // the nodes that are lost
	rows     []*podEntry          // in order
	shown    []*podEntry          // of these, the ones that pass; the exact matches first
	sick     int
	wide     podWidths

	words  map[string]*word
	weight []int8         // how well each passes that the filter looks at
	spare  []*podEntry    // room for the next rows
	spared []*podEntry    // and for the next shown
	exact  int            // how many of the shown pass exactly
	parts  [2][]*podEntry // room for those that pass loosely
	judged time.Time
}

// podWidths are how many cells the widest of all pods takes in each column.
type podWidths struct {
	namespace, name, ready, status, restarts, node int
	exits                                          bool // a pod has restarted: the cell says when
}

// apply takes news of the cluster in.
func (l *podList) apply(news []lists.PodsUpdate, now time.Time) {
	var loose []*podEntry
	for _, u := range news {
		before := l.all
		if u.Reset || l.all == nil {
			l.all = make(map[kube.PodKey]*podEntry, len(u.Rows))
			l.rows, loose, l.wide, l.words = l.rows[:0], loose[:0], podWidths{}, map[string]*word{}
		}
		fresh := make([]podEntry, len(u.Rows)) // one piece of memory for all
		for i := range u.Rows {
			e := &fresh[i]
			e.PodRow = u.Rows[i]
			old := before[e.PodKey]
			l.note(e, old, old != nil && !u.More, now)
			if was := l.all[e.PodKey]; was != nil {
				was.loose = true
			}
			l.all[e.PodKey], e.loose = e, true
			loose = append(loose, e)
		}
		for _, key := range u.Gone {
			if e := l.all[key]; e != nil {
				e.loose = true
				delete(l.all, key)
			}
		}
	}
	if l.judged.IsZero() {
		l.judged = now
	}
	l.place(loose)
}

// note says of a new state how long it has lasted and how it is to be judged. Seen tells that the change to it was seen.
func (l *podList) note(e, old *podEntry, seen bool, now time.Time) {
	switch {
	case old != nil && old.Status == e.Status && old.Ready == e.Ready && old.Gates == e.Gates && old.Restarts == e.Restarts:
		e.since, e.changed = old.since, old.changed
	case seen:
		e.since, e.changed = now, now
	case e.Status == "Terminating":
		e.since = now // a row does not say since when
	}
	e.severity, e.reason = l.judge(e, now)
	e.quarantined = l.isolated[e.PodKey]
	e.namespace, e.status, e.node = l.word(e.Namespace), l.word(e.Status), l.word(e.Node)
	w := &l.wide
	w.name = max(w.name, len(e.Name)) // ASCII, as the API server demands; a byte is never narrower than what it draws
	if len(e.Status) > w.status {
		w.status = max(w.status, kit.Width(e.Status))
	}
	w.namespace, w.node, w.ready = max(w.namespace, len(e.Namespace)), max(w.node, len(e.Node)), max(w.ready, len(e.Ready))
	w.restarts, w.exits = max(w.restarts, digits(e.Restarts)), w.exits || !e.LastExit.IsZero()
}

func digits(n int) int {
	count := 1
	for ; n > 9; n /= 10 {
		count++
	}
	return count
}

func (l *podList) word(text string) *word {
	w := l.words[text]
	if w == nil {
		w = &word{text: text, lower: strings.ToLower(text)}
		l.words[text] = w
	}
	return w
}

// rejudge moves the pods that time has made better or worse, now and then: what is unready long is sick.
func (l *podList) rejudge(now time.Time) (changed bool) {
	const often = 5 * time.Second
	if now.Sub(l.judged) < often {
		return false
	}
	l.judged = now
	return l.judgeAgain(now, func(*podEntry) bool { return true })
}

// lose says which nodes are lost, and judges the pods again of which that is news.
func (l *podList) lose(lost map[string]bool, now time.Time) (changed bool) {
	before := l.lost
	l.lost = lost
	return l.judgeAgain(now, func(e *podEntry) bool { return before[e.Node] != lost[e.Node] })
}

func (l *podList) judge(e *podEntry, now time.Time) (lists.Severity, string) {
	return e.Judge(len(l.lost) > 0 && l.lost[e.Node], e.since, now)
}

// judgeAgain moves the pods whose severity is another one now.
func (l *podList) judgeAgain(now time.Time, which func(*podEntry) bool) (changed bool) {
	var loose []*podEntry
	for _, e := range l.rows {
		if !which(e) {
			continue
		}
		severity, reason := l.judge(e, now)
		if severity == e.severity {
			continue
		}
		moved := *e
		moved.severity, moved.reason = severity, reason
		e.loose, l.all[e.PodKey] = true, &moved
		moved.loose = true
		loose = append(loose, &moved)
	}
	if len(loose) > 0 {
		l.place(loose)
	}
	return len(loose) > 0
}

// place puts the loose in order among the rows, from which it takes those that are loose there. An entry that is among the rows is
// never changed: it would be in the wrong place.
func (l *podList) place(loose []*podEntry) {
	loose = slices.DeleteFunc(loose, func(e *podEntry) bool { return l.all[e.PodKey] != e })
	slices.SortFunc(loose, func(a, b *podEntry) int { return compare(l.sort, a, b) })
	settled := slices.DeleteFunc(l.rows, func(e *podEntry) bool { return e.loose })
	l.rows, l.spare = l.merge(slices.Grow(l.spare[:0], len(settled)+len(loose)), settled, loose), settled
	for _, e := range loose {
		e.loose = false
	}
	l.sick = 0
	for _, e := range l.rows {
		if e.severity.Sick() {
			l.sick++
		}
	}
	l.refilter()
}

// arrange puts all in order anew.
func (l *podList) arrange() {
	slices.SortFunc(l.rows, func(a, b *podEntry) int { return compare(l.sort, a, b) })
	l.refilter()
}

// merge appends to a list what is in order in two others.
func (l *podList) merge(to, a, b []*podEntry) []*podEntry {
	for len(a) > 0 && len(b) > 0 {
		if compare(l.sort, b[0], a[0]) < 0 {
			a, b = b, a
		}
		to, a = append(to, a[0]), a[1:]
	}
	return append(append(to, a...), b...)
}

func (l *podList) len() int { return len(l.shown) }

// row is the i-th row that is shown.
func (l *podList) row(i int) *podEntry { return l.shown[i] }

// at is the place of a pod among the shown; -1 when it is not.
func (l *podList) at(key kube.PodKey) int {
	e := l.all[key]
	if e == nil {
		return -1
	}
	return slices.Index(l.shown, e)
}

// successor is the pod that stands where a pod has gone: the next one below it that is still shown, else above. Before is what was shown.
func (l *podList) successor(before []*podEntry, at int) kube.PodKey {
	for i := at; i < len(before); i++ {
		if l.at(before[i].PodKey) >= 0 {
			return before[i].PodKey
		}
	}
	for i := min(at, len(before)) - 1; i >= 0; i-- {
		if l.at(before[i].PodKey) >= 0 {
			return before[i].PodKey
		}
	}
	return kube.PodKey{}
}

func compare(by order, a, b *podEntry) int {
	first := 0
	switch by {
	case byNeed:
		first = cmp.Compare(b.severity, a.severity)
	case byRestarts:
		first = cmp.Compare(b.Restarts, a.Restarts)
	case byAge:
		first = b.Created.Compare(a.Created)
	case byNode:
		first = strings.Compare(a.Node, b.Node)
	case byName, orders:
	}
	if first != 0 {
		return first
	}
	if first = strings.Compare(a.Name, b.Name); first != 0 {
		return first
	}
	return strings.Compare(a.Namespace, b.Namespace)
}
