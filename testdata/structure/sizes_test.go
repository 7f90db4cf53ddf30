package structure

import "testing"

// What a package may have at most, without its tests. What is larger has more than one noun in it.
const mostFiles, mostLines = 40, 5500

// exception is what a package may have while it is being divided; 0: no more than others.
type exception struct{ files, lines, ring int }

// exceptions are the packages that are too large, with what they have today. They may only become smaller: a figure that a package does not
// need any more fails the tests, so that it is deleted.
func exceptions() map[string]exception {
	return map[string]exception{
		"tui": {ring: 25},
	}
}

// TestSizes holds every package to the most that it may have.
func TestSizes(t *testing.T) {
	there := map[string]bool{}
	for _, p := range list(t).packages {
		there[p.name] = true
		e := exceptions()[p.name]
		holdMost(t, p.name, "files", len(p.files), mostFiles, e.files)
		holdMost(t, p.name, "lines", p.lines, mostLines, e.lines)
	}
	for name, e := range exceptions() {
		if !there[name] || e == (exception{}) {
			t.Errorf("delete the exception for %s: there is no such package, or nothing in it", name)
		}
	}
}

// holdMost holds a figure of a package to the most that it may be, or to its exception.
func holdMost(t *testing.T, name, what string, has, most, excepted int) {
	t.Helper()
	t.Logf("%s: %d %s, at most %d", name, has, what, max(most, excepted))
	switch {
	case excepted != 0 && has <= most:
		t.Errorf("%s has %d %s, and may have %d: delete its exception of %d", name, has, what, most, excepted)
	case has > max(most, excepted):
		t.Errorf("%s has %d %s, and may have %d: give a noun of it a package of its own", name, has, what, max(most, excepted))
	}
}
