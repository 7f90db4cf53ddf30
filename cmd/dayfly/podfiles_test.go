//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFiles copies and lists files of a container by itself, and by a debug container that is added for it and ended.
func TestFiles(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	const there = "/there"
	root, here := strings.TrimSpace(b.runs(nil, "run", "annotated", "--", "sh", "-c", "echo $TARGET_ROOT").stdout), t.TempDir()
	folder := filepath.Join(root, there)
	write(t, filepath.Join(folder, "a.txt"), "hello\n")
	write(t, filepath.Join(folder, "sub/b\x1b"), "")
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
	wants(b.runs(nil, "ls", "other/annotated:/"), 1, "", "no pod annotated in namespace other")
	wants(b.runs(nil, "ls", "other/annotated:/", "-n", "shop"), 2, "", "different namespaces")
	wants(b.runs(nil, "cp", "a", "b"), 2, "", "one of both is a file of a pod")
	wants(b.runs(nil, "ls", "annotated:/", "-c", "none"), 1, "", "has no container none")

	in := filepath.Join(here, "in.sh")
	write(t, in, "mine\n")
	if err := os.Chmod(in, 0o750); err != nil {
		t.Fatal(err)
	}
	wants(b.runs(nil, "cp", in, "annotated:"+there), 0, "", "(SHA-256 equal), 5 B")
	wants(b.runs(nil, "cp", in, "annotated:"+there+"/plain", "--no-preserve"), 0, "")
	wants(b.runs(strings.NewReader("stdin\n"), "cp", "-", "annotated:"+there+"/a.txt"), 0, "")
	wants(b.runs(nil, "cp", filepath.Join(here, "tree"), "annotated:"+there), 0, "")
	wants(b.runs(nil, "cp", filepath.Join(here, "tree"), "annotated:"+there+"/new"), 0, "")
	for name, want := range map[string]string{"in.sh": "mine\n", "plain": "mine\n", "a.txt": "stdin\n", "tree/a.txt": "hello\n", "new/a.txt": "hello\n"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); string(text) != want {
			t.Errorf("%s has %q (%v)", name, text, err)
		}
	}
	for name, want := range map[string]os.FileMode{"in.sh": 0o750, "plain": 0o644} {
		if at, err := os.Stat(filepath.Join(folder, name)); err != nil || at.Mode() != want {
			t.Errorf("%s has the mode %v (%v)", name, at, err)
		}
	}
	for action, want := range map[string]int{"downloaded": 3, "uploaded": 5} {
		if n := strings.Count(b.journal(), `"`+action+`"`); n != want {
			t.Errorf("%s stands %d times in the journal, want %d: %s", action, n, want, b.journal())
		}
	}
	if err := exec.Command("mkfifo", filepath.Join(folder, "fifo")).Run(); err != nil {
		t.Fatal(err)
	}
	wants(b.runs(nil, "cp", in, "annotated:"+there+"/none/x"), 1, "", "there is no such file")
	wants(b.runs(nil, "cp", in, "annotated:"+there+"/none/"), 1, "", "there is no such folder")
	wants(b.runs(nil, "cp", in, "annotated:"+there+"/fifo"), 1, "", "not a regular file")
	wants(b.runs(nil, "cp", in, "annotated:"+there+"/x", "--chown", "x"), 1, "", "write ")

	got := b.runs(nil, "cp", "--preset", "busybox", "annotated:/etc/web.conf", "-")
	wants(got, 0, "greeting=hello from web\n", "dayfly: kubectl debug ")
	if journal := b.journal(); !strings.Contains(journal, `"ended"`) {
		t.Errorf("the debug container was not ended: %s", journal)
	}
	got = b.runs(nil, "ls", "annotated:/etc", "-l", "--preset", "busybox")
	if got.code != 0 || !strings.Contains(got.stdout, "web.conf\n") || !strings.HasPrefix(got.stdout, "-rw") {
		t.Errorf("exit code %d; printed %q; says %q", got.code, got.stdout, got.stderr)
	}
	left, err := filepath.Glob(filepath.Join(folder, ".dayfly-*"))
	more, _ := filepath.Glob(filepath.Join(here, ".dayfly-*"))
	left = append(left, more...)
	if len(left) > 0 {
		t.Errorf("%v were left (%v)", left, err)
	}
}

// TestFilesUnderRules: what the rules of a context ask is asked before anything is run in a container that is there, too, and it is in the journal.
func TestFilesUnderRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules, args, says string
		code              int
	}{
		"protected": {"protected: true", "", "add --confirm annotated to proceed", 1},

		"confirmed":        {"protected: true", "--confirm annotated", "", 0},
		"without a reason": {"askReason: true", "", "requires a reason", 1},
		"with a reason":    {"askReason: true", "--reason INC-7", "", 0},
		"read-only":        {"readOnly: true", "", "read-only", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\nguard: {"+test.rules+"}\n")
			const there = "/app/locale"
			got := b.runs(nil, append([]string{"ls", "annotated:" + there}, strings.Fields(test.args)...)...)
			if got.code != test.code || !strings.Contains(got.stderr, test.says) || (got.stdout == "de.txt\nen.txt\n") != (test.code == 0) {
				t.Errorf("exit code %d, printed %q, says %s", got.code, got.stdout, got.stderr)
			}
			action := map[int]string{0: `"attached"`, 1: `"refused"`}[test.code]
			if book := b.journal(); !strings.Contains(book, action) || strings.Contains(book, there) {
				t.Errorf("the journal has %s", book)
			}
		})
	}
}
