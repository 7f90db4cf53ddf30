package batchreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// Fold finds which results are equal.
func Fold(results []batchrun.Result, masks fold.Masks) fold.Folded {
	members := make([]fold.Member, len(results))
	for i, r := range results {
		members[i] = fold.Member{Name: r.Item.Name(), Own: ownOf(r), Outcome: r.Outcome(), Output: r.Output, Cut: r.Cut}
	}
	return fold.Fold(members, masks)
}

// ownOf is what only a member prints: its names and addresses.
func ownOf(r batchrun.Result) []fold.Own {
	own := append([]fold.Own{{Text: r.Item.Node, Mask: "<node>"}}, fold.Addresses(r.IPs...)...)
	if r.Item.Pod != nil {
		own = append(own, fold.Own{Text: r.Item.Pod.Name, Mask: "<pod>"})
		own = append(own, fold.Addresses(append([]string{r.Item.Pod.IP}, r.Item.Pod.IPs...)...)...)
	}
	if at := r.Item.Target; r.Item.Plan != nil {
		own = append(own, fold.Own{Text: at.Pod, Mask: "<pod>"}, fold.Own{Text: at.Container, Mask: "<container>"})
	}
	for _, id := range containerID.FindAllString(r.Outcome(), -1) { // of an exec, in a runtime's words
		own = append(own, fold.Own{Text: id, Mask: "<id>"})
	}
	return own
}

// containerID is an ID as runtimes write them.
var containerID = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// WriteFold prints groups of equal results: the first with its output, the others with how they differ from it.
func WriteFold(out io.Writer, folded fold.Folded, terminal bool) error {
	all := 0
	for _, g := range folded.Groups {
		all += len(g.Members)
	}
	for i, g := range folded.Groups {
		var b bytes.Buffer
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "── %d of %d · %s · %s\n", len(g.Members), all, kube.Sanitize(g.Outcome), kube.List(g.Names()))
		b.WriteString(body(folded, i, terminal))
		if _, err := out.Write(b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// body is what is printed of a group.
func body(folded fold.Folded, i int, terminal bool) string {
	g := folded.Groups[i]
	text := folded.Diff(i)
	switch {
	case i == 0 || len(folded.Groups[0].Output()) == 0:
		text = whole(g, terminal)
	case len(g.Output()) == 0:
		text = ""
	case text == "":
		text = "(the same output as the first)\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if g.Cut() {
		text += fmt.Sprintf("(only the first %d bytes were kept)\n", len(g.Output()))
	}
	return text
}

// whole is the output of a group: cleaned on a terminal.
func whole(g fold.Group, terminal bool) string {
	switch {
	case g.Binary():
		return fmt.Sprintf("(not text: %d bytes)\n", len(g.Output()))
	case terminal:
		return kube.SanitizeLines(string(g.Output()))
	}
	return string(g.Output())
}
