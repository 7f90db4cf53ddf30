//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bringing is a folder of presets with one that brings a file of the practice cluster home, as the binary of a test has it.
func bringing(t *testing.T, script string) *bench {
	t.Helper()
	b := practised(t)
	folder := filepath.Join(b.folder, "config", "dayfly", "presets")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	preset := "name: note\npurpose: a note\nimage: busybox:1.37\ntakes: \"[WORD]\"\nbrings:\n  command: [sh, -c, '" + script + "', note]\n  file: \"{root}/tmp/note-{id}\"\n  name: note.txt\n  pauses: true\n  size: memory\n"
	if err := os.WriteFile(filepath.Join(folder, "note.yaml"), []byte(preset), 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

// What a preset brings is at home, for its owner alone, and the debug container has ended; what it costs is told before.
func TestRunBrings(t *testing.T) {
	t.Parallel()
	b := bringing(t, `mkdir -p "$TARGET_ROOT/tmp"; echo "a note on ${1:-nothing}" > "$TARGET_ROOT$FILE"`)
	got := b.runs(nil, "run", "annotated", "--preset", "note", "--", "friday")
	file := strings.TrimSpace(got.stdout)
	if got.code != 0 || filepath.Dir(file) != filepath.Join(b.folder, "state", "dayfly", "dumps") || !strings.HasSuffix(file, "-note.txt") {
		t.Fatalf("got %+v", got)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "a note on friday\n" {
		t.Errorf("%q, %v", data, err)
	}
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	for _, want := range []string{"the process stands still while the dump is made; it has no liveness probe", "stays in pod annotated until the pod is deleted", "equal to that in the pod"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("without %q:\n%s", want, got.stderr)
		}
	}
	out := filepath.Join(b.folder, "mine.txt")
	asJSON := b.runs(nil, "run", "annotated", "--preset", "note", "--out", out, "-o", "json")
	var report struct{ ExitCode *int }
	if err := json.Unmarshal([]byte(asJSON.stderr), &report); err != nil || report.ExitCode == nil || *report.ExitCode != 0 || asJSON.stdout != out+"\n" {
		t.Errorf("%v: %+v", err, asJSON)
	}
	if again := b.runs(nil, "run", "annotated", "--preset", "note", "--out", out); again.code != exitError || !strings.Contains(again.stderr, "is there already") {
		t.Errorf("again: %+v", again)
	}
}

// What cannot be brought says why, and what does not go together is a mistake on the command line.
func TestRunBringsNothing(t *testing.T) {
	t.Parallel()
	b := bringing(t, "echo it said no >&2; exit 3")
	if got := b.runs(nil, "run", "annotated", "--preset", "note"); got.code != exitError || got.stdout != "" || !strings.Contains(got.stderr, "ended with code 3: it said no") {
		t.Errorf("got %+v", got)
	}
	for _, wrong := range [][]string{
		{"--preset", "note", "--copy"}, {"--preset", "note", "-i"}, {"--preset", "note", "--", "a", "b"}, {"--preset", "busybox", "--out", "x", "--", "true"},
	} {
		if got := b.runs(nil, append([]string{"run", "annotated"}, wrong...)...); got.code != exitUsage {
			t.Errorf("%q: %+v", wrong, got)
		}
	}
}
