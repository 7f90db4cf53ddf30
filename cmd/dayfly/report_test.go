//go:build unix

package main

import (
	"archive/zip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/journal"
)

func TestReport(t *testing.T) {
	t.Parallel()
	b := practised(t)
	j, err := journal.Open(filepath.Join(b.folder, "state", "dayfly"))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Write(journal.Entry{Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Action: journal.Attached, Context: "practice", Namespace: "shop", Pod: "crasher", Container: "app"}); err != nil {
		t.Fatal(err)
	}
	printed := b.runs(nil, "report", "crasher", "--out", "-")
	if printed.code != 0 || !strings.HasPrefix(printed.stdout, "# Pod shop/crasher\n") || !strings.Contains(printed.stdout, "- 2026-03-01T12:00:00Z `attached, container app`") {
		t.Errorf("got %+v", printed)
	}
	file := filepath.Join(b.folder, "crash.zip")
	if got := b.runs(nil, "report", "pod/crasher", "--out", file); got.code != 0 || got.stdout != file+"\n" || got.stderr != "" {
		t.Fatalf("got %+v", got)
	}
	if got := b.runs(nil, "report", "crasher", "--out", file); got.code != exitError || !strings.Contains(got.stderr, "is there already") {
		t.Errorf("again: %+v", got)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	for _, f := range archive.File {
		if !fs.ValidPath(f.Name) {
			t.Errorf("the zip has %q", f.Name)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(in); err != nil || len(data) == 0 {
			t.Errorf("%s: %v, %d bytes", f.Name, err, len(data))
		}
	}
	for _, wrong := range [][]string{{"report"}, {"report", "deploy/web"}, {"report", "node/x"}} {
		if got := b.runs(nil, wrong...); got.code != exitUsage {
			t.Errorf("%q: %+v", wrong, got)
		}
	}
	if got := b.runs(nil, "report", "nobody"); got.code != exitError || !strings.Contains(got.stderr, "nobody") {
		t.Errorf("a pod that is not there: %+v", got)
	}
}
