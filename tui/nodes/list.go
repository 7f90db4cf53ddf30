package nodes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// order is by what the list of nodes is sorted.
type order int

const (
	byNeed order = iota // the sickest first
	byName
	byAge  // the youngest first
	byPods // the fullest first
	byVersion
	orders // how many there are
)

// nodeList is the list of nodes as it is shown: pure, without a cluster and without a screen. It is made for five thousand.
type nodeList struct {
	sort     order
	onlySick bool
	filter   nodeFilter

	all    map[string]*entry
	rows   []*entry // in order
	shown  []*entry // of these, the ones that pass
	pods   map[string]int
	server nodes.Version
	wide   widths
	counts map[nodes.Severity]int
	most   nodes.Version // of the kubelets of most nodes
	mostOf int           // how many have it
	judged time.Time
}

// widths are how many cells the widest of all nodes takes in each column.
type widths struct{ name, status, roles, pods, version, taints, runtime, kernel, system int }

// apply takes news of the cluster in.
func (l *nodeList) apply(news []nodes.Update, now time.Time) {
	for _, u := range news {
		if u.Reset || l.all == nil {
			l.all = make(map[string]*entry, len(u.Rows))
		}
		for i := range u.Rows {
			e := &entry{Row: u.Rows[i], version: nodes.ParseVersion(u.Rows[i].Version)}
			l.judge(e, now)
			l.all[e.Name] = e
		}
		for _, name := range u.Gone {
			delete(l.all, name)
		}
	}
	l.gather()
}

func (l *nodeList) judge(e *entry, now time.Time) {
	e.severity, e.state = e.Judge(l.server, now), e.State()
	e.words = wordsOf(e)
}

// know takes the version of the API server, and judges all nodes by it.
func (l *nodeList) know(server nodes.Version, now time.Time) {
	l.server = server
	l.judgeAgain(now, func(*entry) bool { return true })
}

// rejudge judges again what time makes worse: nodes that are still starting.
func (l *nodeList) rejudge(now time.Time) {
	l.judgeAgain(now, func(e *entry) bool { return e.severity == nodes.Starting })
}

func (l *nodeList) judgeAgain(now time.Time, which func(*entry) bool) {
	l.judged = now
	changed := false
	for _, e := range l.all {
		if !which(e) {
			continue
		}
		if severity := e.Judge(l.server, now); severity != e.severity {
			e.severity, changed = severity, true
		}
	}
	if changed {
		l.gather()
	}
}

// gather makes the rows of all nodes.
func (l *nodeList) gather() {
	l.rows, l.wide, l.counts = l.rows[:0], widths{}, map[nodes.Severity]int{}
	versions := map[nodes.Version]int{}
	for _, e := range l.all {
		l.rows = append(l.rows, e)
		l.measure(e)
		l.counts[e.severity]++
		versions[e.version]++
	}
	l.most, l.mostOf = nodes.Version{}, 0
	for v, n := range versions {
		if v != (nodes.Version{}) && (n > l.mostOf || n == l.mostOf && v.Minor > l.most.Minor) {
			l.most, l.mostOf = v, n
		}
	}
	l.arrange()
}

func (l *nodeList) measure(e *entry) {
	w := &l.wide
	for _, m := range []struct {
		most *int
		text string
	}{
		{&w.name, e.Name}, {&w.status, e.state}, {&w.roles, e.Roles}, {&w.version, e.Version}, {&w.runtime, runtimeWords(e.Runtime)},
		{&w.kernel, e.Kernel}, {&w.system, e.System}, {&w.pods, l.podWords(e)}, {&w.taints, taintCount(e.Facts)},
	} {
		if len(m.text) > *m.most { // a byte is never narrower than what it draws
			*m.most = max(*m.most, kit.Width(m.text))
		}
	}
}

// arrange puts all in order anew.
func (l *nodeList) arrange() {
	slices.SortFunc(l.rows, l.compare)
	l.refilter()
}

func (l *nodeList) refilter() {
	l.shown = make([]*entry, 0, len(l.rows)) // what was shown before is still looked at
	for _, e := range l.rows {
		if (!l.onlySick || e.severity.Sick()) && l.filter.passes(e) {
			l.shown = append(l.shown, e)
		}
	}
}

func (l *nodeList) compare(a, b *entry) int {
	first := 0
	switch l.sort {
	case byNeed:
		first = cmp.Compare(b.severity, a.severity)
	case byAge:
		first = b.Created.Compare(a.Created)
	case byPods:
		first = cmp.Compare(l.pods[b.Name], l.pods[a.Name])
	case byVersion:
		first = cmp.Or(cmp.Compare(a.version.Major, b.version.Major), cmp.Compare(a.version.Minor, b.version.Minor), strings.Compare(a.Version, b.Version))
	case byName, orders:
	}
	return cmp.Or(first, strings.Compare(a.Name, b.Name))
}

func (l *nodeList) len() int { return len(l.shown) }

// at is the place of a node among the shown; -1 when it is not.
func (l *nodeList) at(name string) int {
	e := l.all[name]
	if e == nil {
		return -1
	}
	return slices.Index(l.shown, e)
}

// successor is the node that stands where one has gone: the next one below it that is still shown, else above. Before is what was shown.
func (l *nodeList) successor(before []*entry, at int) string {
	there := make(map[string]bool, len(l.shown))
	for _, e := range l.shown {
		there[e.Name] = true
	}
	for i := at; i < len(before); i++ {
		if there[before[i].Name] {
			return before[i].Name
		}
	}
	for i := min(at, len(before)) - 1; i >= 0; i-- {
		if there[before[i].Name] {
			return before[i].Name
		}
	}
	return ""
}

// podWords is how many pods a node has, of how many it takes; empty where that is not known.
func (l *nodeList) podWords(e *entry) string {
	if l.pods == nil {
		return ""
	}
	words := fmt.Sprint(l.pods[e.Name])
	if f := e.Facts; f != nil && f.Allocatable.Pods > 0 {
		words += fmt.Sprintf("/%d", f.Allocatable.Pods)
	}
	return words
}

// otherVersion says, of a node whose kubelet has another version than most, which these have.
func (l *nodeList) otherVersion(e *entry) string {
	if e.version == (nodes.Version{}) || e.version == l.most {
		return ""
	}
	return fmt.Sprintf("; %d of %d nodes have %s", l.mostOf, len(l.all), l.most)
}
