package batchreport

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// Facts are what a summary says of a batch beside its results.
type Facts struct {
	What    string // the command, as a person calls it
	How     string // "in a new debug container of busybox:1.37"
	Where   string // "shop › 14 pods"
	Context string // of the kubeconfig
	Took    time.Duration
	At      time.Time
	Skipped []string // reasons with the names
}

// mostQuoted is how much of an output or a diff a summary quotes, in bytes.
const mostQuoted = 4 << 10

// How many groups a summary shows, and how much of them, in bytes: what terminals take into the clipboard, and a ticket into a comment.
const (
	mostGroups  = 10
	mostWritten = 50 << 10
)

// Markdown is the summary of a batch for a ticket: what was run where, how it went, and the groups of equal results, of which the first is quoted and
// the others as a diff. Text from the cluster is cleaned, and cannot leave the block that it is quoted in.
func Markdown(f Facts, folded fold.Folded, results []batchrun.Result) string {
	var b strings.Builder
	where := f.Where
	if f.Context != "" {
		where += ", context " + f.Context
	}
	fmt.Fprintf(&b, "### %s\n\n", inline(f.What))
	fmt.Fprintf(&b, "%s (%s), %s UTC, %s.\n", escaped(where), escaped(f.How), f.At.UTC().Format("2006-01-02 15:04"), f.Took.Round(time.Second))
	fmt.Fprintf(&b, "%s.\n", escaped(Summary(results)))
	for _, why := range f.Skipped {
		fmt.Fprintf(&b, "- skipped, %s\n", escaped(why))
	}
	all := 0
	for _, g := range folded.Groups {
		all += len(g.Members)
	}
	for i, g := range folded.Groups {
		if i == mostGroups || b.Len() > mostWritten {
			fmt.Fprintf(&b, "\n%d more groups are not shown.\n", len(folded.Groups)-i)
			break
		}
		fmt.Fprintf(&b, "\n**%d of %d: %s** (%s)\n", len(g.Members), all, escaped(kube.Sanitize(g.Outcome)), escaped(kube.List(g.Names())))
		text, language := strings.TrimRight(body(folded, i, true), "\n"), ""
		if text == "" {
			continue
		}
		if i > 0 && len(folded.Groups[0].Output()) > 0 && strings.HasPrefix(text, "--- ") {
			language = "diff"
		}
		b.WriteString(quoted(text, language))
	}
	return b.String()
}

// quoted is a text in a block of code, whose fence is longer than any in it.
func quoted(text, language string) string {
	if len(text) > mostQuoted {
		text = strings.ToValidUTF8(text[:mostQuoted], "") + "\n…"
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return "\n" + fence + language + "\n" + text + "\n" + fence + "\n"
}

// inline is a text in the line, as code.
func inline(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// escaped is a text in which nothing is Markdown or HTML.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]<>|#&~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' || r == ':' { // nobody is called, and nothing is a link
			b.WriteString("\u200b")
		}
	}
	return b.String()
}
