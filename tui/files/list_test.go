package files

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

func started() time.Time { return time.Date(2026, 3, 4, 11, 0, 0, 0, time.UTC) }

// someEntries are files of every kind, some with hostile names.
func someEntries() []files.Entry {
	old, young := started().Add(-time.Hour), started().Add(time.Hour)
	return []files.Entry{
		{Name: "b.log", Mode: 0o644, Size: 2000, Owner: "root", Modified: young},
		{Name: "A", Mode: 0o600, Size: 5, UID: 1000, GID: 1000, Modified: old},
		{Name: "sub", Mode: fs.ModeDir | 0o755, Modified: old},
		{Name: "data", Mode: fs.ModeDir | 0o700, UID: 1000, Modified: young, Mount: true},
		{Name: "link", Mode: fs.ModeSymlink | 0o777, Link: "sub", Modified: old},
		{Name: "broken", Mode: fs.ModeSymlink | 0o777, Link: "\x1b[2Jnowhere", Modified: old},
		{Name: "two\nlines", Mode: 0o644, Size: 1 << 40, Owner: "\x1b[31mevil", Modified: started()},
		{Name: strings.Repeat("long-", 60), Mode: fs.ModeNamedPipe | 0o644, Modified: old},
	}
}

func someList() list {
	l := list{started: started()}
	l.replace(files.Listing{Path: "/srv", Entries: someEntries()}, map[string]string{"/srv/data": "claim data", "/srv/sub": "config map web"})
	return l
}

func names(l *list) string {
	var all []string
	for _, e := range l.shown {
		all = append(all, e.shown[:min(len(e.shown), 10)])
	}
	return strings.Join(all, " ")
}

func TestOrderOfFiles(t *testing.T) {
	l := someList()
	for by, want := range map[order]string{
		byName: `data sub A b.log broken link long-long- "two\nline`,
		bySize: `data sub "two\nline b.log A broken link long-long-`,
		byTime: `data sub b.log "two\nline A broken link long-long-`,
	} {
		l.sort = by
		l.arrange()
		if got := names(&l); got != want {
			t.Errorf("by %d: %s, want %s", by, got, want)
		}
	}
	l.sort = bySize
	l.measured(map[string]int64{"sub": 1 << 30, "data": 1 << 20, "A": 1 << 50})
	if got := names(&l); !strings.HasPrefix(got, "sub data ") || l.all[0].usage != 1<<30 {
		t.Errorf("measured: %s", got)
	}
}

func TestFilterOfFiles(t *testing.T) {
	l := someList()
	for filter, want := range map[string]string{"": `data sub A b.log broken link long-long- "two\nline`, "LOG": "b.log", "claim": "data", "b rok": "broken", "web config": "sub", "zzz": ""} {
		l.filter = filter
		l.refilter()
		if got := names(&l); got != want {
			t.Errorf("%q passes %s, want %s", filter, got, want)
		}
	}
	l.filter, l.onlyChanged = "", true
	l.refilter()
	if got := names(&l); got != "data b.log" || l.changes() != 2 { // what is of the very second of the start was there before
		t.Errorf("changed are %s (%d)", got, l.changes())
	}
}

func TestLinksOfFiles(t *testing.T) {
	l := someList()
	asked := l.unfollowed(0, 100)
	if strings.Join(asked, " ") != "/srv/broken /srv/link" {
		t.Errorf("%q", asked)
	}
	l.leads["/srv/link"] = files.Leads{OK: true, Mode: fs.ModeDir}
	if e := l.shown[l.at("link")]; !l.isFolder(e) || l.isFolder(l.shown[l.at("A")]) || !l.isFolder(l.shown[l.at("sub")]) {
		t.Error("what can be opened as a folder is not")
	}
	if asked = l.unfollowed(0, 100); len(asked) != 1 {
		t.Errorf("%q", asked)
	}
}
