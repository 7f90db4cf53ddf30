package recording_test

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// A name from a cluster stays one part of one name of a file.
func TestFilePart(t *testing.T) {
	for name, want := range map[string]string{
		"web-7d":                       "web-7d",
		"../../../x":                   ".._.._.._x",
		"":                             "_",
		`C:\x`:                         "C__x",
		"a\x00b\n":                     "a_b_",
		strings.Repeat("a", 300) + "z": strings.Repeat("a", 62) + "z",
		"naïve":                        "na_ve",
	} {
		if got := recording.FilePart(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
