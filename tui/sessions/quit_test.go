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
		{1, 0, 1, "quit; the shell ends, its container stays"},
		{2, 0, 2, "quit; the shells end, their containers stay"},
		{1, 1, 0, "quit; it ends with dayfly"},
		{2, 2, 0, "quit; they end with dayfly"},
		{2, 0, 1, "quit; what is marked ends, the rest stays"},
		{2, 1, 1, "quit; what is marked ends, the rest stays"},
	} {
		if got := fateOf(c.all, c.leaving, c.shells); got != c.want {
			t.Errorf("%d, %d, %d: %q", c.all, c.leaving, c.shells, got)
		}
	}
}

// The last session may go while the question is on the screen: then there is nothing to say of none of them.
func TestQuestionWithNothingLeft(t *testing.T) {
	if got := remainWords(nil); got != "Nothing is left to end or to delete." {
		t.Errorf("%q", got)
	}
}
