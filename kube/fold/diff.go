package fold

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dayfly-k8s/dayfly/kube"
)

// mostCompared is how much of two outputs is compared line by line, in bytes: a person reads no longer diff.
const mostCompared = 64 << 10

// Difference is the first line in which a group differs from the largest one. A line that one of them does not have is empty.
type Difference struct {
	Line        int // from 1; 0: none differs, or one of the outputs is no text
	Here, There string
}

// Words are the difference on a line of a screen.
func (d Difference) Words() string {
	if d.Line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: %s", d.Line, d.Here)
}

// FirstDifference is the first line in which a group differs from the largest one, masked as it is compared, and cleaned.
func (f Folded) FirstDifference(i int) Difference {
	if i == 0 || f.Groups[i].Binary() || f.Groups[0].Binary() {
		return Difference{}
	}
	here, there := f.masked(i), f.largest
	for line := 1; here != there; line++ {
		var a, b string
		var endA, endB bool
		a, here, endA = strings.Cut(here, "\n")
		b, there, endB = strings.Cut(there, "\n")
		if a != b || endA != endB {
			return Difference{line, kube.Brief(a), kube.Brief(b)}
		}
	}
	return Difference{}
}

// Diff is how the output of a group differs from that of the largest one: a unified diff of what is compared, cleaned, which ends with a line end. It is
// empty where they are equal, and for the largest. Of what is no text the sizes are told.
func (f Folded) Diff(i int) string {
	largest, g := f.Groups[0], f.Groups[i]
	switch {
	case i == 0 || bytes.Equal(largest.Output(), g.Output()) && largest.Cut() == g.Cut():
		return ""
	case largest.Binary() || g.Binary():
		return fmt.Sprintf("not text: %s here, %s in %s\n", size(g), size(largest), kube.Sanitize(largest.Members[0].Name))
	}
	before, cutBefore := compared(f.largest)
	after, cutAfter := compared(f.masked(i))
	diff := kube.SanitizeLines(udiff.Unified(kube.Sanitize(largest.Members[0].Name), kube.Sanitize(g.Members[0].Name), before, after))
	if cutBefore || cutAfter {
		diff += fmt.Sprintf("only the first %d KiB are compared line by line\n", mostCompared>>10)
	}
	return diff
}

// compared is as much of a text as is compared line by line.
func compared(text string) (part string, cut bool) {
	if len(text) <= mostCompared {
		return text, false
	}
	part = text[:mostCompared]
	if i := strings.LastIndexByte(part, '\n'); i >= 0 {
		part = part[:i+1]
	}
	return strings.ToValidUTF8(part, ""), true
}

func size(g Group) string {
	n := len(g.Output())
	if g.Cut() {
		return fmt.Sprintf("more than %d bytes", n)
	}
	return fmt.Sprintf("%d bytes", n)
}
