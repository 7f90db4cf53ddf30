//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFiles copies and lists files of a container by itself, and by a debug container that is added for it and ended.
func TestFiles(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	there, here := filepath.Join(t.TempDir(), "there"), t.TempDir()
	write(t, filepath.Join(there, "a.txt"), "hello\n")
	write(t, filepath.Join(there, "sub/b\x1b"), "")
	wants := func(got done, code int, out string, says ...string) {
		t.Helper()
		if got.code != code || got.stdout != out {
			t.Errorf("exit code %d, want %d; printed %q, want %q; says %q", got.code, code, got.stdout, out, got.stderr)
		}
		for _, words := range says {
			if !strings.Contains(got.stderr, words) {
				t.Errorf("it says %q, not %q", got.stderr, words)
			}
		}
	}
	wants(b.runs(nil, "ls", "annotated:"+there), 0, "a.txt\nsub/\n")
	wants(b.runs(nil, "ls", "annotated:"+there+"/sub"), 0, `"b\x1b"`+"\n")
	wants(b.runs(nil, "cp", "shop/annotated:"+there+"/a.txt", "-"), 0, "hello\n")
	wants(b.runs(nil, "cp", "annotated:"+there+"/a.txt", here), 0, "", "(SHA-256 equal), 6 B")
	wants(b.runs(nil, "cp", "annotated:"+there, here+"/tree"), 1, "", `skipped "sub/`, "1 files of")
	for _, name := range []string{"a.txt", "tree/a.txt"} {
		if text, err := os.ReadFile(filepath.Join(here, name)); string(text) != "hello\n" {
			t.Errorf("%s has %q (%v)", name, text, err)
		}
	}
	wants(b.runs(nil, "cp", "annotated:/none", here), 1, "", `read "/none" in annotated/app: there is no such file`)
	wants(b.runs(nil, "cp", "a", "b"), 2, "", "one of both is a file of a pod")
	wants(b.runs(nil, "ls", "annotated:/", "-c", "none"), 1, "", "has no container none")

	got := b.runs(nil, "cp", "--preset", "busybox", "annotated:/etc/web.conf", "-")
	wants(got, 0, "greeting=hello from web\n", "dayfly: kubectl debug ")
	if journal := b.journal(); !strings.Contains(journal, `"ended"`) {
		t.Errorf("the debug container was not ended: %s", journal)
	}
	got = b.runs(nil, "ls", "annotated:/etc", "-l", "--preset", "busybox")
	if got.code != 0 || !strings.Contains(got.stdout, "web.conf\n") || !strings.HasPrefix(got.stdout, "-rw") {
		t.Errorf("exit code %d; printed %q; says %q", got.code, got.stdout, got.stderr)
	}
	left, err := filepath.Glob(filepath.Join(here, ".dayfly-*"))
	if len(left) > 0 {
		t.Errorf("%v were left (%v)", left, err)
	}
}
