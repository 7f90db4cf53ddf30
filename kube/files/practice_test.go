package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// practised is a container of a practice cluster whose files another reaches, and the folder that is their root.
func practised(t *testing.T) (c *kube.Cluster, p files.Place, folder string) {
	t.Helper()
	c = kubetest.PractiseLive(t, "practice")
	at := kube.Target{Namespace: "shop", Pod: "annotated"}
	var out strings.Builder
	if _, err := stream.Exec(t.Context(), c, at.Of("proxy"), []string{"sh", "-c", "echo $TARGET_ROOT"}, stream.Streams{Out: &out}); err != nil {
		t.Fatal(err)
	}
	folder = strings.TrimSpace(out.String())
	return c, files.Place{Target: at.Of("app"), Runs: at.Of("proxy")}, folder
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	c, p, _ := practised(t)
	pod, err := c.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := files.Find(t.Context(), c, pod, p.Target); err != nil || !ok || !found.Inside() {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	if err := files.Check(t.Context(), c, p); err != nil {
		t.Error(err)
	}
}

func TestList(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "etc/passwd"), "root:x:0:0::/:/bin/sh\nmine:x:"+uid()+":0::/:\n")
	put(t, filepath.Join(folder, "data/a b"), "12345")
	put(t, filepath.Join(folder, "data/line\nbreak"), "")
	put(t, filepath.Join(folder, "data/sub/deep"), "")
	for link, to := range map[string]string{"data/l": "a b", "abs": "/data", "data/sub/top": "/", "up": "../../../data", "round": "round"} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"/data", "data/", "/abs", "/up/.", "/data/sub/../../abs", "/data/sub/top/data"} {
		got, err := files.List(t.Context(), c, p, name)
		if err != nil || got.Path != "/data" || len(got.Entries) != 4 || got.More || got.Note != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		a, l, broken, sub := got.Entries[0], got.Entries[1], got.Entries[2], got.Entries[3]
		if a.Name != "a b" || a.Size != 5 || a.Mode != 0o640 || a.Owner == "" || a.Modified.IsZero() {
			t.Errorf("%+v", a)
		}
		if l.Name != "l" || l.Link != "a b" || l.Mode.Type() != os.ModeSymlink || broken.Name != "line\nbreak" || sub.Name != "sub" || !sub.Mode.IsDir() {
			t.Errorf("%+v\n%+v\n%+v", l, broken, sub)
		}
	}
	if one, err := files.List(t.Context(), c, p, "/abs/a b"); err != nil || len(one.Entries) != 1 || one.Entries[0].Name != "a b" {
		t.Errorf("%+v, %v", one, err)
	}
	for name, want := range map[string]string{"/none": "there is no such file", "/round": "too many symbolic links", "/none/a": "there is no such file"} {
		_, err := files.List(t.Context(), c, p, name)
		kubetest.WantProblem(t, err, `list "`+name+`" in annotated/app: `+want)
	}
}

func uid() string { return strconv.Itoa(os.Getuid()) }

// cutting is a writer after which the link is lost once.
type cutting struct {
	bytes.Buffer
	after int
	cut   func()
}

func (w *cutting) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if w.after > 0 && w.Len() >= w.after {
		w.after = 0
		w.cut()
	}
	return n, err
}

func TestDownload(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/text"), strings.Repeat("hello\n", 100_000))
	r := files.Request{Place: p, Path: "/data/text"}
	e, err := files.Describe(t.Context(), c, p, r.Path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	got, err := files.Download(t.Context(), c, r, e, &out)
	if err != nil || !got.Equal || got.Bytes != 600_000 || out.String() != strings.Repeat("hello\n", 100_000) {
		t.Errorf("%+v, %v", got, err)
	}
	e.Size-- // it has grown meanwhile
	out.Reset()
	if got, err = files.Download(t.Context(), c, r, e, &out); err != nil || !got.Equal || out.Len() != 599_999 {
		t.Errorf("%+v, %v", got, err)
	}
	e.Size += 2 // it has become shorter
	_, err = files.Download(t.Context(), c, r, e, io.Discard)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	e.Size--
	changed := &cutting{after: 1, cut: func() { rewrite(t, filepath.Join(folder, "data/text")) }}
	if _, err = files.Download(t.Context(), c, r, e, changed); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Error(err)
	}
	full := errors.New("full")
	if _, err = files.Download(t.Context(), c, r, e, failing{full}); !errors.Is(err, full) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err = files.Download(ctx, c, r, e, &cutting{after: 1, cut: cancel}); err == nil {
		t.Error("it has gone on after the end of its context")
	}
	if e, err = files.Describe(t.Context(), c, p, "/data"); err != nil || !e.Mode.IsDir() {
		t.Errorf("%+v, %v", e, err)
	}
}

// rewrite changes a file in its place.
func rewrite(t *testing.T, name string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString("HELLO")
	}
	if err != nil {
		t.Error(err)
	}
	_ = f.Close()
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestDownloadTree(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/a"), "1")
	put(t, filepath.Join(folder, "data/sub/-b"), "22")
	if err := os.Symlink("/etc/passwd", filepath.Join(folder, "data/out")); err != nil {
		t.Fatal(err)
	}
	root, outer := destination(t)
	got, err := files.DownloadTree(t.Context(), c, files.Request{Place: p, Path: "/data"}, root, files.DefaultLimits())
	if err != nil || got.Files != 2 || got.Skipped != 1 || got.Bytes != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if text, err := root.ReadFile("sub/-b"); err != nil || string(text) != "22" {
		t.Errorf("%q, %v", text, err)
	}
	wantInside(t, outer)
	if _, err := files.DownloadTree(t.Context(), c, files.Request{Place: p, Path: "/none"}, root, files.DefaultLimits()); err == nil {
		t.Error("there is no such folder")
	}
}
