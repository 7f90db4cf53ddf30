package sessions

import "testing"

// A shell of its own ends with dayfly although its container stays: nobody is told that it is left running.
func TestLeavingSaysThatShellsEnd(t *testing.T) {
	for _, c := range []struct {
		all, leaving, shells int
		want                 string
	}{
		{1, 0, 0, "leave it running; it can be attached to again"},
		{2, 0, 0, "leave them running; they can be attached to again"},
		{1, 0, 1, "leave; the shell ends, its container stays"},
		{2, 0, 2, "leave; the shells end, their containers stay"},
		{1, 1, 0, "leave; it ends with dayfly"},
		{2, 2, 0, "leave; they end with dayfly"},
		{2, 0, 1, "leave; what is marked ends, the rest stays"},
		{2, 1, 1, "leave; what is marked ends, the rest stays"},
	} {
		if got := fateOf(c.all, c.leaving, c.shells); got != c.want {
			t.Errorf("%d, %d, %d: %q", c.all, c.leaving, c.shells, got)
		}
	}
}
