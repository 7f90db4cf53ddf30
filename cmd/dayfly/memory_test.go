package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/tui"
)

// What is remembered is there at the next start, for nobody else to read; what is broken or cannot be read is nothing.
func TestMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "dayfly", "view.json")
	if got := recall(file); !cmp.Equal(got, tui.Memory{}) {
		t.Errorf("without a file there is %+v", got)
	}
	want := tui.Memory{Theme: "dusk", Contexts: map[string]tui.View{"prod": {Order: "age", OnlySick: true, Filter: "-l app=web"}}}
	for range 2 { // the second time in place of the first
		if err := remember(file, want); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, recall(file)); diff != "" {
		t.Errorf("remembered is (- want, + got):\n%s", diff)
	}
	for path, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700 | os.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder has %v, %v", left, err)
	}
	if err := os.WriteFile(file, []byte(`{"contexts": [`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := recall(file); !cmp.Equal(got, tui.Memory{}) {
		t.Errorf("of a broken file there is %+v", got)
	}
}
