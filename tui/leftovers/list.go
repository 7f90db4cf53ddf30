package leftovers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// order is by what the list is sorted.
type order int

const (
	byDanger order = iota // the worst first
	byAge                 // the oldest first
	byPlace
	orders // how many there are
)

// id names an item while its list is read again and again.
type id struct{ uid, namespace, pod, container string }

func idOf(i *inventory.Item) id {
	return id{i.UID, i.Target.Namespace, i.Target.Pod, i.Target.Container}
}

// itemList is the list as it is shown: pure, without a cluster and without a screen.
type itemList struct {
	sort   order
	filter string // words that all have to be found
	mine   func(inventory.Item) bool
	only   bool // those that are mine

	all    []inventory.Item
	shown  []*inventory.Item
	marked kit.Marks[id]
}

// replace takes what has been found, instead of what was. Marks of what is no longer there go.
func (l *itemList) replace(items []inventory.Item) {
	l.all = items
	there := make(map[id]bool, len(items))
	for i := range items {
		there[idOf(&items[i])] = true
	}
	l.marked.Keep(func(i id) bool { return there[i] })
	l.arrange()
}

// arrange puts all in order anew, and leaves out what is not to be seen.
func (l *itemList) arrange() {
	slices.SortStableFunc(l.all, l.compare)
	l.shown = make([]*inventory.Item, 0, len(l.all))
	words := strings.Fields(strings.ToLower(l.filter))
	for i := range l.all {
		item := &l.all[i]
		if (!l.only || l.mine == nil || l.mine(*item)) && has(item, words) {
			l.shown = append(l.shown, item)
		}
	}
}

func (l *itemList) compare(a, b inventory.Item) int {
	place := cmp.Or(
		strings.Compare(a.Target.Namespace, b.Target.Namespace), strings.Compare(a.Target.Pod, b.Target.Pod),
		strings.Compare(a.Target.Container, b.Target.Container),
	)
	switch l.sort {
	case byAge:
		return cmp.Or(oldest(a.Since, b.Since), place)
	case byPlace:
		return place
	case byDanger, orders:
	}
	return cmp.Or(cmp.Compare(b.Danger, a.Danger), cmp.Compare(sure(&b), sure(&a)), oldest(a.Since, b.Since), place)
}

// oldest has what is known to be older first, and what has no time last.
func oldest(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func sure(i *inventory.Item) int {
	if i.Certain {
		return 1
	}
	return 0
}

// has reports whether an item has all of some words, which are in lower case.
func has(i *inventory.Item, words []string) bool {
	text := strings.ToLower(strings.Join(append([]string{
		i.Target.Namespace, i.Target.Pod, i.Target.Container, i.Target.Node, i.Kind.String(), i.Tool, i.By, i.Client, i.Image, i.State, i.Danger.String(), i.Of, i.Reason,
	}, i.Gives...), "\n"))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (l *itemList) at(want id) int {
	return slices.IndexFunc(l.shown, func(i *inventory.Item) bool { return idOf(i) == want })
}

// idAt tells the item of a line from others.
func (l *itemList) idAt(line int) id { return idOf(l.shown[line]) }

// unmark takes the marks from what steps are about.
func (l *itemList) unmark(steps []cleanup.Step) {
	for i := range steps {
		l.marked.Unset(idOf(&steps[i].Item))
	}
}

// chosen are the marked ones, also those that are not shown now; without any, the one that the cursor is on.
func (l *itemList) chosen(at int) []inventory.Item {
	var some []inventory.Item
	for i := range l.all {
		if l.marked.Has(idOf(&l.all[i])) {
			some = append(some, l.all[i])
		}
	}
	if len(some) == 0 && at < len(l.shown) {
		some = append(some, *l.shown[at])
	}
	return some
}

// count is how many have a danger.
func (l *itemList) count(d inventory.Danger) int {
	n := 0
	for i := range l.all {
		if l.all[i].Danger == d {
			n++
		}
	}
	return n
}
