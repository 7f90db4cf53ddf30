package sessions

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/logs"
)

// plainLines is what a program has printed, as text: a terminal's sequences are dropped, because in a program's own output they
// are no attack but its prompt, and the rest is as [logs.Text] has it. Of a line that is longer than any screen is wide, only the
// beginning is kept: it is measured each time that it is drawn.
func plainLines(text string) []string {
	const most, mostRaw = 4 << 10, 64 << 10 // bytes
	var out []string
	for _, line := range strings.Split(ansi.Strip(text), "\n") {
		line = strings.ReplaceAll(line, "\a", "")
		line = strings.TrimRight(logs.Text(line[:min(len(line), mostRaw)]), " ")
		line = strings.ToValidUTF8(line[:min(len(line), most)], "")
		if line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}
