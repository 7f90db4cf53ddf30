package files

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/filecopy"
	"github.com/dayfly-k8s/dayfly/tui/fileopen"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// opened is a screen that shows a folder.
func opened(t *testing.T) (*kittest.Host, *Screen) {
	t.Helper()
	h := kittest.NewHost(t)
	s := New(t.Context(), h.Kit, Options{Folder: t.TempDir(), Home: "/home/ann", Options: fileopen.Options{
		Cluster: h.Cluster, Pod: kube.PodKey{Namespace: "shop", Name: "web-1"}, Container: "app", Runner: runner.New(t.Context(), runner.Options{}),
		Presets: func() []presets.Preset { return nil }, NewName: func() string { return "debugger-1" },
	}})
	h.Stack = append(h.Stack, s)
	target := kube.Target{Namespace: "shop", Pod: "web-1", Container: "app"}
	found := fileopen.Found{
		Place: files.Place{Target: target, Runs: target}, Who: files.Identity{UID: 1000, Known: true}, Started: started(),
		Mounts: map[string]string{"/srv/data": "claim data", "/srv": "node /srv"},
	}
	s.way.Lead(found)
	s.opens(nil)
	brings(t, h, s, files.Listing{Path: "/srv", Entries: someEntries()})
	return h, s
}

// brings has a folder come.
func brings(t *testing.T, h *kittest.Host, s *Screen, read files.Listing) {
	t.Helper()
	s.visit = &visit{path: read.Path, stop: func() {}}
	h.Do(t, listedMsg{of: s.visit, read: read})
}

// Every state is drawn at every size, with names that are hostile.
func TestEverySize(t *testing.T) {
	problem := &kube.Problem{Message: strings.Repeat("it is so. ", 30), Hint: "do this", RequiredRBAC: kube.DebugRole}
	for name, change := range map[string]func(s *Screen){
		"open": func(*Screen) {},
		"busy": func(s *Screen) {
			s.measuring, s.visit = &measuring{stop: func() {}}, &visit{path: "/" + strings.Repeat("x", 200), stop: func() {}}
		},
		"told": func(s *Screen) { s.trouble, s.list.more, s.list.note = problem, true, "permission denied" },
		"filtered": func(s *Screen) {
			s.list.filter, s.list.onlyChanged = "zzz", true
			s.list.refilter()
		},
		"nothing": func(s *Screen) { s.list.replace(files.Listing{Path: "/" + strings.Repeat("long/", 60)}, nil) },
		"unread":  func(s *Screen) { s.listed = false },
		"failed":  func(s *Screen) { s.listed, s.trouble = false, problem },
	} {
		t.Run(name, func(t *testing.T) {
			_, s := opened(t)
			change(s)
			kittest.CheckEverySize(t, s)
		})
	}
}

func TestKeysHaveNames(t *testing.T) { kittest.CheckPresses(t, newKeyMap(kit.NewKeyMap())) }

// esc takes back one thing after the other, and leaves at last.
func TestEscape(t *testing.T) {
	h, s := opened(t)
	h.Do(t, kittest.Press("space"), kittest.Press("~"))
	s.trouble = &kube.Problem{Message: "it is so"}
	for i, is := range []func() bool{func() bool { return s.marks.Len() > 0 }, func() bool { return s.list.onlyChanged }, func() bool { return s.trouble != nil }, func() bool { return len(h.Stack) == 2 }} {
		if !is() {
			t.Errorf("%d was taken back too early", i)
		}
		h.Do(t, kittest.Press("esc"))
		if is() {
			t.Errorf("%d was not taken back", i)
		}
	}
}

// The cursor stays on its file when a folder is read again, and goes back to where it was in a folder that was left.
func TestCursorOfFiles(t *testing.T) {
	h, s := opened(t)
	h.Do(t, kittest.Press("j"), kittest.Press("j"), kittest.Press("j"))
	if s.under().Name != "b.log" {
		t.Fatalf("it is on %s", s.under().Name)
	}
	brings(t, h, s, files.Listing{Path: "/srv", Entries: append(someEntries(), files.Entry{Name: "0"})})
	if s.under().Name != "b.log" {
		t.Errorf("it is on %s", s.under().Name)
	}
	h.Do(t, kittest.Press("g"), kittest.Press("j"), kittest.Press("enter"))
	if s.visit == nil || s.visit.path != "/srv/sub" {
		t.Fatalf("it goes to %+v", s.visit)
	}
	h.Do(t, listedMsg{of: s.visit, read: files.Listing{Path: "/srv/sub"}})
	h.Do(t, kittest.Press("left"))
	if s.visit == nil || s.visit.path != "/srv" || s.visit.name != "sub" {
		t.Fatalf("it goes to %+v", s.visit)
	}
	late := s.visit
	h.Do(t, listedMsg{of: s.visit, name: "sub", read: files.Listing{Path: "/srv", Entries: someEntries()}})
	if s.under().Name != "sub" || s.list.path != "/srv" {
		t.Errorf("it is on %s in %s", s.under().Name, s.list.path)
	}
	h.Do(t, listedMsg{of: late, read: files.Listing{Path: "/late"}})
	if s.list.path != "/srv" {
		t.Error("what comes late is shown")
	}
}

// What cannot be read leaves what is shown, and says what works.
func TestFolderThatMayNotBeRead(t *testing.T) {
	h, s := opened(t)
	h.Do(t, kittest.Press("G"))
	brings(t, h, s, files.Listing{Path: "/root", Note: "find: /root/: Permission denied"})
	text := h.Text()
	if s.list.path != "/srv" || !strings.Contains(text, "nothing can be read in /root: find: /root/: Permission denied") || !strings.Contains(text, "press b to reach the") {
		t.Errorf("it shows\n%s", text)
	}
}

// What was copied is seen: the folder is read again, and nothing is marked any more.
func TestCopied(t *testing.T) {
	h, s := opened(t)
	h.Do(t, kittest.Press("space"))
	s.copied(filecopy.Over{Of: s.copier, Shows: "new", OK: true})
	if s.marks.Len() != 0 || s.visit == nil || s.visit.name != "new" || s.visit.path != "/srv" {
		t.Errorf("%d marked, and %+v is read", s.marks.Len(), s.visit)
	}
}
