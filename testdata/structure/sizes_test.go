package structure

import "testing"

// What a package may have at most, without its tests. What is larger has more than one noun in it.
const mostFiles, mostLines = 40, 5500

// TestSizes holds every package to the most that it may have.
func TestSizes(t *testing.T) {
	for _, p := range list(t).packages {
		holdMost(t, p.name, "files", len(p.files), mostFiles)
		holdMost(t, p.name, "lines", p.lines, mostLines)
	}
}

// holdMost holds a figure of a package to the most that it may be.
func holdMost(t *testing.T, name, what string, has, most int) {
	t.Helper()
	t.Logf("%s: %d %s, at most %d", name, has, what, most)
	if has > most {
		t.Errorf("%s has %d %s, and may have %d: give a noun of it a package of its own", name, has, what, most)
	}
}
