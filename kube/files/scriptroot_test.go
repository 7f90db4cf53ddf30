package files

import (
	"strings"
	"testing"
)

// Practice clusters know the scripts by how they begin, and give them a root of their own.
func TestScriptsBeginWithTheirRoot(t *testing.T) {
	for _, script := range []string{describe, list, read, sum, pack, packRest, place, receive, left, settle, discardPart, placeTree, unpack, unpacked, merge, discardTree, follow(), usage, portion, whoami} {
		if !strings.HasPrefix(script, "R=$1;") {
			t.Errorf("%.60s…", script)
		}
	}
}
