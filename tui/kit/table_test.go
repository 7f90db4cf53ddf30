package kit

import (
	"slices"
	"testing"
)

// Of a name that is too long the end stays, by which pods of a deployment are told apart, and the marks stay on their letters.
func TestShorten(t *testing.T) {
	const name = "payments-56bf6cc99b-z4twn"
	for _, tt := range []struct {
		width int
		marks []int
		want  string
		moved []int
	}{
		{25, []int{0, 24}, name, []int{0, 24}},
		{24, []int{0, 10, 12, 24}, name[:11] + "…" + name[13:], []int{0, 10, 25}},
		{20, []int{0, 24}, name[:7] + "…" + name[13:], []int{0, 21}},
		{19, []int{0}, name, []int{0}}, // there is no room for two ends
	} {
		got, moved := shorten(name, tt.marks, tt.width)
		if got != tt.want || !slices.Equal(moved, tt.moved) {
			t.Errorf("in %d cells it is %q with marks %v, want %q, %v", tt.width, got, moved, tt.want, tt.moved)
		}
		for _, at := range moved {
			if got != name && at >= len(got) {
				t.Errorf("a mark at %d of %q", at, got)
			}
		}
	}
}
