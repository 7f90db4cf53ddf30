package structure

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a package may have at most, without its tests. What is larger has more than one noun in it.
const mostFiles, mostLines = 40, 5500

// TestSizes holds every package to the most that it may have.
func TestSizes(t *testing.T) {
	for _, p := range list(t).packages {
		holdMost(t, p.name, "files", len(p.files), mostFiles)
		holdMost(t, p.name, "lines", p.lines, mostLines)
	}
	for _, folder := range []string{"testdata/cluster", "testdata/cluster/images"} { // a module of its own, which is not in the table
		files, lines := count(t, filepath.Join(root, folder))
		holdMost(t, folder, "files", files, mostFiles)
		holdMost(t, folder, "lines", lines, mostLines)
	}
}

// count is how much there is in a folder without its tests.
func count(t *testing.T, folder string) (files, lines int) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(all) == 0 {
		t.Fatalf("%s has no files: %v", folder, err)
	}
	for _, file := range all {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files, lines = files+1, lines+bytes.Count(text, []byte{'\n'})
	}
	return files, lines
}

// holdMost holds a figure of a package to the most that it may be.
func holdMost(t *testing.T, name, what string, has, most int) {
	t.Helper()
	t.Logf("%s: %d %s, at most %d", name, has, what, most)
	if has > most {
		t.Errorf("%s has %d %s, and may have %d: give a noun of it a package of its own", name, has, what, most)
	}
}
