package batch

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"

	"strings"
	"time"
)

// folding are the results of a batch that are over, folded, with what a screen shows of them. It takes longer to make than a frame does, and is not changed.
type folding struct {
	fold.Folded
	results int            // how many there are
	group   map[string]int // of each member
	answers []string       // of each group, the line that tells most
}

// newFolding folds results.
func newFolding(results []batchrun.Result, now time.Time) (folding, error) {
	masks, err := fold.NewMasks(now, nil)
	if err != nil {
		return folding{}, err
	}
	f := folding{Folded: batchreport.Fold(results, masks), results: len(results), group: make(map[string]int, len(results))}
	for i := range f.Groups {
		for _, m := range f.Groups[i].Members {
			f.group[m.Name] = i
		}
		f.answers = append(f.answers, f.answer(i))
	}
	return f, nil
}

// of is the group of a member; false: it is not folded yet.
func (f *folding) of(name string) (group int, ok bool) {
	group, ok = f.group[name]
	return group, ok
}

// answer is the line that tells most of a group: of the largest the first of its output, of others the first that differs from it.
func (f *folding) answer(i int) string {
	if d := f.FirstDifference(i); f.compared(i) && d.Line > 0 {
		if d.Here == "" {
			return "without: " + d.There
		}
		return "≠ " + d.Here
	}
	if len(f.Groups[i].Output()) == 0 && strings.Contains(f.Groups[i].Outcome, ": ") { // the end of a sentence tells the cause
		return kube.Brief(f.Groups[i].Outcome[strings.LastIndex(f.Groups[i].Outcome, ": ")+len(": "):])
	}
	return firstLine(f.Groups[i].Output(), f.Groups[i].Cut())
}

// compared reports whether how a group differs from the largest one tells anything: that one is of several, and has an output.
func (f *folding) compared(i int) bool {
	return i > 0 && len(f.Groups[0].Members) > 1 && len(f.Groups[0].Output()) > 0
}

// firstLine is the first line of an output with something in it, cleaned.
func firstLine(output []byte, cut bool) string {
	const most = 4 << 10 // bytes that are looked at
	if !fold.IsText(output, cut) {
		return "(not text)"
	}
	if len(output) > most {
		output = output[:most]
	}
	for text := range strings.Lines(string(output)) {
		if text = strings.TrimSpace(kube.Brief(text)); text != "" {
			return text
		}
	}
	return ""
}
