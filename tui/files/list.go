package files

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

// order is by what a folder is sorted. Folders come first in all of them.
type order int

const (
	byName order = iota
	bySize       // the largest first
	byTime       // the youngest first
	orders       // how many there are
)

// entry is a file in the list, with what the list has made of it.
type entry struct {
	files.Entry
	shown   string // its name, cleaned
	changed bool   // since the container was started
	mount   string // what is mounted there, in words; empty: nothing
	usage   int64  // of a folder, in bytes; below 0: not measured
}

// list is a folder as it is shown: pure, without a cluster and without a screen. It is made for fifty thousand entries.
type list struct {
	path        string
	started     time.Time // of the container; zero: not known
	sort        order
	filter      string
	onlyChanged bool

	all   []*entry // in order
	shown []*entry // of these, the ones that pass
	leads map[string]files.Leads
	more  bool   // there are more than were read
	note  string // what could not be read
}

// replace takes a folder that was read. Mounts are what the pod mounts, by their paths.
func (l *list) replace(read files.Listing, mounts map[string]string) {
	l.path, l.more, l.note, l.leads = read.Path, read.More, read.Note, map[string]files.Leads{}
	l.all = make([]*entry, 0, len(read.Entries))
	for i := range read.Entries {
		e := &entry{Entry: read.Entries[i], shown: files.ShownName(read.Entries[i].Name), usage: -1}
		e.changed = !l.started.IsZero() && e.Modified.After(l.started)
		at := path.Join(read.Path, e.Name)
		switch words, known := mounts[at]; {
		case known:
			e.mount = words
		case e.Mount && slices.Contains([]string{"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log"}, at):
			e.mount = "kubelet"
		case e.Mount:
			e.mount = "mount"
		}
		l.all = append(l.all, e)
	}
	l.arrange()
}

// arrange puts all in order anew.
func (l *list) arrange() {
	slices.SortStableFunc(l.all, func(a, b *entry) int {
		if folder, other := a.Mode.IsDir(), b.Mode.IsDir(); folder != other {
			if folder {
				return -1
			}
			return 1
		}
		by := 0
		switch l.sort {
		case bySize:
			by = cmp.Compare(b.bytes(), a.bytes())
		case byTime:
			by = b.Modified.Compare(a.Modified)
		case byName, orders:
		}
		return cmp.Or(by, strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	l.refilter()
}

// refilter finds those that pass.
func (l *list) refilter() {
	l.shown = make([]*entry, 0, len(l.all))
	words := strings.Fields(strings.ToLower(l.filter))
	for _, e := range l.all {
		if l.onlyChanged && !e.changed {
			continue
		}
		name := strings.ToLower(e.shown + " " + e.mount)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(name, word) }) {
			l.shown = append(l.shown, e)
		}
	}
}

// bytes is what a file takes: of a folder, if it was measured.
func (e *entry) bytes() int64 {
	if e.Mode.IsDir() {
		return e.usage
	}
	return e.Size
}

// measured notes what a folder takes.
func (l *list) measured(sizes map[string]int64) {
	for _, e := range l.all {
		if n, ok := sizes[e.Name]; ok && e.Mode.IsDir() {
			e.usage = n
		}
	}
	if l.sort == bySize {
		l.arrange()
	}
}

// at is the place of a name among those that are shown; -1: it is not.
func (l *list) at(name string) int {
	return slices.IndexFunc(l.shown, func(e *entry) bool { return e.Name == name })
}

// nameAt is the name in a line, for marks.
func (l *list) nameAt(line int) string { return l.shown[line].Name }

// there reports whether there is such a name.
func (l *list) there(name string) bool {
	return slices.ContainsFunc(l.all, func(e *entry) bool { return e.Name == name })
}

// changes is how many have changed.
func (l *list) changes() int {
	n := 0
	for _, e := range l.all {
		if e.changed {
			n++
		}
	}
	return n
}

// join is the path of a name in the folder.
func (l *list) join(name string) string { return path.Join(l.path, name) }

// unfollowed are the paths of links, among some lines, of which it is not known where they lead.
func (l *list) unfollowed(from, to int) []string {
	var some []string
	for _, e := range l.shown[min(from, len(l.shown)):min(to, len(l.shown))] {
		if e.Link == "" {
			continue
		}
		at := l.join(e.Name)
		if _, known := l.leads[at]; !known {
			some = append(some, at)
		}
	}
	return some
}

// leadsTo is where a link leads, and whether that is known.
func (l *list) leadsTo(e *entry) (files.Leads, bool) {
	at, known := l.leads[l.join(e.Name)]
	return at, known
}

// isFolder reports whether an entry can be opened as a folder, as far as is known.
func (l *list) isFolder(e *entry) bool {
	at, known := l.leadsTo(e)
	return e.Mode.IsDir() || known && at.OK && at.Mode.IsDir()
}
