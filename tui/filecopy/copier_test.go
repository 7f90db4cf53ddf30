package filecopy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/fileaccess"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// desk is a copier on a host.
func desk(t *testing.T, g kube.Guard) (*kittest.Host, *Copier) {
	t.Helper()
	h := kittest.NewHost(t)
	c := New(t.Context(), h.Kit, Options{
		Cluster: kittest.Guarded(t, h.Cluster, g), Pod: "web-1", Folder: t.TempDir(), State: t.TempDir(), Home: "/home/ann", Title: func() string { return "files" },
		There: func(_, name string) (files.Entry, bool) { return files.Entry{Name: name}, name == "A" },
	})
	at := kube.Target{Namespace: "shop", Pod: "web-1", Container: "app"}
	c.Use(At{files.Place{Target: at, Runs: at}, fileaccess.Access{Cluster: h.Cluster, Target: at, Runner: runner.New(t.Context(), runner.Options{})}})
	return h, c
}

// takes has the copier take what one of its commands has found out.
func takes(t *testing.T, h *kittest.Host, c *Copier, cmd tea.Cmd) {
	t.Helper()
	c.Update(cmd())
	h.Serve()
}

// Where the rules forbid that files are written, nothing is asked and it is said why.
func TestNothingIsWrittenAgainstTheRules(t *testing.T) {
	for want, g := range map[string]kube.Guard{
		"context here is protected: its files are not written from here": {Protected: true},
		"read-only: nothing is changed":                                  {ReadOnly: true},
	} {
		for name, do := range map[string]func(c *Copier){"upload": func(c *Copier) { c.Upload("/srv") }, "edit": func(c *Copier) { c.Edit("/srv/A") }} {
			h, c := desk(t, g)
			do(c)
			h.Serve()
			if !strings.HasPrefix(h.Flashed, want) || len(h.Stack) != 1 || c.transfer != nil {
				t.Errorf("%s says %q, and there are %d screens", name, h.Flashed, len(h.Stack))
			}
		}
	}
}

// One copy is on its way at a time, and what a person has ended is no failure.
func TestCancel(t *testing.T) {
	h, c := desk(t, kube.Guard{})
	c.carry("downloading A", func(context.Context, *transfer) outcome { return outcome{} })
	work := c.transfer
	for _, do := range []func() tea.Cmd{func() tea.Cmd { return c.Download([]string{"/srv/b"}) }, func() tea.Cmd { return c.Upload("/srv") }, func() tea.Cmd { return c.Edit("/srv/b") }} {
		h.Flashed = ""
		do()
		if h.Serve(); h.Flashed != "one at a time: still downloading A, esc cancels it" || len(h.Stack) != 1 {
			t.Errorf("it says %q", h.Flashed)
		}
	}
	if !c.Cancel() || !work.over.Load() {
		t.Fatal("it goes on")
	}
	c.Update(step{c, func() tea.Cmd { return c.ended(work, outcome{err: context.Canceled}) }})
	report, failed := c.Report()
	if failed != nil || len(report) != 1 || report[0].Text != "cancelled downloading A; no part of a file was left" || c.Busy() != "" || c.Cancel() {
		t.Errorf("%+v, %v", report, failed)
	}
	if !c.Clear() || c.Clear() {
		t.Error("what was told stays")
	}
}

// What could not be taken away after a copy that was ended is named.
func TestCancelThatLeavesAPart(t *testing.T) {
	_, c := desk(t, kube.Guard{})
	c.carry("uploading A", func(context.Context, *transfer) outcome { return outcome{} })
	work := c.transfer
	c.Cancel()
	c.ended(work, outcome{err: &files.LeftError{Name: ".dayfly-X"}})
	if report, failed := c.Report(); failed != nil || len(report) != 1 || report[0].Text != "cancelled uploading A; what had arrived may still be there, as .dayfly-X" {
		t.Errorf("%+v, %v", report, failed)
	}
}

// A copy is at rest when what it has left is taken away, and not when it is told to end.
func TestRest(t *testing.T) {
	_, c := desk(t, kube.Guard{})
	<-c.Rest()
	goOn := make(chan struct{})
	batch, ok := c.carry("uploading A", func(ctx context.Context, _ *transfer) outcome {
		<-ctx.Done()
		<-goOn
		return outcome{err: ctx.Err()}
	})().(tea.BatchMsg)
	if !ok {
		t.Fatal("it does one thing only")
	}
	rest, ended := c.Rest(), make(chan tea.Msg)
	go func() { ended <- batch[1]() }()
	c.Cancel()
	select {
	case <-rest:
		t.Error("it is at rest")
	default:
	}
	close(goOn)
	<-rest
	c.Update(<-ended)
	<-c.Rest()
}

// Two files whose copies would be the same one are not copied.
func TestCopiesOfTheSameName(t *testing.T) {
	_, c := desk(t, kube.Guard{})
	for _, paths := range [][]string{{"/srv/a:b", "/srv/a_b"}, {"/srv/README", "/srv/x", "/srv/Readme"}} {
		d := destination{paths: paths, to: c.with.Folder}
		if found := d.look(&c.with); found.err == nil || !strings.Contains(found.err.Error(), "would get the same name here") {
			t.Errorf("%q: %v", paths, found.err)
		}
	}
}

// A copy does not replace what is there without a question, and nothing where there is no folder.
func TestDownloadAsksBeforeItReplaces(t *testing.T) {
	h, c := desk(t, kube.Guard{})
	taken := filepath.Join(c.with.Folder, "A")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	looks := func(to string, into bool, paths ...string) {
		t.Helper()
		c.trouble, c.transfer = nil, nil
		h.Stack = h.Stack[:1]
		takes(t, h, c, c.lookAt(destination{paths: paths, to: to, into: into}))
	}
	asks := func(words string) {
		t.Helper()
		if text := strings.Join(strings.Fields(h.Text()), " "); len(h.Stack) != 2 || !strings.Contains(text, words) || c.transfer != nil {
			t.Errorf("it shows\n%s", h.Text())
		}
	}
	looks(taken, false, "/srv/A")
	asks("is there already. Replace it?")
	looks(c.with.Folder, false, "/srv/A") // where one is, the copy comes into the folder
	asks("/A is there already. Replace it?")
	looks(filepath.Dir(c.with.Folder), true, "/srv/"+filepath.Base(c.with.Folder))
	if c.trouble == nil || !strings.Contains(c.trouble.Message, "it is not replaced") {
		t.Errorf("%v", c.trouble)
	}
	looks(c.with.Folder, false, "/srv/A", "/srv/b.log")
	asks("there are already A. Replace them?")
	for to, want := range map[string]string{filepath.Join(c.with.Folder, "none", "A"): "is no folder of this machine", filepath.Dir(c.with.Folder): "it is not replaced"} {
		looks(to, false, "/srv/A")
		if len(h.Stack) != 1 || c.transfer != nil || c.trouble == nil || !strings.Contains(c.trouble.Message, want) {
			t.Errorf("%s: %v", to, c.trouble)
		}
	}
	looks(filepath.Join(c.with.Folder, "B"), false, "/srv/A")
	if len(h.Stack) != 1 || c.transfer == nil || c.transfer.does != "downloading A" {
		t.Errorf("it is not copied: %v", c.trouble)
	}
}

// What would be written is said before anything is sent.
func TestUploadIsShownFirst(t *testing.T) {
	h, c := desk(t, kube.Guard{})
	for name, want := range map[string]string{"A": "It replaces the file A that is there.", "new": "There is no new in the folder."} {
		file := filepath.Join(c.with.Folder, name)
		if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.transfer, h.Stack = nil, h.Stack[:1]
		takes(t, h, c, c.lookUp(source{from: file, into: "/srv"}))
		if text := strings.Join(strings.Fields(h.Text()), " "); !strings.Contains(text, want) || !strings.Contains(text, "(5 B) to web-1/app:/srv/"+name+"?") || c.transfer != nil {
			t.Errorf("it shows\n%s", h.Text())
		}
		kittest.CheckEverySize(t, h.Top())
	}
	takes(t, h, c, c.lookUp(source{from: filepath.Join(c.with.Folder, "none"), into: "/srv"}))
	if c.trouble == nil {
		t.Error("there is no such file")
	}
}

// The editor's file is readable by its owner only, and gone when the edit has been read; what is not written is kept.
func TestEditedFileDoesNotStay(t *testing.T) {
	h, c := desk(t, kube.Guard{})
	file, err := toTemporary("/srv/../A b", []byte("one\n"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 || filepath.Base(file) != "A b" {
		t.Errorf("%s: %v, %v", file, info.Mode(), err)
	}
	c.openEditor(edit{path: "/srv/A b", was: []byte("one\n")}, file, nil)
	h.Serve()
	asked, ok := h.Asked[len(h.Asked)-1].(kit.EditFile)
	if !ok || asked.File != file {
		t.Fatalf("it asks for %+v", h.Asked)
	}
	if err := os.WriteFile(file, []byte("two\x1b[2J\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	reads := c.Update(asked.Done(nil))
	takes(t, h, c, reads)
	if _, err := os.Stat(filepath.Dir(file)); !os.IsNotExist(err) {
		t.Errorf("its folder is there still: %v", err)
	}
	if text := h.Text(); !strings.Contains(text, "-one") || !strings.Contains(text, "+two␛[2J") || !strings.Contains(text, "Write this to web-1/app:/srv/A b?") {
		t.Errorf("it shows\n%s", text)
	}
	kittest.CheckEverySize(t, h.Top())
	h.Do(t, kittest.Press("esc"))
	kept := c.edits["/srv/A b"]
	if string(kept.mine) != "two\x1b[2J\n" || c.transfer != nil || len(h.Stack) != 1 {
		t.Errorf("%+v", c.edits)
	}
	if text, err := os.ReadFile(kept.kept); err != nil || string(text) != "two\x1b[2J\n" || !strings.Contains(c.with.version(kept), "your version is in "+kept.kept) {
		t.Errorf("%q, %v; it says %q", text, err, c.with.version(kept))
	}
	if info, err := os.Stat(kept.kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := c.with.unwritten(kept, &kube.Problem{Message: "the pod is gone", Hint: "look elsewhere"}); err.Error() != "the pod is gone" || kube.Explain(err).Hint != "look elsewhere; your version is in "+kept.kept+", and edit it again to go on with it" {
		t.Errorf("%v, %q", err, kube.Explain(err).Hint)
	}
	again := edit{path: kept.path, was: []byte("x"), mine: []byte("x"), kept: kept.kept}
	if c.with.keep(&again, kittest.Noon()); again.kept != "" {
		t.Errorf("%+v", again)
	}
	if _, err := os.Stat(kept.kept); !os.IsNotExist(err) {
		t.Errorf("what is as it was is kept still: %v", err)
	}
	c.showDiff(edit{path: "/srv/A b", was: []byte("x"), mine: []byte("x")}, nil)
	if h.Serve(); h.Flashed != "A b was not changed" || len(c.edits) != 0 {
		t.Errorf("it says %q", h.Flashed)
	}
}

func TestProgressWords(t *testing.T) {
	tr := &transfer{does: "downloading big", began: kittest.Noon()}
	now := kittest.Noon().Add(10 * time.Second)
	tr.done.Store(50e6)
	if got := tr.words(now); got != "downloading big  50.0 MB · 5.0 MB/s" {
		t.Errorf("%q", got)
	}
	tr.total.Store(200e6)
	if got := tr.words(now); got != "downloading big  50.0 MB of 200.0 MB · 25% · 5.0 MB/s · 30 s left" {
		t.Errorf("%q", got)
	}
	why := "the link is lost"
	tr.retry.Store(&why)
	if got := tr.words(now); !strings.HasSuffix(got, "tried again: the link is lost") {
		t.Errorf("%q", got)
	}
	tr.done.Store(200e6)
	if got := tr.words(now); got != "downloading big  200.0 MB, comparing" {
		t.Errorf("%q", got)
	}
}

func TestLocalName(t *testing.T) {
	for name, want := range map[string]string{
		"/var/log/app.log": "app.log", "/": "_", "/a/..": "_", "/a/b\\c": "b_c", "/x\ny": "x_y", "/\x1b[2J": "_[2J", "C:": "C_", "/été": "été",
	} {
		if got := localName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestPathsOfThisMachine(t *testing.T) {
	o := &Options{Folder: "/work", Home: "/home/ann"}
	for text, want := range map[string]string{"~": "/home/ann", "~/a": "/home/ann/a", "~b": "/work/~b", "a/../b": "/work/b", "/x/": "/x"} {
		if got := o.home(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for file, want := range map[string]string{"/home/ann/a": "~/a", "/home/anna": "/home/anna", "/x\x1b": "/x␛"} {
		if got := o.short(file); got != want {
			t.Errorf("%q is shown as %q, want %q", file, got, want)
		}
	}
}

func TestKeysHaveNames(t *testing.T) { kittest.CheckPresses(t, newKeyMap()) }
