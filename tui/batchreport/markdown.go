package batchreport

import (
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/kube/markdown"
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
	var b markdown.Text
	where := f.Where
	if f.Context != "" {
		where += ", context " + f.Context
	}
	b.Line("### %s\n", markdown.Code(f.What))
	b.Line("%s (%s), %s UTC, %s.", markdown.Escaped(where), markdown.Escaped(f.How), f.At.UTC().Format("2006-01-02 15:04"), f.Took.Round(time.Second))
	b.Line("%s.", markdown.Escaped(Summary(results)))
	for _, why := range f.Skipped {
		b.Line("- skipped, %s", markdown.Escaped(why))
	}
	all := 0
	for _, g := range folded.Groups {
		all += len(g.Members)
	}
	for i, g := range folded.Groups {
		if i == mostGroups || b.Len() > mostWritten {
			b.Line("\n%d more groups are not shown.", len(folded.Groups)-i)
			break
		}
		b.Line("\n**%d of %d: %s** (%s)", len(g.Members), all, markdown.Escaped(kube.Sanitize(g.Outcome)), markdown.Escaped(kube.List(g.Names())))
		text, language := strings.TrimRight(body(folded, i, true), "\n"), ""
		if text == "" {
			continue
		}
		if i > 0 && len(folded.Groups[0].Output()) > 0 && strings.HasPrefix(text, "--- ") {
			language = "diff"
		}
		b.Line("")
		b.Quote(short(text), language)
	}
	return b.String()
}

// short is as much of an output or a diff as a summary quotes.
func short(text string) string {
	if len(text) > mostQuoted {
		return strings.ToValidUTF8(text[:mostQuoted], "") + "\n…"
	}
	return text
}
